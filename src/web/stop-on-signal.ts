import { once } from 'node:events';

/** What is not finished after this many milliseconds is not waited for. */
const DEADLINE = 10_000;

/**
 * On the first SIGTERM or SIGINT closes everything and lets the process end by itself, with status 0: a stop that was
 * asked for is no failure. One that does not come to an end within ten seconds is cut short with status 1.
 *
 * @param close stops accepting, finishes what is in flight, closes what is open
 */
export function stopOnSignal(close: () => Promise<void>): void {
  void Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]).then(async () => {
    setTimeout(() => process.exit(1), DEADLINE).unref();
    try {
      await close();
      process.exit(0);
    } catch {
      process.exit(1);
    }
  });
}
