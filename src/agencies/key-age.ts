import { dayInAuckland } from '../web/day.js';

/** How long a complaints key is sealed to, and how long after a drill a recovery kit is taken to be there. */
const KEY_MONTHS = 12;

/** How long before that an agency is reminded. */
const REMIND_DAYS = 30;

const DAY = 24 * 60 * 60 * 1000;

/**
 * When something that was done on a day is to be done again.
 *
 * @param since YYYY-MM-DD, or null for never
 * @param today YYYY-MM-DD
 * @returns YYYY-MM-DD; null where that is further off than the reminder
 */
export function dueSoon(since: string | null, today = dayInAuckland()): string | null {
  if (since === null) return null;
  const due = new Date(`${since}T00:00:00Z`);
  const dayOfMonth = due.getUTCDate();
  due.setUTCMonth(due.getUTCMonth() + KEY_MONTHS);
  // 29 February comes again on the 28th.
  if (due.getUTCDate() !== dayOfMonth) due.setUTCDate(0);
  const remind = new Date(due.getTime() - REMIND_DAYS * DAY).toISOString().slice(0, 10);
  return remind <= today ? due.toISOString().slice(0, 10) : null;
}
