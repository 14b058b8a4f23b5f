import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { clustered, monthAt, poisson, seeded } from '../../../test/insight/seeded.js';
import { emergingThemes, type ThemeSeries } from './emerging-themes.js';
import { discoveries } from './false-discovery.js';

const MEANS = [3, 8, 20];

function drawn(many: number, length: number, draw: (key: number, at: number) => number): ThemeSeries[] {
  return Array.from({ length: many }, (_, key) => ({
    key: key.toString(),
    months: Array.from({ length }, (_unused, at) => ({ month: monthAt(at), value: draw(key, at) })),
  }));
}

const meanOf = (key: number): number => MEANS[key % MEANS.length] ?? 3;

describe('themes called emerging', () => {
  it('follow the example of Benjamini and Hochberg', () => {
    const chances = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262];
    const all = [...chances, 0.5719, 0.6528, 0.759, 1];
    expect(discoveries(all, 0.05).filter(Boolean)).toHaveLength(4);
    expect(discoveries([], 0.05)).toEqual([]);
  });

  it('are false in no more of the months than the rate allows, of 3,000 calm series over 24 months', () => {
    const random = seeded(3000);
    const series = drawn(3000, 60, (key) => poisson(random, meanOf(key)));
    let months = 0;
    for (let at = 36; at < 60; at++) if (emergingThemes(series, { month: monthAt(at) }).length > 0) months++;
    // All of what is found is false, so that the rate is that of months with any: 2.4 of 24 at most, were it a long run.
    expect(months).toBeLessThanOrEqual(5);
  });

  it('are mostly true when some of the series did change', () => {
    const random = seeded(31);
    const isTrue = (key: number) => key % 10 === 0;
    const series = drawn(600, 40, (key, at) => clustered(random, meanOf(key) * (isTrue(key) && at > 36 ? 3 : 1), 2));
    const found = [37, 38, 39].flatMap((at) => emergingThemes(series, { month: monthAt(at) }));
    const wrong = found.filter(({ key }) => !isTrue(Number(key)));
    expect(found.length).toBeGreaterThan(60);
    expect(wrong.length / found.length).toBeLessThan(0.13);
  });

  it('have a topic that doubled within two months', () => {
    const random = seeded(2);
    let found = 0;
    for (let times = 0; times < 40; times++) {
      const series = drawn(30, 38, (key, at) => poisson(random, key === 0 && at >= 36 ? 40 : 20));
      const months = [36, 37].flatMap((at) => emergingThemes(series, { month: monthAt(at) }));
      if (months.some(({ key }) => key === '0')) found++;
    }
    expect(found).toBeGreaterThanOrEqual(38);
  });

  it('do not have a topic that is as busy every January', () => {
    const random = seeded(12);
    const busy = (at: number) => (at % 12 === 0 ? 3 : 1);
    const series = drawn(20, 49, (_, at) => poisson(random, 30 * busy(at)));
    expect(emergingThemes(series, { month: monthAt(48) })).toEqual([]);
    const [first] = emergingThemes(
      series.map(({ key, months }) => ({ key, months: months.slice(30) })),
      { month: monthAt(48) },
    );
    expect(first).toMatchObject({ seasonal: false, rule: 'month' });
  });

  it('say why', () => {
    const series = drawn(3, 37, (key, at) => (key === 1 && at === 36 ? 60 : 20));
    const [theme, ...others] = emergingThemes(series, { month: monthAt(36) });
    expect(others).toEqual([]);
    expect(theme).toEqual({
      key: '1',
      month: monthAt(36),
      rule: 'month',
      observed: 60,
      expected: 20,
      ratio: 3,
      p: expect.any(Number),
      rank: 1,
      lookedAt: 3,
      dispersion: 1,
      seasonal: false,
      baselineMonths: 35,
    });
    expect(theme?.p).toBeLessThan(1e-6);
  });

  it('are the same in whatever order the series come', () => {
    const random = seeded(5);
    const series = drawn(40, 30, (key, at) => poisson(random, key < 5 && at > 27 ? 30 : 10));
    const found = emergingThemes(series, { month: monthAt(29) });
    expect(found.length).toBeGreaterThan(2);
    fc.assert(
      fc.property(fc.shuffledSubarray(series, { minLength: series.length }), (shuffled) => {
        expect(emergingThemes(shuffled, { month: monthAt(29) })).toEqual(found);
      }),
      { numRuns: 10 },
    );
  });

  it('never have a month that is missing, nor a series of a few months', () => {
    const months = (values: readonly (number | null)[]) => values.map((value, at) => ({ month: monthAt(at), value }));
    const calm = new Array<number>(20).fill(10);
    const month = monthAt(20);
    expect(emergingThemes([{ key: 'a', months: months([...calm, null]) }], { month })).toEqual([]);
    expect(emergingThemes([{ key: 'a', months: months([...calm, 50]) }], { month })).toHaveLength(1);
    expect(emergingThemes([{ key: 'a', months: months([...calm.slice(10), 50]) }], { month: monthAt(10) })).toEqual([]);
    expect(emergingThemes([{ key: 'a', months: [] }], { month })).toEqual([]);
    expect(emergingThemes([], { month })).toEqual([]);
  });

  it('take a suppressed month for the most it can have been, where they are told the bound', () => {
    const months = Array.from({ length: 25 }, (_, at) => ({ month: monthAt(at), value: at < 24 ? null : 22 }));
    expect(emergingThemes([{ key: 'a', months }], { month: monthAt(24) })).toEqual([]);
    const [found] = emergingThemes([{ key: 'a', months }], { month: monthAt(24), suppressedBelow: 6 });
    expect(found).toMatchObject({ observed: 22, expected: 5, baselineMonths: 23 });
  });

  it('refuse two series of one key', () => {
    const twice = [0, 1].map(() => ({ key: 'a', months: [] }));
    expect(() => emergingThemes(twice, { month: '2026-01' })).toThrow(RangeError);
  });
});
