const HOUR = 8;
const DAY = 86_400_000;

const AUCKLAND = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Pacific/Auckland',
  dateStyle: 'short',
  timeStyle: 'short',
  hour12: false,
});

/** The next moment, strictly after `now`, at which it is 8 in the morning in Pacific/Auckland. */
export function nextDigest(now: Date): Date {
  const full = Math.floor(now.getTime() / 3_600_000) * 3_600_000;
  // Hour by hour: the day on which clocks change has 23 or 25 of them.
  for (let at = full + 3_600_000; at <= full + DAY + 3_600_000; at += 3_600_000) {
    if (AUCKLAND.format(at).endsWith(`, 0${HOUR.toString()}:00`)) return new Date(at);
  }
  throw new RangeError('a day without a morning');
}
