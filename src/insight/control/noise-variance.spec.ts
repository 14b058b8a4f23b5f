import { describe, expect, it } from '@jest/globals';
import { laplace, poisson, seeded } from '../../../test/insight/seeded.js';
import { limitsAbout, widened, type Limits } from './limits.js';
import { cellKeyVariance, laplaceVariance } from './noise-variance.js';

const OUT_OF = 60_000;

/* How many of calm months are outside, when what is shown of them has noise of an epsilon. */
function alarms(mean: number, limits: Limits, seed: number): number {
  const random = seeded(seed);
  let outside = 0;
  for (let month = 0; month < OUT_OF; month++) {
    const shown = poisson(random, mean) + laplace(random, 0.25);
    if (shown > limits.upper || shown < limits.lower) outside++;
  }
  return outside / OUT_OF;
}

describe('limits of noised counts', () => {
  it('know the variance of the noise', () => {
    expect(laplaceVariance(1)).toBeCloseTo(1.841, 3);
    expect(laplaceVariance(0.25)).toBeCloseTo(31.83, 2);
    expect(cellKeyVariance).toBe(3);
    expect(() => laplaceVariance(0)).toThrow(RangeError);
  });

  it.each([
    { mean: 20, narrow: 0.063, wide: 0.008 },
    { mean: 5, narrow: 0.229, wide: 0.011 },
  ])('of $mean a month give few false alarms once they are widened by it', ({ mean, narrow, wide }) => {
    const limits = limitsAbout(mean, Math.sqrt(mean));
    // As measured before, to four standard errors of this simulation and the rounding of what was measured.
    const within = (share: number) => 4 * Math.sqrt((share * (1 - share)) / OUT_OF) + 0.0012;
    expect(Math.abs(alarms(mean, limits, 7) - narrow)).toBeLessThan(within(narrow));
    expect(Math.abs(alarms(mean, widened(limits, laplaceVariance(0.25)), 8) - wide)).toBeLessThan(within(wide));
  });
});
