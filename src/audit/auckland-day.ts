// The Canadian form is YYYY-MM-DD.
const AUCKLAND = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Pacific/Auckland',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});

/** The day in Pacific/Auckland at a moment, YYYY-MM-DD. */
export function aucklandDay(moment: Date): string {
  return AUCKLAND.format(moment);
}
