import { describe, expect, it } from '@jest/globals';
import { duePeriods } from './due-periods.js';

const newest = (kind: 'quarter' | 'year', today: string) => duePeriods(kind, today)[0]?.text;

describe('the periods that are due', () => {
  it('are quarters from ten days after their end on', () => {
    expect(newest('quarter', '2026-09-30')).toBe('2026-Q2');
    expect(newest('quarter', '2026-10-09')).toBe('2026-Q2');
    expect(newest('quarter', '2026-10-10')).toBe('2026-Q3');
    expect(newest('quarter', '2027-01-09')).toBe('2026-Q3');
    expect(newest('quarter', '2027-01-10')).toBe('2026-Q4');
  });

  it('are years from forty days after their end on, when twenty working days are over', () => {
    expect(newest('year', '2027-02-08')).toBe('2025');
    expect(newest('year', '2027-02-09')).toBe('2026');
  });

  it('go back two years of quarters and three years', () => {
    expect(duePeriods('quarter', '2026-11-01').map(({ text }) => text)).toEqual([
      ...['2026-Q3', '2026-Q2', '2026-Q1'],
      ...['2025-Q4', '2025-Q3', '2025-Q2', '2025-Q1', '2024-Q4'],
    ]);
    expect(duePeriods('year', '2026-11-01').map(({ text }) => text)).toEqual(['2025', '2024', '2023']);
  });
});
