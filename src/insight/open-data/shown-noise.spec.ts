import { describe, expect, it } from '@jest/globals';
import { clampingBias, noiseDeviation, sumMargin } from './shown-noise.js';

/** Chances of the noise from −400 to 400 at ε ¼, added up from its definition; beyond that there is nothing to see. */
const values = Array.from({ length: 801 }, (_, index) => index - 400);
const weight = (x: number) => Math.exp(-Math.abs(x) / 4);
const all = values.reduce((sum, x) => sum + weight(x), 0);
const mean = (of: (x: number) => number) => values.reduce((sum, x) => sum + (of(x) * weight(x)) / all, 0);

describe('what is shown of the noise', () => {
  it('is its standard deviation, and what cutting off at 0 adds to an empty cell', () => {
    expect(noiseDeviation('0.2500')).toBeCloseTo(Math.sqrt(mean((x) => x * x)), 8);
    expect(clampingBias('0.2500')).toBeCloseTo(
      mean((x) => Math.max(x, 0)),
      8,
    );
  });

  it('is about what a sum keeps to, and of a single figure the margin that stands beside it', () => {
    expect(sumMargin('0.2500', 1, 12)).toBe(12);
    expect(sumMargin('0.2500', 3, 12)).toBe(Math.ceil(1.96 * Math.sqrt(3 * mean((x) => x * x))));
  });
});
