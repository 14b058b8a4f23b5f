import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { noiseOfCell, seeded } from '../../../test/insight/seeded.js';
import { binomialLimit, funnelOf } from './funnel-limits.js';

/* P(X <= most), X binomial, added up term by term. */
function upTo(most: number, n: number, p: number): number {
  let sum = 0;
  let term = (1 - p) ** n;
  for (let k = 0; k <= most; k++) {
    sum += term;
    term *= ((n - k) / (k + 1)) * (p / (1 - p));
  }
  return sum;
}

function groups(many: number, share: (at: number) => number) {
  const random = seeded(many);
  return Array.from({ length: many }, (_, at) => {
    const cases = 30 + Math.floor(random() * 200);
    let count = 0;
    for (let one = 0; one < cases; one++) if (random() < share(at)) count++;
    return { count, cases };
  });
}

describe('a funnel', () => {
  it('has limits between the whole counts that the exact binomial has them between', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 150 }),
        fc.double({ min: 0.05, max: 0.95, noNaN: true }),
        fc.constantFrom(0.001, 0.025, 0.975, 0.999),
        (cases, share, chance) => {
          let count = 0;
          while (count < cases && upTo(count, cases, share) < chance) count++;
          const limit = binomialLimit(chance, cases, share) * cases;
          expect(limit).toBeGreaterThanOrEqual(count - 1 - 1e-6);
          expect(limit).toBeLessThanOrEqual(count + 1e-6);
        },
      ),
    );
  });

  it('interpolates as the paper does', () => {
    // Ten cases of a share of a half: P(X <= 1) = 11/1024 and P(X <= 2) = 56/1024 have .025 between them.
    const between = (56 / 1024 - 0.025) / (45 / 1024);
    expect(binomialLimit(0.025, 10, 0.5)).toBeCloseTo((2 - between) / 10, 12);
  });

  it('has the share of all for its centre, and finds the one that is far from it', () => {
    const calm = groups(30, () => 0.2);
    const odd = { count: 60, cases: 120 };
    const funnel = funnelOf([...calm, odd]);
    expect(funnel.centre).toBeGreaterThan(0.19);
    expect(funnel.centre).toBeLessThan(0.24);
    expect(funnel.placeOf(odd)).toBe('outside_998');
    expect(calm.filter((one) => funnel.placeOf(one) === 'outside_998')).toEqual([]);
  });

  it('widens when agencies differ by more than chance, but not for one that is odd', () => {
    expect(funnelOf(groups(60, () => 0.3)).dispersion).toBeLessThan(1.3);
    const apart = groups(60, (at) => (at % 2 === 0 ? 0.2 : 0.4));
    const funnel = funnelOf(apart);
    expect(funnel.dispersion).toBeGreaterThan(2);
    expect(apart.filter((one) => funnel.placeOf(one) === 'outside_998').length).toBeLessThan(3);
    expect(funnelOf(apart.slice(0, 9)).dispersion).toBe(1);
  });

  it('has the centre of all cases, also of those that are not compared', () => {
    const funnel = funnelOf([{ count: 12, cases: 60 }], { all: { count: 50, cases: 1000 } });
    expect(funnel.centre).toBe(0.05);
    expect(funnel.placeOf({ count: 12, cases: 60 })).toBe('outside_998');
  });

  it('calls few outside for noise alone: as many as chance says', () => {
    const random = seeded(11);
    const small = Array.from({ length: 2_000 }, () => {
      let count = 0;
      for (let one = 0; one < 40; one++) if (random() < 0.15) count++;
      const cases = 40 + noiseOfCell(random);
      return { count: Math.min(cases, Math.max(0, count + noiseOfCell(random))), cases };
    });
    const all = { count: 150, cases: 1000 };
    const outside = (of: ReturnType<typeof funnelOf>): number =>
      small.filter((one) => of.placeOf(one) === 'outside_998').length;
    // Nine at a time, so that their differences are not taken for overdispersion: limits of chance and noise alone.
    const told = funnelOf(small.slice(0, 9), { all, noise: 3 });
    expect(outside(told)).toBeLessThan(30);
    expect(outside(funnelOf(small.slice(0, 9), { all }))).toBeGreaterThan(2 * outside(told));
  });

  it('stays between none and all, and narrows with more cases', () => {
    const funnel = funnelOf(groups(40, (at) => (at % 2) * 0.2));
    let before = 1;
    for (const cases of [1, 10, 100, 1000]) {
      const { low998, low95, high95, high998 } = funnel.limitsAt(cases);
      const inOrder = [0, low998, low95, funnel.centre, high95, high998, 1];
      expect([...inOrder].sort((a, b) => a - b)).toEqual(inOrder);
      expect(high998 - low998).toBeLessThanOrEqual(before);
      before = high998 - low998;
    }
  });

  it('has an answer where nobody or everybody has what is asked about', () => {
    expect(funnelOf([]).centre).toBe(0);
    expect(funnelOf([{ count: 0, cases: 9 }]).limitsAt(5)).toEqual({ low998: 0, low95: 0, high95: 0, high998: 0 });
    expect(funnelOf([{ count: 9, cases: 9 }]).placeOf({ count: 9, cases: 9 })).toBe('inside');
    expect(() => funnelOf([{ count: 2, cases: 1 }])).toThrow(RangeError);
  });
});
