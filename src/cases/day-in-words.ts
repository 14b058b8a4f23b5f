const NOON = 'T12:00:00Z';

/**
 * A day as people write it: `3 December 2026`, or with the months of te reo Māori.
 *
 * @param day YYYY-MM-DD
 */
export function dayInWords(day: string, language: 'en' | 'mi'): string {
  const locale = language === 'mi' ? 'mi' : 'en-NZ';
  return new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(day + NOON));
}
