import type { EntityManager } from 'typeorm';
import { namedId } from './named-id.js';
import { putOutbox, type OutboxJob } from './outbox.js';
import type { QueueName } from './outbox.entity.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const AUCKLAND = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Pacific/Auckland',
  dateStyle: 'short',
  timeStyle: 'short',
  hourCycle: 'h23',
});

/** Work that is done once a day, at a full hour of the clock on the wall in Pacific/Auckland. */
export interface DailyWork {
  readonly queue: QueueName;
  readonly name: string;
  /** 4 to 23: clocks change in the hours before. */
  readonly hour: number;
  /** Not every day but on the first of each month. */
  readonly monthly?: true;
}

/**
 * The next moment, strictly after another, at which it is `hour` o'clock in Pacific/Auckland.
 *
 * @param hour 4 to 23
 */
export function nextHour(hour: number, after: Date): Date {
  const full = Math.floor(after.getTime() / HOUR) * HOUR;
  const wanted = `, ${hour.toString().padStart(2, '0')}:00`;
  // Hour by hour: the day on which clocks change has 23 or 25 of them.
  for (let at = full + HOUR; at <= full + DAY + HOUR; at += HOUR) {
    if (AUCKLAND.format(at).endsWith(wanted)) return new Date(at);
  }
  throw new RangeError('a day without this hour');
}

/** The first time, strictly after a moment, at which daily work is to be done. @param after any moment */
export function nextTime({ hour, monthly }: Pick<DailyWork, 'hour' | 'monthly'>, after: Date): Date {
  let at = nextHour(hour, after);
  while (monthly && !AUCKLAND.format(at).slice(0, 10).endsWith('-01')) at = nextHour(hour, at);
  return at;
}

/**
 * Promises the next time of daily work, unless it is promised already: two workers that do so at once promise the same
 * row, since its id is made of the moment. Safe to repeat, and repeated by every worker, so that the work comes back
 * also where the server's clock was far ahead and was put right.
 *
 * @param now the time of this server
 * @param job the time that is being done now, if it is: the next one comes after it also where this server's clock is
 *   behind that of the database, by which work is due
 */
export async function promiseDaily(
  manager: EntityManager,
  { queue, name, ...when }: DailyWork,
  now: Date,
  job?: OutboxJob,
): Promise<void> {
  const after = job && job.dueAt > now ? job.dueAt : now;
  const at = nextTime(when, after);
  await putOutbox(manager, { queue, name, delayUntil: at, id: namedId(`${name} ${at.toISOString()}`) });
}
