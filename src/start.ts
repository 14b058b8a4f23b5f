import process from 'node:process';
import type { Settings } from '../config/settings.js';
import { boot, type Running } from './boot.js';
import { stopOnSignal } from './web/stop-on-signal.js';

/**
 * Boots, serves and, on SIGTERM or SIGINT, stops cleanly. What keeps it from starting is said in one sentence on
 * standard error; the exit code is then 1.
 *
 * @param settings reads the settings; may throw
 * @param serving what to do and to print once it serves
 */
export async function start(settings: () => Settings, serving: (running: Running) => Promise<void>): Promise<void> {
  const stopped = new AbortController();
  let running: Running | undefined;
  try {
    const begun = await boot(settings());
    running = begun;
    stopOnSignal(() => {
      stopped.abort();
      return begun.close();
    });
    await serving(begun);
  } catch (error) {
    // Asked to stop while it began, it fails somewhere, and is being closed already.
    if (stopped.signal.aborted) return;
    // Only our own sentences are repeated: a driver's message may hold an address or a password.
    const known = error instanceof Error && /^(Settings|EmbeddedPostgres|Data|Demonstration)Error$/.test(error.name);
    process.stderr.write(`OneDoor could not start: ${known ? error.message : 'an unexpected error.'}\n`);
    process.exitCode = 1;
    await running?.close();
  }
}
