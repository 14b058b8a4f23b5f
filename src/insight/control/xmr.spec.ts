import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { monthAt, poisson, seeded } from '../../../test/insight/seeded.js';
import { limitsAbout, widened } from './limits.js';
import { meanMovingRange } from './moving-range.js';
import { signalsOf } from './signals.js';
import { xmrChart, xmrLimits } from './xmr.js';

const series = (values: readonly (number | null)[]) => values.map((value, at) => ({ month: monthAt(at), value }));

describe('an XmR chart', () => {
  it('has its limits 2.66 mean moving ranges from the mean', () => {
    const limits = xmrLimits([10, 12, 9, 13, 11, 10]);
    const meanRange = (2 + 3 + 4 + 2 + 1) / 5;
    expect(limits?.centre).toBeCloseTo(65 / 6, 12);
    expect((limits?.upper ?? 0) - (limits?.centre ?? 0)).toBeCloseTo(2.66 * meanRange, 2);
    expect((limits?.centre ?? 0) - (limits?.lower ?? 0)).toBeCloseTo(2.66 * meanRange, 2);
  });

  it('leaves out the moving ranges that are a signal themselves', () => {
    const calm = [5, 6, 5, 6, 5, 6, 5, 6, 5, 6, 5, 6];
    expect(meanMovingRange([...calm, 40])).toBe(1);
    expect(meanMovingRange(calm)).toBe(1);
    // But for rare cases, of which it would leave nothing.
    expect(meanMovingRange([0, 0, 0, 0, 0, 0, 1, 0, 0])).toBe(0.25);
  });

  it('takes no moving range across a month that is missing', () => {
    expect(meanMovingRange([5, null, 50, 51])).toBe(1);
    expect(meanMovingRange([5, null, 50])).toBeNull();
  });

  it('has no limits from fewer than 12 months, from months all the same or from nothing', () => {
    expect(xmrChart(series([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]))[10]?.limits).toBeNull();
    expect(xmrLimits(new Array<number>(20).fill(7))).toBeNull();
    expect(xmrChart([])).toEqual([]);
  });

  it('keeps the limits of its baseline whatever comes after', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(50), { minLength: 12, maxLength: 12 }),
        fc.array(fc.nat(500), { maxLength: 30 }),
        (baseline, later) => {
          const alone = xmrChart(series(baseline))[0]?.limits;
          for (const { limits } of xmrChart(series([...baseline, ...later]))) expect(limits).toEqual(alone);
        },
      ),
    );
  });

  it('waits for 12 months that are there, and begins anew only where a decision says so', () => {
    const values = [
      ...[20, 22, 19, null, 21, 20, 18, 23, 20, 19, 22, 21, 20],
      ...[40, 42, 38, 41, 39, 40, 43, 40, 38, 41, 40, 42, 40],
    ];
    const still = xmrChart(series(values));
    expect(still.filter(({ baseline }) => baseline)).toHaveLength(12);
    expect(still[3]).toMatchObject({ value: null, baseline: false, signals: [] });
    expect(still.at(-1)?.signals).toContain('outside');
    const decided = xmrChart(series(values), { rebase: [monthAt(13)] });
    expect(decided[12]?.limits).toEqual(still[12]?.limits);
    expect(decided.at(-1)).toMatchObject({ phase: 1, signals: [] });
    expect(decided.at(-1)?.limits?.centre).toBeGreaterThan(39);
  });

  it('refuses a baseline shorter than 12 and months that are left out', () => {
    expect(() => xmrChart([], { baseline: 11 })).toThrow(RangeError);
    expect(() =>
      xmrChart([
        { month: '2026-01', value: 1 },
        { month: '2026-03', value: 1 },
      ]),
    ).toThrow(RangeError);
    expect(() => xmrChart([{ month: '2026-13', value: 1 }])).toThrow(RangeError);
  });

  it('adds the noise of what is judged to an exact baseline, and not to one that carries it already', () => {
    const values = [20, 22, 19, 21, 20, 18, 23, 20, 19, 22, 21, 20];
    const exact = xmrLimits(values);
    const judged = xmrLimits(values, { variance: 31.83, inBaseline: false });
    if (!exact) throw new Error('There are limits.');
    expect(judged?.upper).toBeCloseTo(widened(exact, 31.83).upper, 10);
    expect(xmrLimits(values, { variance: 1, inBaseline: true })).toEqual(exact);
    expect(xmrLimits(values, { variance: 100, inBaseline: true })?.upper).toBeCloseTo(exact.centre + 30, 10);
  });

  it('calls a signal in one of seven calm series within 24 months when its limits are known', () => {
    const random = seeded(20);
    const limits = limitsAbout(20, Math.sqrt(20));
    let alarms = 0;
    for (let times = 0; times < 4000; times++) {
      const months = Array.from({ length: 24 }, () => ({ value: poisson(random, 20), limits }));
      if (signalsOf(months).some((rules) => rules.includes('outside') || rules.includes('same_side'))) alarms++;
    }
    // Measured before: .139, with a standard error of .006 here.
    expect(alarms / 4000).toBeGreaterThan(0.12);
    expect(alarms / 4000).toBeLessThan(0.165);
  });

  it('calls one in a third of calm series when its limits come from 12 of the 24 months', () => {
    const random = seeded(21);
    let alarms = 0;
    for (let times = 0; times < 1000; times++) {
      const months = xmrChart(series(Array.from({ length: 24 }, () => poisson(random, 20))));
      if (months.some(({ signals }) => signals.includes('outside') || signals.includes('same_side'))) alarms++;
    }
    expect(alarms / 1000).toBeGreaterThan(0.25);
    expect(alarms / 1000).toBeLessThan(0.38);
  });
});
