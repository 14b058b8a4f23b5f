import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { nextHour, nextTime } from './daily-work.js';

const eight = (now: Date): Date => nextHour(8, now);

const clock = new Intl.DateTimeFormat('en-GB', { timeZone: 'Pacific/Auckland', timeStyle: 'medium' });

describe('the hour of daily work', () => {
  it('is eight in the morning in New Zealand, ahead, and never more than 25 hours away', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date('2024-01-01'), max: new Date('2052-12-30'), noInvalidDate: true }), (now) => {
        const at = eight(now);
        expect(clock.format(at)).toBe('08:00:00');
        const hours = (at.getTime() - now.getTime()) / 3_600_000;
        expect(hours).toBeGreaterThan(0);
        expect(hours).toBeLessThanOrEqual(25);
      }),
    );
  });

  it('keeps to the clock on the wall when clocks change', () => {
    // Clocks go forward at 2 in the morning of 27 September 2026, and back at 3 of 4 April 2027.
    expect(eight(new Date('2026-09-25T20:00:00Z')).toISOString()).toBe('2026-09-26T19:00:00.000Z');
    expect(eight(new Date('2027-04-02T19:00:00Z')).toISOString()).toBe('2027-04-03T20:00:00.000Z');
  });

  it('is the next one when it is eight now', () => {
    expect(eight(new Date('2026-11-21T19:00:00Z')).toISOString()).toBe('2026-11-22T19:00:00.000Z');
  });

  it('is on the first of a month for what is done once a month', () => {
    const monthly = (now: string): string => nextTime({ hour: 5, monthly: true }, new Date(now)).toISOString();
    expect(monthly('2026-11-21T19:00:00Z')).toBe('2026-11-30T16:00:00.000Z');
    // On the first, before and after its hour.
    expect(monthly('2026-11-30T15:59:59Z')).toBe('2026-11-30T16:00:00.000Z');
    expect(monthly('2026-11-30T16:00:00Z')).toBe('2026-12-31T16:00:00.000Z');
  });
});
