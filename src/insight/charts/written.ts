import type { Language } from '../../web/translations.js';

/** How numbers and months are written in a language as it is spoken in New Zealand. */
export interface Written {
  /** A whole number or one with a decimal. */
  readonly count: (value: number) => string;
  /** A share from 0 to 1 in whole per cent; "<1%" is left to tables. */
  readonly share: (value: number) => string;
  /** A month in two lines, such as "Nov" over "2026". @param month `YYYY-MM` */
  readonly month: (month: string) => string;
}

const kept = new Map<Language, Written>();

/** The way to write in a language; what the data of this Node lack of it comes in English. */
export function writtenIn(language: Language): Written {
  const before = kept.get(language);
  if (before) return before;
  const places = [`${language}-NZ`, 'en-NZ'];
  const count = new Intl.NumberFormat(places, { maximumFractionDigits: 1 });
  const share = new Intl.NumberFormat(places, { style: 'percent', maximumFractionDigits: 0 });
  const month = new Intl.DateTimeFormat(places, { month: 'short', timeZone: 'UTC' });
  const made: Written = {
    count: (value) => count.format(value),
    share: (value) => share.format(value),
    month: (name) => `${month.format(new Date(`${name}-01T00:00:00Z`))}\n${name.slice(0, 4)}`,
  };
  kept.set(language, made);
  return made;
}
