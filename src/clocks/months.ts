/** The same day of the next month. @see monthsAfter */
export function aMonthAfter(day: string): string {
  return monthsAfter(day, 1);
}

/**
 * The same day some months later, or the last of that month where it is shorter.
 *
 * @param day YYYY-MM-DD
 */
export function monthsAfter(day: string, months: number): string {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(date, last))).toISOString().slice(0, 10);
}
