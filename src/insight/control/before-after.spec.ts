import { describe, expect, it } from '@jest/globals';
import { clustered, monthAt, poisson, seeded } from '../../../test/insight/seeded.js';
import { beforeAfter } from './before-after.js';

const series = (values: readonly (number | null)[]) => values.map((value, at) => ({ month: monthAt(at), value }));
const many = (value: number | null, times: number) => new Array<number | null>(times).fill(value);

describe('before and after an action', () => {
  it('says that a theme fell or rose, and by how much', () => {
    const fell = beforeAfter(series([...many(40, 12), 99, ...many(20, 6)]), monthAt(12));
    expect(fell).toMatchObject({ verdict: 'fell', ratio: 0.5, before: { months: 12, mean: 40 }, after: { months: 6 } });
    // By hand: ln(1/2) ± 1.96 sqrt(1/480 + 1/120), and the exact interval a little wider.
    expect(fell.interval?.low).toBeCloseTo(0.406, 2);
    expect(fell.interval?.high).toBeCloseTo(0.613, 2);
    expect(beforeAfter(series([...many(20, 12), 5, ...many(40, 6)]), monthAt(12))).toMatchObject({ verdict: 'rose' });
  });

  it('waits for three full months', () => {
    const two = beforeAfter(series([...many(40, 12), 30, 1, 2]), monthAt(12));
    expect(two).toMatchObject({ verdict: 'too_early', ratio: null, interval: null, after: { months: 2, mean: 1.5 } });
    expect(beforeAfter([], '2026-01')).toMatchObject({ verdict: 'too_early', before: { months: 0, mean: null } });
  });

  it('looks at twelve months on either side and no more', () => {
    const found = beforeAfter(
      series([...many(500, 6), ...many(20, 12), 0, ...many(20, 12), ...many(500, 6)]),
      monthAt(18),
    );
    expect(found).toMatchObject({
      verdict: 'no_clear_change',
      ratio: 1,
      before: { months: 12 },
      after: { months: 12 },
    });
  });

  it('covers all that suppressed months can have been', () => {
    const values = series([...many(8, 12), 7, ...many(null, 4)]);
    expect(beforeAfter(values, monthAt(12)).verdict).toBe('too_early');
    const found = beforeAfter(values, monthAt(12), { suppressedBelow: 6 });
    expect(found.interval?.low).toBe(0);
    expect(found.interval?.high).toBeGreaterThan(0.9);
    expect(found.verdict).toBe(found.interval && found.interval.high < 1 ? 'fell' : 'no_clear_change');
  });

  it('has an answer where there was nothing', () => {
    const nothing = beforeAfter(series([...many(0, 12), 0, ...many(0, 4)]), monthAt(12));
    expect(nothing).toMatchObject({ verdict: 'no_clear_change', ratio: 1, interval: { low: 0, high: Infinity } });
    expect(beforeAfter(series([...many(0, 12), 0, ...many(9, 4)]), monthAt(12))).toMatchObject({
      verdict: 'rose',
      ratio: Infinity,
    });
  });

  it.each([1, 3])(
    'says of a theme that did not change that it did no oftener than it may, at dispersion %d',
    (spread) => {
      const random = seeded(40 + spread);
      const draw = () => (spread === 1 ? poisson(random, 20) : clustered(random, 20, spread));
      let wrong = 0;
      for (let times = 0; times < 1000; times++) {
        const found = beforeAfter(series(Array.from({ length: 19 }, draw)), monthAt(12));
        if (found.verdict !== 'no_clear_change') wrong++;
      }
      expect(wrong / 1000).toBeLessThan(0.075);
    },
  );
});
