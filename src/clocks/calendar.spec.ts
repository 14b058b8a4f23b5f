import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  addWorkingDays,
  CalendarRange,
  complaintDueOn,
  countWorkingDays,
  isWorkingDay,
  todayInAuckland,
} from './calendar.js';
import type { Law } from './calendar.js';
import { easterSunday, plusDays, weekday } from './holidays.js';

const LAWS: readonly Law[] = ['legislation', 'oia', 'lgoima'];
const law = fc.constantFrom(...LAWS);
const date = fc.integer({ min: 0, max: 28 * 365 }).map((days) => plusDays('2022-01-01', days));

describe('twenty working days', () => {
  it.each([
    ['2026-11-20', '2026-12-18', '2026-12-18', '2026-12-18'],
    ['2026-11-22', '2026-12-18', '2026-12-18', '2026-12-18'],
    ['2026-11-26', '2026-12-24', '2026-12-24', '2027-01-14'],
    ['2026-12-01', '2027-01-07', '2027-01-20', '2027-01-19'],
    ['2026-12-18', '2027-01-26', '2027-02-09', '2027-02-05'],
    ['2026-12-24', '2027-02-01', '2027-02-15', '2027-02-05'],
    ['2027-01-04', '2027-02-01', '2027-02-15', '2027-02-05'],
    ['2027-01-29', '2027-03-01', '2027-03-01', '2027-03-01'],
    ['2027-03-25', '2027-04-27', '2027-04-27', '2027-04-27'],
    ['2027-04-23', '2027-05-24', '2027-05-24', '2027-05-24'],
    ['2027-06-24', '2027-07-23', '2027-07-23', '2027-07-23'],
    ['2027-12-17', '2028-01-25', '2028-02-04', '2028-02-08'],
    ['2028-02-04', '2028-03-06', '2028-03-06', '2028-03-06'],
  ])('received on %s fall due as each law counts them', (received, legislation, oia, lgoima) => {
    expect(LAWS.map((each) => addWorkingDays(each, received, 20))).toEqual([legislation, oia, lgoima]);
  });

  it('cross the summer break from the first day the Ombudsman publishes, and not a day sooner', () => {
    expect(addWorkingDays('oia', '2022-11-25', 20) < '2022-12-25').toBe(true);
    expect(addWorkingDays('oia', '2022-11-28', 20) > '2023-01-15').toBe(true);
    expect(addWorkingDays('lgoima', '2022-11-21', 20) < '2022-12-20').toBe(true);
    expect(addWorkingDays('lgoima', '2022-11-22', 20) > '2023-01-10').toBe(true);
  });
});

describe('a working day', () => {
  it('is none on the days that stand in for a New Year at the weekend', () => {
    expect(isWorkingDay('legislation', '2027-01-04')).toBe(false);
    expect(isWorkingDay('legislation', '2028-01-03')).toBe(false);
    expect(isWorkingDay('legislation', '2028-01-04')).toBe(false);
    expect(isWorkingDay('legislation', '2028-01-05')).toBe(true);
  });

  it('is none on Matariki, nor on the Monday for a Waitangi or Anzac Day at the weekend', () => {
    expect(isWorkingDay('legislation', '2026-07-10')).toBe(false);
    expect(isWorkingDay('legislation', '2027-02-08')).toBe(false);
    expect(isWorkingDay('legislation', '2027-04-26')).toBe(false);
  });

  it('minds the anniversary day of the area under LGOIMA and under no other law', () => {
    const auckland = { anniversary: ['2027-02-01'] };
    expect(LAWS.map((each) => isWorkingDay(each, '2027-02-01', auckland))).toEqual([true, true, false]);
    expect(addWorkingDays('lgoima', '2027-01-29', 1, auckland)).toBe('2027-02-02');
  });

  it('is never a Saturday or a Sunday', () => {
    fc.assert(
      fc.property(law, date, (each, day) => {
        expect(isWorkingDay(each, day) && [0, 6].includes(weekday(day))).toBe(false);
      }),
    );
  });
});

