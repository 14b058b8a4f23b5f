/** What is not finished after this many milliseconds is not waited for. */
const DEADLINE = 10_000;

/**
 * On the first SIGTERM or SIGINT closes everything and lets the process end by itself, with status 0: a stop that was
 * asked for is no failure. One that does not come to an end within ten seconds is cut short with status 1. Further signals
 * change nothing: npm passes Ctrl-C on to what the terminal has told already.
 *
 * @param close stops accepting, finishes what is in flight, closes what is open
 */
export function stopOnSignal(close: () => Promise<void>): void {
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), DEADLINE).unref();
    close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
