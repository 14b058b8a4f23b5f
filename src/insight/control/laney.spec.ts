import { describe, expect, it } from '@jest/globals';
import { monthAt, noiseOfCell, seeded } from '../../../test/insight/seeded.js';
import { laneyChart } from './laney.js';

/* Shares of many cases that wander more than chance would have them: by `spread` either way. */
function months(random: () => number, cases: number, spread: number, length = 24) {
  return Array.from({ length }, (_, at) => {
    const share = 0.8 + (random() - 0.5) * 2 * spread;
    return { month: monthAt(at), count: Math.round(cases * share), cases };
  });
}

describe('a p′ chart', () => {
  it('does not call months of many thousand cases signals for what a plain p chart would', () => {
    const shares = months(seeded(1), 20_000, 0.02);
    const plain = 3 * Math.sqrt((0.8 * 0.2) / 20_000);
    expect(shares.filter(({ count, cases }) => Math.abs(count / cases - 0.8) > plain).length).toBeGreaterThan(8);
    expect(laneyChart(shares).filter(({ signals }) => signals.includes('outside'))).toEqual([]);
  });

  it('has wider limits in a month of fewer cases', () => {
    const shares = months(seeded(2), 1000, 0.03);
    const chart = laneyChart([...shares, { month: monthAt(24), count: 80, cases: 100 }]);
    const width = (at: number) => (chart[at]?.limits?.centre ?? 0) - (chart[at]?.limits?.lower ?? 0);
    expect(width(24)).toBeCloseTo(width(23) * Math.sqrt(10), 10);
  });

  it('ends its limits at none and at all', () => {
    for (const { limits } of laneyChart(months(seeded(3), 12, 0.1))) {
      expect(limits?.lower).toBeGreaterThanOrEqual(0);
      expect(limits?.upper).toBeLessThanOrEqual(1);
    }
  });

  it('takes a month without cases, or with a suppressed number, as missing', () => {
    const shares = months(seeded(4), 500, 0.03, 14);
    const chart = laneyChart([
      { month: '2019-10', count: null, cases: 400 },
      { month: '2019-11', count: 3, cases: null },
      { month: '2019-12', count: 0, cases: 0 },
      ...shares,
    ]);
    expect(chart.slice(0, 3)).toEqual(
      ['2019-10', '2019-11', '2019-12'].map((month) => ({
        month,
        value: null,
        limits: null,
        baseline: false,
        phase: 0,
        signals: [],
      })),
    );
    expect(chart.at(-1)?.limits).not.toBeNull();
  });

  it('widens its limits by the noise of count and cases carried through the quotient', () => {
    const shares = months(seeded(5), 400, 0.04);
    const [plain] = laneyChart(shares);
    const [noisy] = laneyChart(shares, { noise: { count: 3, cases: 3, inBaseline: false } });
    const sigma = (point: typeof plain) => ((point?.limits?.centre ?? 0) - (point?.limits?.lower ?? 0)) / 3;
    const share = plain?.limits?.centre ?? 0;
    expect(sigma(noisy) ** 2 - sigma(plain) ** 2).toBeCloseTo((3 + share ** 2 * 3) / 400 ** 2, 12);
  });

  it('sounds no more false alarms, and is no wider, for noise that its baseline has too', () => {
    const random = seeded(6);
    const widths = { counted: 0, twice: 0 };
    let outside = 0;
    for (let run = 0; run < 200; run++) {
      const calm = Array.from({ length: 36 }, (_, at) => {
        const cases = 40 + Math.floor(random() * 20);
        let count = 0;
        for (let one = 0; one < cases; one++) if (random() < 0.7) count++;
        return { month: monthAt(at), count: count + noiseOfCell(random), cases: cases + noiseOfCell(random) };
      });
      const chart = (inBaseline: boolean) =>
        laneyChart(calm, { baseline: 24, noise: { count: 3, cases: 3, inBaseline } });
      const counted = chart(true);
      outside += counted.slice(24).filter(({ signals }) => signals.includes('outside')).length;
      const width = (points: typeof counted): number =>
        (points[30]?.limits?.upper ?? 0) - (points[30]?.limits?.lower ?? 0);
      widths.counted += width(counted);
      widths.twice += width(chart(false));
    }
    expect(widths.counted).toBeLessThan(0.95 * widths.twice);
    // Of 2,400 calm months. Three sigma of a normal distribution would be 6; limits out of 24 months are more often passed.
    expect(outside).toBeLessThan(40);
  });
});