describe('adding working days', () => {
  const days = fc.integer({ min: 1, max: 60 });

  it('always lands on a working day after the start', () => {
    fc.assert(
      fc.property(law, date, days, (each, from, n) => {
        const due = addWorkingDays(each, from, n);
        expect(due > from && isWorkingDay(each, due)).toBe(true);
      }),
    );
  });

  it('is additive', () => {
    fc.assert(
      fc.property(law, date, days, days, (each, from, a, b) => {
        expect(addWorkingDays(each, addWorkingDays(each, from, a), b)).toBe(addWorkingDays(each, from, a + b));
      }),
    );
  });

  it('never falls due earlier for a later start or a longer period', () => {
    fc.assert(
      fc.property(law, date, date, days, (each, one, other, n) => {
        const [early, late] = one < other ? [one, other] : [other, one];
        expect(addWorkingDays(each, early, n) <= addWorkingDays(each, late, n)).toBe(true);
        expect(addWorkingDays(each, one, n) < addWorkingDays(each, one, n + 1)).toBe(true);
      }),
    );
  });

  it('accounts for every day from the one after receipt to the due date, with a number or a reason', () => {
    fc.assert(
      fc.property(law, date, days, (each, from, n) => {
        const counted = countWorkingDays(each, from, n);
        expect(counted.map((day) => day.date)).toEqual(counted.map((_, i) => plusDays(from, i + 1)));
        expect(counted.every(({ number, notCounted }) => (number === null) !== (notCounted === null))).toBe(true);
        expect(counted.flatMap(({ number }) => number ?? [])).toEqual(Array.from({ length: n }, (_, i) => i + 1));
        expect(counted.at(-1)?.date).toBe(addWorkingDays(each, from, n));
      }),
    );
  });

  it('says why each day is left out', () => {
    const left = countWorkingDays('legislation', '2026-12-24', 6).filter(({ notCounted }) => notCounted !== null);
    expect(new Map(left.map((day) => [day.date, day.notCounted]))).toEqual(
      new Map([
        ...['2026-12-25', '2026-12-28', '2026-12-29', '2026-12-30', '2026-12-31', '2027-01-01'].map((d) => [
          d,
          'closed',
        ]),
        ...['2026-12-26', '2026-12-27', '2027-01-02', '2027-01-03', '2027-01-09', '2027-01-10'].map((d) => [
          d,
          'weekend',
        ]),
        ['2027-01-04', 'new_year'],
      ] as [string, string][]),
    );
    const names = countWorkingDays('lgoima', '2027-01-29', 200, { anniversary: ['2027-02-01'] });
    expect(new Set(names.flatMap(({ notCounted }) => notCounted ?? []))).toEqual(
      new Set([
        ...['weekend', 'anniversary', 'waitangi', 'good_friday', 'easter_monday', 'anzac'],
        ...['sovereigns_birthday', 'matariki', 'labour_day'],
      ]),
    );
  });

  it('refuses what it cannot know or read', () => {
    expect(() => addWorkingDays('legislation', '2052-12-20', 20)).toThrow(CalendarRange);
    expect(() => addWorkingDays('oia', '2021-12-31', 20)).toThrow(CalendarRange);
    expect(() => isWorkingDay('oia', '2053-02-03')).toThrow(CalendarRange);
    expect(() => addWorkingDays('oia', '2026-02-30', 20)).toThrow(RangeError);
    expect(() => addWorkingDays('oia', '2026-2-3', 20)).toThrow(RangeError);
    expect(() => addWorkingDays('oia', '2026-02-03', 0)).toThrow(RangeError);
    expect(() => addWorkingDays('oia', '2026-02-03', 1.5)).toThrow(RangeError);
  });
});

describe('the civil calendar', () => {
  it('knows Easter', () => {
    expect([2022, 2026, 2027, 2038, 2052].map(easterSunday)).toEqual([
      '2022-04-17',
      '2026-04-05',
      '2027-03-28',
      '2038-04-25',
      '2052-04-21',
    ]);
  });

  it('turns the day at midnight in Auckland, in summer and in winter', () => {
    expect(todayInAuckland(new Date('2026-11-22T10:59:59Z'))).toBe('2026-11-22');
    expect(todayInAuckland(new Date('2026-11-22T11:00:00Z'))).toBe('2026-11-23');
    expect(todayInAuckland(new Date('2026-06-22T11:59:59Z'))).toBe('2026-06-22');
    expect(todayInAuckland(new Date('2026-06-22T12:00:00Z'))).toBe('2026-06-23');
  });
});

describe('a period across a change of clocks', () => {
  // Summer time ended on 5 April 2026 and begins on 27 September 2026: days of 25 and of 23 hours.
  it.each(['2026-04-04', '2026-04-05', '2026-09-26', '2026-09-27'])('begins on the civil day, around %s', (day) => {
    const hours = Array.from(
      { length: 72 },
      (_, h) => new Date(Date.parse(`${plusDays(day, -1)}T00:00:00Z`) + h * 3_600_000),
    );
    const days = hours.map(todayInAuckland);
    for (const [i, at] of hours.entries()) {
      const wall = at.toLocaleDateString('en-CA', { timeZone: 'Pacific/Auckland' });
      expect(days[i]).toBe(wall);
    }
    const midnights = new Set(days);
    expect([...midnights].sort()).toEqual([...midnights]);
  });

  it('counts each working day once, whether it had 23, 24 or 25 hours', () => {
    expect(addWorkingDays('legislation', todayInAuckland(new Date('2026-04-02T10:59:59Z')), 1)).toBe('2026-04-07');
    expect(countWorkingDays('legislation', '2026-04-02', 2).map((d) => [d.date, d.notCounted ?? d.number])).toEqual([
      ['2026-04-03', 'good_friday'],
      ['2026-04-04', 'weekend'],
      ['2026-04-05', 'weekend'],
      ['2026-04-06', 'easter_monday'],
      ['2026-04-07', 1],
      ['2026-04-08', 2],
    ]);
    expect(addWorkingDays('legislation', todayInAuckland(new Date('2026-09-25T11:59:59Z')), 1)).toBe('2026-09-28');
    expect(addWorkingDays('legislation', todayInAuckland(new Date('2026-09-25T12:00:00Z')), 1)).toBe('2026-09-28');
    expect(addWorkingDays('legislation', todayInAuckland(new Date('2026-09-27T10:59:59Z')), 1)).toBe('2026-09-28');
    expect(addWorkingDays('legislation', todayInAuckland(new Date('2026-09-27T11:00:00Z')), 1)).toBe('2026-09-29');
  });
});

describe('the aim for a complaint', () => {
  it('is the published standard of the agency, else twenty working days', () => {
    expect(complaintDueOn(undefined, '2026-11-22')).toBe('2026-12-18');
    expect(complaintDueOn(10, '2026-11-22')).toBe('2026-12-04');
  });
});
