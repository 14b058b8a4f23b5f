import { describe, expect, it } from '@jest/globals';
import { limitsAbout } from './limits.js';
import { signalsOf, type Rule } from './signals.js';

const limits = limitsAbout(10, 1);

/* Which places break a rule. */
function places(rule: Rule, values: readonly (number | null)[]): number[] {
  const found = signalsOf(values.map((value) => ({ value, limits })));
  return found.flatMap((rules, at) => (rules.includes(rule) ? [at] : []));
}

describe('the rules of a control chart', () => {
  it('find what is outside a limit, and not what is on it', () => {
    expect(places('outside', [13, 13.1, 7, 6.9])).toEqual([1, 3]);
  });

  it('find seven in a row on one side, and mark all of them', () => {
    expect(places('same_side', [9, 11, 11, 12, 11, 11, 11, 11, 9])).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(places('same_side', [9, 11, 11, 12, 11, 11, 11, 9])).toEqual([]);
  });

  it('count what is on the centre for no side', () => {
    expect(places('same_side', [11, 11, 11, 10, 11, 11, 11, 11])).toEqual([]);
  });

  it('find a trend of seven months, and not one of six', () => {
    expect(places('trend', [12, 8, 8.5, 9, 9.5, 10.5, 11, 12, 11])).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(places('trend', [12, 8, 8.5, 9, 9.5, 10.5, 11, 10.9])).toEqual([]);
    expect(places('trend', [8, 8.5, 9, 9, 9.5, 10.5, 11, 12])).toEqual([]);
  });

  it('find two of three near the same limit', () => {
    expect(places('near_limit', [10, 12.5, 10, 12.5, 10])).toEqual([1, 3]);
    expect(places('near_limit', [10, 12.5, 10, 7.5, 10])).toEqual([]);
    expect(places('near_limit', [12.5, 10, 10, 12.5])).toEqual([]);
  });

  it('take a missing month for the end of what came before it', () => {
    expect(places('same_side', [11, 11, 11, null, 11, 11, 11, 11])).toEqual([]);
    expect(places('trend', [8, 8.5, 9, null, 9.5, 10.5, 11, 12])).toEqual([]);
    expect(places('near_limit', [12.5, null, 12.5])).toEqual([]);
  });

  it('find nothing where there are no limits', () => {
    expect(signalsOf([{ value: 99, limits: null }])).toEqual([[]]);
    expect(signalsOf([])).toEqual([]);
  });
});
