import { readFileSync } from 'node:fs';
import process from 'node:process';

/*
 * Preloaded into a process whose clock is to be set while it runs: on SIGUSR2 it reads how many milliseconds it is ahead
 * from the file that CLOCK_FILE names, and says so. Timers keep to the clock that is never set, as they do where an
 * operator sets the machine's.
 */
const RealDate = Date;
let ahead = 0;
const now = () => RealDate.now() + ahead;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, given, made) => Reflect.construct(target, given.length === 0 ? [now()] : given, made),
  apply: () => new RealDate(now()).toString(),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
});

process.on('SIGUSR2', () => {
  ahead = Number(readFileSync(process.env.CLOCK_FILE ?? '', 'utf8'));
  process.stdout.write(`clock ${ahead}\n`);
});
