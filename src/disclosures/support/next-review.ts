import { monthsAfter } from '../../clocks/months.js';
import { todayInAuckland } from '../../clocks/calendar.js';
import { isDay } from '../../web/day.js';
import { Invalid } from '../../web/errors.js';
import { MOST_MONTHS } from './support-kinds.js';

/**
 * Checks a day on which support is to be looked at again: after today, and in a year at the latest.
 *
 * @param field the name of what is wrong if it is
 * @throws {Invalid}
 */
export function requireNextDay(day: string, field: string, today = todayInAuckland()): void {
  if (isDay(day) && day > today && day <= monthsAfter(today, MOST_MONTHS)) return;
  const message = 'Give a day after today, and no more than a year ahead.';
  throw new Invalid([{ field, code: 'not_a_later_day', message }]);
}
