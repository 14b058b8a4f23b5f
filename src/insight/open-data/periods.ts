import { dayBefore, isDay } from '../../web/day.js';

export type PeriodKind = 'quarter' | 'year';

/** A calendar quarter or a calendar year, as civil days in New Zealand. */
export interface Period {
  readonly kind: PeriodKind;
  /** As it is written in addresses and files: `2026-Q3` or `2026`. */
  readonly text: string;
  /** `YYYY-MM-DD`, both inclusive. */
  readonly firstDay: string;
  readonly lastDay: string;
  /** Its months in order, `YYYY-MM`: three or twelve. */
  readonly months: readonly string[];
}

/**
 * Reads a period as it is written in an address: `2026-Q3` or `2026`. A century is enough, so that a slip is no period.
 *
 * @param text exactly as written, without spaces
 * @throws RangeError for anything else
 */
export function parsePeriod(text: string): Period {
  const match = /^(20\d\d)(?:-Q([1-4]))?$/.exec(text);
  if (!match) throw new RangeError('A period is written 2026-Q3 for a quarter or 2026 for a year.');
  const year = Number(match[1]);
  const quarter = match[2];
  return quarter === undefined
    ? spanning('year', text, year, 1, 12)
    : spanning('quarter', text, year, 3 * Number(quarter) - 2, 3);
}

/**
 * The period that a day is in.
 *
 * @param day `YYYY-MM-DD`, from 2000 to 2099
 * @throws RangeError when it is no such day
 */
export function periodOfDay(kind: PeriodKind, day: string): Period {
  if (!isDay(day)) throw new RangeError('A day is written YYYY-MM-DD and must exist.');
  const year = day.slice(0, 4);
  const quarter = Math.ceil(Number(day.slice(5, 7)) / 3);
  return parsePeriod(kind === 'year' ? year : `${year}-Q${quarter.toString()}`);
}

/** The period before, of the same kind. */
export function previousPeriod({ kind, firstDay }: Period): Period {
  return periodOfDay(kind, dayBefore(firstDay));
}

function spanning(kind: PeriodKind, text: string, year: number, firstMonth: number, count: number): Period {
  const months = Array.from({ length: count }, (_, index) => written(year, firstMonth + index));
  // Day 0 of the month after is the last of this one.
  const last = new Date(Date.UTC(year, firstMonth + count - 1, 0)).toISOString().slice(0, 10);
  return { kind, text, firstDay: `${written(year, firstMonth)}-01`, lastDay: last, months };
}

function written(year: number, month: number): string {
  return `${year.toString()}-${month.toString().padStart(2, '0')}`;
}
