/**
 * A day in words, such as "18 December 2026".
 *
 * @param day YYYY-MM-DD; anything else is given back as it is
 * @param language of the page
 */
export function dayInWords(day: string, language: string): string {
  const date = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(date.getTime())) return day;
  return new Intl.DateTimeFormat(`${language}-NZ`, { dateStyle: 'long', timeZone: 'UTC' }).format(date);
}
