/** Matariki, as the Te Kāhui o Matariki Public Holiday Act 2022 lists it. After 2052 an Order in Council says, not we. */
// prettier-ignore
const MATARIKI: readonly string[] = [
  '2022-06-24', '2023-07-14', '2024-06-28', '2025-06-20', '2026-07-10', '2027-06-25', '2028-07-14', '2029-07-06',
  '2030-06-21', '2031-07-11', '2032-07-02', '2033-06-24', '2034-07-07', '2035-06-29', '2036-07-18', '2037-07-10',
  '2038-06-25', '2039-07-15', '2040-07-06', '2041-07-19', '2042-07-11', '2043-07-03', '2044-06-24', '2045-07-07',
  '2046-06-29', '2047-07-19', '2048-07-03', '2049-06-25', '2050-07-15', '2051-06-30', '2052-06-21',
];

export const FIRST_YEAR = 2022;
export const LAST_YEAR = 2052;

/** Day of the week of a civil date, 0 = Sunday. */
export function weekday(date: string): number {
  return new Date(`${date}T00:00:00Z`).getUTCDay();
}

/** The civil date `days` later (or earlier, when negative). Civil dates know no clock change, hence UTC throughout. */
export function plusDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** A civil date from its parts. */
export function civil(year: number, month: number, day: number): string {
  return new Date(Date.UTC(year, month - 1, day)).toISOString().slice(0, 10);
}

/**
 * Western Easter Sunday by the Gregorian computus (Meeus/Jones/Butcher).
 *
 * @param year Gregorian year
 * @returns the date as `YYYY-MM-DD`
 */
export function easterSunday(year: number): string {
  const a = year % 19;
  const century = Math.floor(year / 100);
  const d = Math.floor(century / 4);
  const g = Math.floor((8 * century + 13) / 25);
  const h = (19 * a + century - d - g + 15) % 30;
  const i = Math.floor((year % 100) / 4);
  const k = (year % 100) % 4;
  const l = (32 + 2 * (century % 4) + 2 * i - h - k) % 7;
  const m = Math.floor((a + 11 * h + 19 * l) / 433);
  const month = Math.floor((h + l - 7 * m + 90) / 25);
  return civil(year, month, (h + l - 7 * m + 33 * month + 19) % 32);
}

/** The national holidays that all three laws name, wherever they are observed. */
export type Holiday =
  'waitangi' | 'anzac' | 'good_friday' | 'easter_monday' | 'sovereigns_birthday' | 'matariki' | 'labour_day';

/** Worked out once: a lodging asks for some thirty days of them. */
const NATIONAL: ReadonlyMap<number, ReadonlyMap<string, Holiday>> = new Map(
  Array.from({ length: LAST_YEAR - FIRST_YEAR + 1 }, (_, i) => [FIRST_YEAR + i, listed(FIRST_YEAR + i)]),
);

/**
 * The national holidays that all three laws name, with Waitangi Day and Anzac Day moved to the Monday when they fall on
 * a weekend. Christmas and New Year are not here: each law closes a stretch of its own.
 *
 * @param year 2022 to 2052
 * @returns which holiday each is, by date as `YYYY-MM-DD`; where two fall on one day, one of them
 */
export function nationalHolidays(year: number): ReadonlyMap<string, Holiday> {
  return NATIONAL.get(year) ?? new Map<string, Holiday>();
}

function listed(year: number): ReadonlyMap<string, Holiday> {
  const easter = easterSunday(year);
  const [waitangi, anzac] = [civil(year, 2, 6), civil(year, 4, 25)];
  return new Map<string, Holiday>([
    [waitangi, 'waitangi'],
    [mondayised(waitangi), 'waitangi'],
    [anzac, 'anzac'],
    [mondayised(anzac), 'anzac'],
    [plusDays(easter, -2), 'good_friday'],
    [plusDays(easter, 1), 'easter_monday'],
    [nthMonday(year, 6, 1), 'sovereigns_birthday'],
    ...MATARIKI.filter((date) => date.startsWith(year.toString())).map((date): [string, Holiday] => [date, 'matariki']),
    [nthMonday(year, 10, 4), 'labour_day'],
  ]);
}

/**
 * The days of January beyond the 2nd that the Legislation Act 2019 closes: 1 January on a Friday takes the following
 * Monday, on a Saturday or Sunday the following Monday and Tuesday.
 */
export function newYearInLieu(year: number): readonly string[] {
  const first = civil(year, 1, 1);
  switch (weekday(first)) {
    case 5:
      return [plusDays(first, 3)];
    case 6:
      return [plusDays(first, 2), plusDays(first, 3)];
    case 0:
      return [plusDays(first, 1), plusDays(first, 2)];
    default:
      return [];
  }
}

function mondayised(date: string): string {
  const day = weekday(date);
  return day === 6 ? plusDays(date, 2) : day === 0 ? plusDays(date, 1) : date;
}

function nthMonday(year: number, month: number, n: number): string {
  const first = civil(year, month, 1);
  return plusDays(first, ((8 - weekday(first)) % 7) + (n - 1) * 7);
}
