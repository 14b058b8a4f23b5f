/** What one month came to. */
export interface MonthValue {
  /** `YYYY-MM` */
  readonly month: string;
  /** A count, a share or a noised count; null where it is suppressed or was never counted. */
  readonly value: number | null;
}

const MONTH = /^(\d{4})-(0[1-9]|1[0-2])$/;

/**
 * The month as a number that grows by one each month, so that the month of the year is its remainder by twelve.
 *
 * @param month `YYYY-MM`
 * @throws RangeError when it is no month
 */
export function monthNumber(month: string): number {
  const [, year, ofYear] = MONTH.exec(month) ?? [];
  if (year === undefined) throw new RangeError(`No month: ${month}`);
  return Number(year) * 12 + Number(ofYear) - 1;
}

/**
 * Makes sure that a series tells of one month after another. A month without a value is there, with null: rules that
 * speak of neighbours would otherwise take months for neighbours that are none.
 *
 * @throws RangeError when a month is left out, comes twice or is none, or when a value is no finite number
 */
export function checkMonths(series: readonly MonthValue[]): void {
  let before: number | undefined;
  for (const { month, value } of series) {
    const at = monthNumber(month);
    if (before !== undefined && at !== before + 1) throw new RangeError(`Not the month after the one before: ${month}`);
    if (value !== null && !Number.isFinite(value)) throw new RangeError(`No number in ${month}`);
    before = at;
  }
}

/** Whether a month has a value. */
export function isThere<T extends { readonly value: number | null }>(
  point: T,
): point is T & { readonly value: number } {
  return point.value !== null;
}
