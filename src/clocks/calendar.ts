import {
  civil,
  FIRST_YEAR,
  LAST_YEAR,
  nationalHolidays,
  newYearInLieu,
  plusDays,
  weekday,
  type Holiday,
} from './holidays.js';

/**
 * Whose working days: the Legislation Act 2019 s 13 (protected disclosures, and our own aims for complaints), the
 * Official Information Act 1982 s 2, or the Local Government Official Information and Meetings Act 1987 s 2.
 */
export type Law = 'legislation' | 'oia' | 'lgoima';

export interface CalendarOptions {
  /** The area's anniversary day as it is observed, a date for each year concerned. Only LGOIMA asks for it. */
  readonly anniversary?: readonly string[];
}

/** A date outside the years for which the holidays are known: refused, never guessed. */
export class CalendarRange extends RangeError {
  override readonly name = 'CalendarRange';
  constructor() {
    super(`Working days are known from ${FIRST_YEAR.toString()} to ${LAST_YEAR.toString()} only.`);
  }
}

/** Days closed over the turn of the year, from and to inclusive, as month and day. */
const CLOSED: Readonly<Record<Law, { readonly from: string; readonly to: string }>> = {
  legislation: { from: '12-25', to: '01-02' },
  oia: { from: '12-25', to: '01-15' },
  lgoima: { from: '12-20', to: '01-10' },
};

const MOST_DAYS = 1000;

/** Why a day is no working day. `closed` is the turn of the year, `new_year` a day in lieu of one in January. */
type NotCounted = 'weekend' | 'closed' | 'new_year' | 'anniversary' | Holiday;

/** A day of a period: the how manieth working day it is, or why it is none. */
export interface CountedDay {
  /** `YYYY-MM-DD` */
  readonly date: string;
  /** From 1; null where the day does not count. */
  readonly number: number | null;
  readonly notCounted: NotCounted | null;
}

/**
 * Whether a day counts as a working day.
 *
 * @param law whose definition
 * @param date civil date in New Zealand, `YYYY-MM-DD`
 * @throws CalendarRange outside 2022 to 2052; RangeError when it is no date
 */
export function isWorkingDay(law: Law, date: string, options: CalendarOptions = {}): boolean {
  return whyNotCounted(law, date, options) === null;
}

function whyNotCounted(law: Law, date: string, { anniversary }: CalendarOptions): NotCounted | null {
  const year = yearOf(date);
  const day = weekday(date);
  if (day === 0 || day === 6) return 'weekend';
  const closed = CLOSED[law];
  const monthDay = date.slice(5);
  if (monthDay >= closed.from || monthDay <= closed.to) return 'closed';
  const holiday = nationalHolidays(year).get(date);
  if (holiday) return holiday;
  if (law === 'legislation' && newYearInLieu(year).includes(date)) return 'new_year';
  return law === 'lgoima' && anniversary?.includes(date) === true ? 'anniversary' : null;
}

/**
 * The days of a period of working days, one by one. The day of receipt is not counted (Legislation Act 2019 s 54) and is
 * not among them: the first is the day after it, the last is the due date.
 *
 * @param law whose working days
 * @param from the day of receipt, `YYYY-MM-DD`, working day or not
 * @param days number of working days, 1 to 1000
 * @throws CalendarRange when the period leaves 2022 to 2052; RangeError for a bad date or number
 */
export function countWorkingDays(law: Law, from: string, days: number, options: CalendarOptions = {}): CountedDay[] {
  if (!Number.isInteger(days) || days < 1 || days > MOST_DAYS) {
    throw new RangeError(`A period is a whole number of working days from 1 to ${MOST_DAYS.toString()}.`);
  }
  yearOf(from);
  const counted: CountedDay[] = [];
  for (let number = 0, date = plusDays(from, 1); number < days; date = plusDays(date, 1)) {
    const notCounted = whyNotCounted(law, date, options);
    if (notCounted === null) number += 1;
    counted.push({ date, number: notCounted === null ? number : null, notCounted });
  }
  return counted;
}

/**
 * The last day of a period of working days: day 1 is the first working day after the day of receipt.
 *
 * @returns the due date, always a working day
 * @see countWorkingDays
 */
export function addWorkingDays(law: Law, from: string, days: number, options: CalendarOptions = {}): string {
  return countWorkingDays(law, from, days, options).at(-1)?.date ?? from;
}

/**
 * When an answer to a complaint is due: an aim of ours or of the agency, not a legal limit.
 *
 * @param standardWorkingDays the agency's published standard; 20 when it has none
 * @param from the day of lodging, `YYYY-MM-DD`
 */
export function complaintDueOn(standardWorkingDays: number | undefined, from: string): string {
  const days = standardWorkingDays ?? 20;
  const asked = `${from} ${days.toString()}`;
  const known = DUE.get(asked);
  if (known !== undefined) return known;
  const due = addWorkingDays('legislation', from, days);
  if (DUE.size >= MOST_DUE) DUE.clear();
  DUE.set(asked, due);
  return due;
}

/** Answers given: all that is lodged on a day asks for the same few. */
const DUE = new Map<string, string>();
const MOST_DUE = 100;

// The calendar stands alone: it is law, and is read and proven without the rest of us. Hence a formatter of its own.
const AUCKLAND = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Pacific/Auckland',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});

const HOUR = 3_600_000;
/** The last answer. A day in Auckland begins on the hour under either offset, so it holds for the whole of its hour. */
let lastDay = { hour: Number.NaN, day: '' };

/** The civil date in New Zealand at an instant, `YYYY-MM-DD`. */
export function todayInAuckland(now: Date = new Date()): string {
  const hour = Math.floor(now.getTime() / HOUR);
  if (lastDay.hour !== hour) lastDay = { hour, day: formatted(now) };
  return lastDay.day;
}

function formatted(now: Date): string {
  const part = Object.fromEntries(AUCKLAND.formatToParts(now).map(({ type, value }) => [type, value]));
  return `${part.year ?? ''}-${part.month ?? ''}-${part.day ?? ''}`;
}

function yearOf(date: string): number {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date);
  const [year, month, day] = [Number(match?.[1]), Number(match?.[2]), Number(match?.[3])];
  if (!match || civil(year, month, day) !== date) throw new RangeError('A date is written YYYY-MM-DD and must exist.');
  if (year < FIRST_YEAR || year > LAST_YEAR) throw new CalendarRange();
  return year;
}
