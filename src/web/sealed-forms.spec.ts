import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { IsDay } from './sealed-forms.js';
import { check } from './validation.js';

class Asked {
  @IsDay()
  day: string;
}

const taken = (day: unknown): boolean => {
  try {
    check(Asked, { day });
    return true;
  } catch {
    return false;
  }
};

describe('a day in a form', () => {
  it('is any that there is', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date('1950-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }), (at) => {
        expect(taken(at.toISOString().slice(0, 10))).toBe(true);
      }),
    );
  });

  it.each([
    '2026-02-30',
    '2026-W05-3',
    '2026-01T05',
    '2026-035',
    '20260-1-01',
    '2026-1-1',
    '',
    ' ',
    20260101,
    null,
    ['2026-01-01'],
  ])('is not %j, whatever ISO 8601 makes of it', (day) => {
    expect(taken(day)).toBe(false);
  });
});
