import { monthsAfter } from '../../clocks/months.js';

/** A calendar month, as its first day: `2026-11-01`. */
export type Month = string;

/** The month of a day. @param day YYYY-MM-DD */
export function monthOf(day: string): Month {
  return `${day.slice(0, 7)}-01`;
}

/** So many months, one after another, up to and with the last. */
export function monthsUpTo(last: Month, count: number): Month[] {
  return Array.from({ length: count }, (_, n) => monthsAfter(last, n + 1 - count));
}
