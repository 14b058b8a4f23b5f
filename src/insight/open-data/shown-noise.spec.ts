import { describe, expect, it } from '@jest/globals';
import { clampingBias, noiseDeviation, p95Margin } from './shown-noise.js';

/** Chances of the noise from −400 to 400 at ε ¼, added up from its definition; beyond that there is nothing to see. */
const values = Array.from({ length: 801 }, (_, index) => index - 400);
const weight = (x: number) => Math.exp(-Math.abs(x) / 4);
const all = values.reduce((sum, x) => sum + weight(x), 0);
const mean = (of: (x: number) => number) => values.reduce((sum, x) => sum + (of(x) * weight(x)) / all, 0);

describe('what is shown of the noise', () => {
  it('is a margin that 95 % of the noise keeps to, and that no smaller one does', () => {
    const within = (margin: number) => mean((x) => (Math.abs(x) <= margin ? 1 : 0));
    expect(p95Margin('0.2500')).toBe(12);
    expect(within(12)).toBeGreaterThanOrEqual(0.95);
    expect(within(11)).toBeLessThan(0.95);
  });

  it('is its standard deviation, and what cutting off at 0 adds to an empty cell', () => {
    expect(noiseDeviation('0.2500')).toBeCloseTo(Math.sqrt(mean((x) => x * x)), 8);
    expect(clampingBias('0.2500')).toBeCloseTo(
      mean((x) => Math.max(x, 0)),
      8,
    );
  });
});
