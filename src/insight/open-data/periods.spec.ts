import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { nextDay } from '../../web/day.js';
import { parsePeriod, periodOfDay, previousPeriod, type PeriodKind } from './periods.js';

const kinds = fc.constantFrom<PeriodKind>('quarter', 'year');
const days = fc
  .date({ min: new Date('2001-01-01T00:00:00Z'), max: new Date('2098-12-31T23:59:59Z'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));

describe('a period', () => {
  it('is a quarter of three months', () => {
    expect(parsePeriod('2026-Q3')).toEqual({
      kind: 'quarter',
      text: '2026-Q3',
      firstDay: '2026-07-01',
      lastDay: '2026-09-30',
      months: ['2026-07', '2026-08', '2026-09'],
    });
    expect(parsePeriod('2028-Q1').lastDay).toBe('2028-03-31');
  });

  it('is a year of twelve months', () => {
    const year = parsePeriod('2026');
    expect([year.kind, year.firstDay, year.lastDay]).toEqual(['year', '2026-01-01', '2026-12-31']);
    expect(year.months).toHaveLength(12);
  });

  it.each(['', '2026-Q0', '2026-Q5', '2026-q3', '2026Q3', ' 2026', '2026\n', '26', '1999', '2026-07', '2026-Q3/..'])(
    'is not %j',
    (text) => {
      expect(() => parsePeriod(text)).toThrow(RangeError);
    },
  );

  it('holds each day once, and reads back as it was written', () => {
    fc.assert(
      fc.property(kinds, days, (kind, day) => {
        const period = periodOfDay(kind, day);
        expect(period.firstDay <= day && day <= period.lastDay).toBe(true);
        expect(period.months).toContain(day.slice(0, 7));
        expect(parsePeriod(period.text)).toEqual(period);
        expect(nextDay(previousPeriod(period).lastDay)).toBe(period.firstDay);
        expect(previousPeriod(period).kind).toBe(kind);
      }),
    );
  });

  it('is none of a day that does not exist', () => {
    expect(() => periodOfDay('quarter', '2026-02-30')).toThrow(RangeError);
  });
});
