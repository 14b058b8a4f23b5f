import { betaQuantile } from './beta.js';
import { checkMonths, monthNumber, type MonthValue } from './month-series.js';

/** `too_early`: fewer than three full months after the action, or before it, are there. */
type Verdict = 'fell' | 'rose' | 'no_clear_change' | 'too_early';

interface SideOfAction {
  /** Months that are there. */
  readonly months: number;
  /** Cases a month; null of no months. */
  readonly mean: number | null;
}

/** What became of a theme after something was done about it. */
export interface BeforeAfter {
  readonly verdict: Verdict;
  readonly before: SideOfAction;
  readonly after: SideOfAction;
  /** The rate after over the rate before; null when it is too early, Infinity where there was nothing before. */
  readonly ratio: number | null;
  /** 95 % interval of the ratio; null when it is too early. */
  readonly interval: { readonly low: number; readonly high: number } | null;
  /** Variance over mean that the interval was widened by, 1 or more. */
  readonly dispersion: number;
}

export interface BeforeAfterOptions {
  /**
   * The number below which cells are suppressed, such as 6. A suppressed month is then tried as 0 and as one less than
   * it, and the interval covers both. Without it, suppressed months are left out.
   */
  readonly suppressedBelow?: number;
}

const MOST = 12;
const FEWEST = 3;

/**
 * Compares the months before an action with those after it: twelve at most on either side, the month of the action on
 * neither.
 *
 * The interval is that of a ratio of two Poisson rates given the total, by Clopper and Pearson 1934 (Przyborowski and
 * Wilenski 1940, Biometrika 31, 313–323), with the counts divided by their overdispersion, as a survey's are by its
 * design effect (Korn and Graubard 1998, Survey Methodology 24, 193–201).
 *
 * It knows of no seasons, and a theme that was acted on because of one bad month falls by itself: what fell after an
 * action did not fall because of it. Noised counts need nothing more, as their spread holds the noise; those below 0 are
 * taken as 0.
 *
 * @param series one month after another, null where one is missing
 * @param month of the action, `YYYY-MM`
 * @throws RangeError when months are left out or `month` is none
 */
export function beforeAfter(
  series: readonly MonthValue[],
  month: string,
  { suppressedBelow }: BeforeAfterOptions = {},
): BeforeAfter {
  checkMonths(series);
  const at = monthNumber(month);
  const sides = (inPlace: number | undefined): Sides => {
    const counts = (from: number, to: number): number[] =>
      series.flatMap(({ month: name, value }) => {
        const away = monthNumber(name) - at;
        const count = value ?? inPlace;
        return away < from || away > to || count === undefined ? [] : [Math.max(0, count)];
      });
    return { before: counts(-MOST, -1), after: counts(1, MOST) };
  };
  const tries = suppressedBelow === undefined ? [sides(undefined)] : [sides(0), sides(suppressedBelow - 1)];
  const middle = suppressedBelow === undefined ? tries[0] : sides((suppressedBelow - 1) / 2);
  return judged(middle ?? sides(undefined), tries);
}

interface Sides {
  readonly before: readonly number[];
  readonly after: readonly number[];
}

function judged(middle: Sides, tries: readonly Sides[]): BeforeAfter {
  const before = sideOf(middle.before);
  const after = sideOf(middle.after);
  if (before.months < FEWEST || after.months < FEWEST || before.mean === null || after.mean === null) {
    return { verdict: 'too_early', before, after, ratio: null, interval: null, dispersion: 1 };
  }
  const found = tries.map(intervalOf);
  const low = Math.min(...found.map((one) => one.low));
  const high = Math.max(...found.map((one) => one.high));
  return {
    verdict: high < 1 ? 'fell' : low > 1 ? 'rose' : 'no_clear_change',
    before,
    after,
    ratio: before.mean > 0 ? after.mean / before.mean : after.mean > 0 ? Infinity : 1,
    interval: { low, high },
    dispersion: Math.max(...found.map((one) => one.dispersion)),
  };
}

function sum(counts: readonly number[]): number {
  return counts.reduce((so, count) => so + count, 0);
}

function sideOf(counts: readonly number[]): SideOfAction {
  return { months: counts.length, mean: counts.length === 0 ? null : sum(counts) / counts.length };
}

function intervalOf({ before, after }: Sides): { low: number; high: number; dispersion: number } {
  const dispersion = Math.max(1, (scatter(before) + scatter(after)) / (before.length + after.length - 2));
  const was = sum(before) / dispersion;
  const is = sum(after) / dispersion;
  const odds = (share: number): number =>
    share >= 1 ? Infinity : (share / (1 - share)) * (before.length / after.length);
  return {
    low: odds(betaQuantile(0.025, is, was + 1)),
    high: odds(betaQuantile(0.975, is + 1, was)),
    dispersion,
  };
}

/* Pearson's statistic about the mean of one side. */
function scatter(counts: readonly number[]): number {
  const mean = sum(counts) / counts.length;
  return mean === 0 ? 0 : counts.reduce((so, count) => so + (count - mean) ** 2 / mean, 0);
}
