import { todayInAuckland } from '../../clocks/calendar.js';
import { plusDays } from '../../clocks/holidays.js';
import { Invalid } from '../../web/errors.js';
import { IsDay } from '../../web/sealed-forms.js';
import { check } from '../../web/validation.js';

/** Most days that are asked for at once: a year, and a leap day. */
const MOST_DAYS = 366;

const A_DAY = { context: { code: 'invalid_date', message: 'Give a day that there is.' } };

/** Some days, from the first to the last, both included: YYYY-MM-DD. */
export interface Days {
  readonly from: string;
  readonly to: string;
}

/** Which days are asked for, as they stand in the address. */
class DaysQuery implements Days {
  @IsDay(A_DAY)
  from: string;

  @IsDay(A_DAY)
  to: string;
}

/**
 * Reads which days are asked for.
 *
 * @throws {Invalid} naming the field, where one is no day, they are the wrong way round, or more than a year apart
 */
export function readDays(asked: unknown): Days {
  const { from, to } = check(DaysQuery, asked);
  if (to < from) throw invalid('days_turned', 'The last day lies before the first.');
  if (plusDays(from, MOST_DAYS) <= to)
    throw invalid('days_too_many', 'Ask for a year at most, and for another after it.');
  return { from, to };
}

/** The year up to today, for a form that nobody has filled in yet. */
export function lastYear(today = todayInAuckland()): Days {
  return { from: plusDays(today, 1 - MOST_DAYS), to: today };
}

function invalid(code: string, message: string): Invalid {
  return new Invalid([{ field: 'to', code, message }]);
}
