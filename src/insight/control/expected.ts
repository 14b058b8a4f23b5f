/** A month of a baseline: nothing is missing any more. */
export interface KnownMonth {
  /** As `monthNumber` counts them. */
  readonly at: number;
  readonly count: number;
}

/** What the months of a baseline say of a month to come. */
export interface Expectation {
  /** Cases in an average month. */
  readonly level: number;
  /** Whether months of the year are told apart. */
  readonly seasonal: boolean;
  /** Variance over mean about what was expected, 1 or more. */
  readonly dispersion: number;
  /** How many average months a month of the year is. */
  factorOf(at: number): number;
  /** By how much the dispersion grows for a month whose factor is itself a guess from a few Januaries. */
  doubtOf(at: number): number;
}

/** Fewest months that months of the year are told apart from: two of each. */
const TWO_YEARS = 24;

/**
 * Level, seasonality and overdispersion of a baseline.
 *
 * With 24 months and more each month of the year has a factor. Two or three Januaries say little, so that the factors
 * are drawn towards 1 by as much as chance alone would scatter them (Efron and Morris 1975, Data analysis using Stein's
 * estimator, JASA 70, 311–319): a topic without seasons keeps factors of 1. Overdispersion is Pearson's statistic over
 * its degrees of freedom, never below 1 (McCullagh and Nelder 1989, Generalized Linear Models, 6.2.3).
 *
 * @param baseline 2 months or more, in any order
 */
export function expectationOf(baseline: readonly KnownMonth[]): Expectation {
  const level = baseline.reduce((sum, { count }) => sum + count, 0) / baseline.length;
  const seasons = level > 0 && baseline.length >= TWO_YEARS ? seasonsOf(baseline, level) : new Map<number, Season>();
  const factorOf = (at: number): number => seasons.get(at % 12)?.factor ?? 1;
  const doubtOf = (at: number): number => 1 + (seasons.get(at % 12)?.doubt ?? 0);
  const spent = 1 + [...seasons.values()].reduce((sum, { trust }) => sum + trust, 0);
  const excess = baseline.reduce((sum, { at, count }) => {
    const mean = level * factorOf(at);
    return mean > 0 ? sum + (count - mean) ** 2 / mean : sum;
  }, 0);
  const dispersion = Math.max(1, excess / Math.max(1, baseline.length - spent));
  return { level, seasonal: spent > 1, dispersion, factorOf, doubtOf };
}

interface Season {
  readonly factor: number;
  /** How far the months seen are believed, from 0 to 1. */
  readonly trust: number;
  readonly doubt: number;
}

function seasonsOf(baseline: readonly KnownMonth[], level: number): Map<number, Season> {
  const years = new Map<number, KnownMonth[]>();
  for (const one of baseline) years.set(one.at % 12, [...(years.get(one.at % 12) ?? []), one]);
  const seen = [...years].map(([month, same]) => {
    const mean = same.reduce((sum, { count }) => sum + count, 0) / same.length;
    return { month, ratio: mean / level, times: same.length, scatter: scatterOf(same, mean) };
  });
  const freedom = baseline.length - years.size;
  const dispersion = Math.max(1, seen.reduce((sum, { scatter }) => sum + scatter, 0) / Math.max(1, freedom));
  const chance = ({ times }: { times: number }): number => dispersion / (times * level);
  const between = seen.reduce((sum, one) => sum + (one.ratio - 1) ** 2 - chance(one), 0) / Math.max(1, seen.length - 1);
  if (between <= 0) return new Map();
  return new Map(
    seen.map((one) => {
      const trust = between / (between + chance(one));
      const factor = 1 + trust * (one.ratio - 1);
      return [one.month, { factor, trust, doubt: (trust * factor) / one.times }];
    }),
  );
}

function scatterOf(same: readonly KnownMonth[], mean: number): number {
  return mean === 0 ? 0 : same.reduce((sum, { count }) => sum + (count - mean) ** 2 / mean, 0);
}
