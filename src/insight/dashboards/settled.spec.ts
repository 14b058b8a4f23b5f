import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addWorkingDays } from '../../clocks/calendar.js';
import { plusDays } from '../../clocks/holidays.js';
import { monthsAfter } from '../../clocks/months.js';
import { settledUntil } from './settled.js';

describe('a month of which every complaint has had its time', () => {
  it('is the last one only when the time of what came on its last day is over', () => {
    // 30 November 2026 is a Monday: its fifth working day is Monday 7 December.
    expect(settledUntil('2026-11-01', 5, '2026-12-01')).toBe('2026-10-01');
    expect(settledUntil('2026-11-01', 5, '2026-12-07')).toBe('2026-10-01');
    expect(settledUntil('2026-11-01', 5, '2026-12-08')).toBe('2026-11-01');
    expect(settledUntil('2026-11-01', 20, '2026-12-08')).toBe('2026-10-01');
    // Twenty working days from the end of November end after Christmas and New Year.
    expect(settledUntil('2026-11-01', 20, '2026-12-31')).toBe('2026-10-01');
  });

  it('is never one in which something is not due yet, and the one after it always is', () => {
    const days = fc.date({ min: new Date('2024-01-15'), max: new Date('2040-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(days, fc.integer({ min: 1, max: 40 }), (day, workingDays) => {
        const today = day.toISOString().slice(0, 10);
        const last = monthsAfter(`${today.slice(0, 7)}-01`, -1);
        const found = settledUntil(last, workingDays, today);
        const dueOn = (month: string): string =>
          addWorkingDays('legislation', plusDays(monthsAfter(month, 1), -1), workingDays);
        expect(dueOn(found) < today).toBe(true);
        if (found !== last) expect(dueOn(monthsAfter(found, 1)) >= today).toBe(true);
      }),
    );
  });
});
