import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { todayInAuckland } from '../../src/clocks/calendar.js';
import { dayInAuckland } from '../../src/web/day.js';

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
