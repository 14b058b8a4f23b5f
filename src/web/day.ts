const AUCKLAND = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Pacific/Auckland',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});

/** Whether a text is a day that there is, written `YYYY-MM-DD`: 31 February is none, and no day is in the year 0. */
export function isDay(text: string): boolean {
  if (text < '0001') return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10) === text;
}

const HOUR = 3_600_000;
/** The last answer. A day in Auckland begins on the hour under either offset, so it holds for the whole of its hour. */
let lastDay = { hour: Number.NaN, day: '' };

/** The day in Pacific/Auckland at a moment, `YYYY-MM-DD`. */
export function dayInAuckland(now: Date = new Date()): string {
  const hour = Math.floor(now.getTime() / HOUR);
  if (lastDay.hour !== hour) lastDay = { hour, day: formatted(now) };
  return lastDay.day;
}

function formatted(now: Date): string {
  const part = Object.fromEntries(AUCKLAND.formatToParts(now).map(({ type, value }) => [type, value]));
  return `${part.year ?? ''}-${part.month ?? ''}-${part.day ?? ''}`;
}

/** The day before a day, both YYYY-MM-DD. */
export function dayBefore(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - 24 * HOUR).toISOString().slice(0, 10);
}

/** The day after a day, `YYYY-MM-DD`. */
export function nextDay(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}

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

/**
 * The day of the week of a day in words, such as "Friday".
 *
 * @param day YYYY-MM-DD
 * @param language of the page
 */
export function weekdayInWords(day: string, language: string): string {
  const format = new Intl.DateTimeFormat(`${language}-NZ`, { weekday: 'long', timeZone: 'UTC' });
  return format.format(new Date(`${day}T00:00:00Z`));
}

/**
 * A moment in words as clocks in Auckland show it, such as "18 December 2026 at 2:05 pm".
 *
 * @param language of the page
 */
export function momentInWords(at: Date, language: string): string {
  return new Intl.DateTimeFormat(`${language}-NZ`, {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: 'Pacific/Auckland',
  }).format(at);
}
