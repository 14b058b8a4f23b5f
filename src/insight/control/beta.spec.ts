import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { betaQuantile, incompleteBeta, logGamma } from './beta.js';

/* P(X >= least), X binomial, added up term by term. */
function binomialTail(least: number, n: number, p: number): number {
  let sum = 0;
  let term = (1 - p) ** n;
  for (let k = 0; k <= n; k++) {
    if (k >= least) sum += term;
    term *= ((n - k) / (k + 1)) * (p / (1 - p));
  }
  return sum;
}

describe('the gamma and beta functions', () => {
  it('have the factorials and the root of pi', () => {
    expect(Math.exp(logGamma(7))).toBeCloseTo(720, 8);
    expect(Math.exp(2 * logGamma(0.5))).toBeCloseTo(Math.PI, 12);
    expect(logGamma(171)).toBeCloseTo(706.573062245787, 9);
  });

  it('add up the tail of every binomial distribution', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.double({ min: 0.01, max: 0.99, noNaN: true }), (n, p) => {
        for (let least = 1; least <= n; least++) {
          expect(incompleteBeta(p, least, n - least + 1)).toBeCloseTo(binomialTail(least, n, p), 10);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('find the x at which the incomplete beta function is a chance', () => {
    const some = fc.double({ min: 0.5, max: 200, noNaN: true });
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 0.999, noNaN: true }), some, some, (chance, a, b) => {
        expect(incompleteBeta(betaQuantile(chance, a, b), a, b)).toBeCloseTo(chance, 7);
      }),
      { numRuns: 60 },
    );
  });
});
