import { addWorkingDays, todayInAuckland } from '../../clocks/calendar.js';
import { plusDays } from '../../clocks/holidays.js';
import { monthsAfter } from '../../clocks/months.js';
import type { Month } from '../cubes/months.js';

/** Working days in which something is to be done about a complaint: aims of ours, and no limits of the law. */
export const TIME_FOR = {
  /** Saying that it has come. */
  acknowledged: 5,
  /** Answering it. An agency may have published another standard. */
  answered: 20,
  /** Saying whether it is taken over. */
  asked: 10,
} as const;

/**
 * The last month of which every complaint has had its time: what came later and is not done yet may be in time still, and
 * would count as late. What is overdue and open counts.
 *
 * @param until the month that is asked for, which is over
 * @param workingDays that there are for it
 * @param today YYYY-MM-DD
 */
export function settledUntil(until: Month, workingDays: number, today = todayInAuckland()): Month {
  const dueOn = addWorkingDays('legislation', plusDays(monthsAfter(until, 1), -1), workingDays);
  return dueOn < today ? until : settledUntil(monthsAfter(until, -1), workingDays, today);
}
