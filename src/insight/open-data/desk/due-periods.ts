import { plusDays } from '../../../clocks/holidays.js';
import { periodOfDay, previousPeriod, type Period, type PeriodKind } from '../periods.js';

/**
 * Days after the end of a period before it is drawn. What comes later changes nothing any more: complaints are given time to
 * be entered, disclosures the twenty working days of section 13 of the Act.
 */
const WAIT: Readonly<Record<PeriodKind, number>> = { quarter: 10, year: 40 };

/** How far back a period can be that is released, and released again. */
const MOST: Readonly<Record<PeriodKind, number>> = { quarter: 8, year: 3 };

/**
 * The periods that can be released on a day, the newest first: those that are over for long enough, and not for too long.
 *
 * @param today YYYY-MM-DD
 */
export function duePeriods(kind: PeriodKind, today: string): readonly Period[] {
  let period = previousPeriod(periodOfDay(kind, today));
  if (today < plusDays(period.lastDay, WAIT[kind])) period = previousPeriod(period);
  const due = [period];
  while (due.length < MOST[kind]) due.push((period = previousPeriod(period)));
  return due;
}
