import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { todayInAuckland } from '../../src/clocks/calendar.js';
import { dayInAuckland, isDay } from '../../src/web/day.js';

describe('the day in Auckland', () => {
  it('turns at midnight there, in summer and in winter', () => {
    expect(dayInAuckland(new Date('2026-11-22T10:59:59Z'))).toBe('2026-11-22');
    expect(dayInAuckland(new Date('2026-11-22T11:00:00Z'))).toBe('2026-11-23');
    expect(dayInAuckland(new Date('2026-06-22T11:59:59Z'))).toBe('2026-06-22');
    expect(dayInAuckland(new Date('2026-06-22T12:00:00Z'))).toBe('2026-06-23');
  });

  it('is at every moment the day of the calendar', () => {
    const moments = fc.date({ min: new Date('2022-01-01'), max: new Date('2052-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(moments, (moment) => {
        expect(dayInAuckland(moment)).toBe(todayInAuckland(moment));
      }),
    );
  });
});

describe('a text', () => {
  it('is a day where there is such a day, and where it is written in full', () => {
    for (const day of ['2026-02-28', '2028-02-29', '2026-12-31']) expect([day, isDay(day)]).toEqual([day, true]);
    const none = [
      '2026-02-29',
      '2026-02-31',
      '2026-13-01',
      '2026-00-01',
      '26-01-01',
      '2026-1-1',
      '2026-01',
      '',
      'today',
    ];
    for (const text of [...none, '2026-01-01T00:00:00Z', ' 2026-01-01'])
      expect([text, isDay(text)]).toEqual([text, false]);
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), (text) => {
        expect(isDay(text) && !/^\d{4}-\d\d-\d\d$/.test(text)).toBe(false);
      }),
    );
  });
});
