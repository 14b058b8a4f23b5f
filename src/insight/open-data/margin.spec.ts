import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { exactEpsilon } from './epsilon.js';
import { p95Margin } from './margin.js';

/** The chance that noise is further than m from zero, in floating point. */
const beyond = (e: number, m: number): number => (2 * Math.exp(-e * (m + 1))) / (1 + Math.exp(-e));

describe('the margin of a published figure', () => {
  it.each([
    ['0.125', 24n],
    ['0.25', 12n],
    ['0.5', 6n],
    ['1', 3n],
    ['2', 1n],
    ['5', 0n],
    ['100', 0n],
  ])('for an epsilon of %s is %s cases', (epsilon, margin) => {
    expect(p95Margin(exactEpsilon(epsilon))).toBe(margin);
  });

  it('is the smallest that holds nineteen draws in twenty', () => {
    fc.assert(
      fc.property(fc.bigInt(1n, 5_000n), fc.bigInt(1n, 5_000n), (numerator, denominator) => {
        const [e, m] = [Number(numerator) / Number(denominator), Number(p95Margin({ numerator, denominator }))];
        expect(beyond(e, m)).toBeLessThan(0.05 + 1e-12);
        if (m > 0) expect(beyond(e, m - 1)).toBeGreaterThan(0.05 - 1e-12);
      }),
    );
  });

  it('is refused where epsilon is not above zero, or so small that nothing but noise would be left', () => {
    for (const [numerator, denominator] of [
      [0n, 1n],
      [-1n, 2n],
      [1n, 0n],
      [1n, 10n ** 30n],
    ] as const) {
      expect(() => p95Margin({ numerator, denominator })).toThrow(RangeError);
    }
  });
});
