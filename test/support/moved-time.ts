import { todayInAuckland } from '../../src/clocks/calendar.js';

/*
 * How time is moved in a test. The server runs in the process of the test, and asks `Date` alone which day it is: so `Date`
 * is put ahead, as a machine's clock would be. It goes on ticking, and timers keep to the clock that is never set.
 *
 * PostgreSQL keeps its own time, as one on another machine would. It counts by it only what is short: whether a session, an
 * invitation or an idempotency key is over, and whether a job is due. Nobody is signed out by a move, therefore, and what a
 * worker is to do on a later day has to be made due by hand. Every day that is stored of a case is the server's.
 *
 * A browser keeps its own time too. It holds the log of keys to it, whose heads would come from the future: a story in a
 * browser moves that as well, by `page.clock.setFixedTime(new Date())` right after it moved here.
 */

const RealDate = Date;
let ahead = 0;
const now = (): number => RealDate.now() + ahead;

const MovedDate = new Proxy(RealDate, {
  construct: (target, given, made) => Reflect.construct(target, given.length === 0 ? [now()] : given, made) as object,
  apply: () => new RealDate(now()).toString(),
  get: (target, name): unknown => (name === 'now' ? now : Reflect.get(target, name)),
});

/** The same hour on another day in Auckland, later or earlier, give or take one where summer time begins or ends. */
export function moveTo(day: string): void {
  globalThis.Date = MovedDate;
  const days = (RealDate.parse(day) - RealDate.parse(todayInAuckland(new RealDate(now())))) / 86_400_000;
  ahead += days * 86_400_000;
  // Between eleven and one at night the hour may be that of the next day.
  if (todayInAuckland() !== day) ahead -= Math.sign(days) * 3_600_000;
  if (todayInAuckland() !== day) ahead += Math.sign(days) * 7_200_000;
}

/** Later by some seconds. */
export function moveOn(seconds: number): void {
  globalThis.Date = MovedDate;
  ahead += seconds * 1000;
}

/** Time as it is. To be called after all, since the next file of tests may run in the same process. */
export function moveBack(): void {
  ahead = 0;
  globalThis.Date = RealDate;
}
