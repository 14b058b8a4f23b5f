import { expectationOf, type Expectation, type KnownMonth } from './expected.js';
import { discoveries } from './false-discovery.js';
import { mean } from './mean.js';
import { checkMonths, monthNumber, type MonthValue } from './month-series.js';
import { chanceOfSoMany } from './surprise.js';

/** A topic, an agency, or a topic at an agency, by month. */
export interface ThemeSeries {
  readonly key: string;
  readonly months: readonly MonthValue[];
}

export interface EmergingOptions {
  /** The month looked at, `YYYY-MM`, over and done. */
  readonly month: string;
  /** Of those called emerging, how many may be chance. @default 0.1 */
  readonly falseDiscoveryRate?: number;
  /** Most months before it that are looked back to. @default 36 */
  readonly baseline?: number;
  /** Fewest of them that must be there; fewer, and the series is not looked at. @default 12 */
  readonly fewest?: number;
  /** Below so many cases nothing is called emerging. @default 6 */
  readonly least?: number;
  /** Nor below so many times what was expected. @default 1.25 */
  readonly leastRatio?: number;
  /**
   * The number below which cells are suppressed, such as 6. A suppressed month of the baseline then counts as one less,
   * the most it can have been. Without it, suppressed months are left out.
   */
  readonly suppressedBelow?: number;
}

/** `month`: the month alone is too high; `two_months`: it and the one before, taken together, are. */
type EmergingRule = 'month' | 'two_months';

/** A theme that is called emerging, and all that it takes to say why. */
export interface EmergingTheme {
  readonly key: string;
  readonly month: string;
  readonly rule: EmergingRule;
  /** Cases in the month or the two. */
  readonly observed: number;
  readonly expected: number;
  /** Observed over expected; Infinity where none were expected. */
  readonly ratio: number;
  /** The chance of so many or more, of the rule that fired, doubled for having had two tries. */
  readonly p: number;
  /** From 1, the least likely first. */
  readonly rank: number;
  /** How many series were looked at for this month. */
  readonly lookedAt: number;
  /** Variance over mean that was reckoned with. */
  readonly dispersion: number;
  readonly seasonal: boolean;
  /** How many months the expectation rests on. */
  readonly baselineMonths: number;
}

type Reason = Omit<EmergingTheme, 'rank' | 'lookedAt'>;

interface Candidate {
  readonly series: ThemeSeries;
  readonly latest: readonly KnownMonth[];
  readonly baseline: readonly KnownMonth[];
  readonly expectation: Expectation;
}

/**
 * The themes of a month that are called emerging: those with more cases than their own past explains, with the share of
 * false ones among them held over all series that were looked at (see `chanceOfSoMany`, `expectationOf`, `discoveries`).
 *
 * A month that is missing is not judged, and its series not counted as looked at. A series is judged by its own
 * overdispersion or by the mean of all, whichever is more: a dozen months can look calm by chance. Counts are
 * rounded to whole ones, and those that noise took below 0 are taken as 0.
 *
 * Simulated over 96 months of 3,000 calm series, a month held a false one in 2 % of them at a dispersion of 1, 5 to 10 % at
 * 2 and 20 % at 4: where cases come in large clusters, the rate is not held.
 *
 * @returns the least likely first; the same input always gives the same answer, in whatever order the series come
 * @throws RangeError when a series leaves out months, or two have the same key
 */
export function emergingThemes(series: readonly ThemeSeries[], options: EmergingOptions): EmergingTheme[] {
  if (new Set(series.map(({ key }) => key)).size < series.length) throw new RangeError('A key comes twice.');
  // In one order, as sums of the same numbers in another differ in their last digit.
  const sorted = [...series].sort((a, b) => (a.key < b.key ? -1 : 1));
  const candidates = sorted.flatMap((one) => candidateOf(one, options));
  const common = mean(candidates.map(({ expectation }) => expectation.dispersion)) ?? 1;
  const reasons = candidates.map((one) => reasonOf(one, common, options));
  const believed = discoveries(
    reasons.map(({ p }) => p),
    options.falseDiscoveryRate ?? 0.1,
  );
  return reasons
    .filter((_, at) => believed[at] === true)
    .sort((a, b) => a.p - b.p || (a.key < b.key ? -1 : 1))
    .map((reason, at) => ({ ...reason, rank: at + 1, lookedAt: reasons.length }));
}

function candidateOf(series: ThemeSeries, options: EmergingOptions): Candidate[] {
  const { month, baseline: most = 36, fewest = 12, suppressedBelow } = options;
  checkMonths(series.months);
  const [first] = series.months;
  if (!first) return [];
  const start = monthNumber(first.month);
  const end = monthNumber(month) - start;
  const atMost = suppressedBelow === undefined ? null : suppressedBelow - 1;
  const known = (from: number, to: number, inPlace: number | null): KnownMonth[] =>
    series.months.slice(Math.max(0, from), Math.max(0, to)).flatMap(({ value }, place) => {
      const count = value ?? inPlace;
      return count === null ? [] : [{ at: start + Math.max(0, from) + place, count: Math.max(0, Math.round(count)) }];
    });
  const now = known(end, end + 1, null);
  // The month before stays out of the baseline, so that what begins to rise does not hide itself.
  const baseline = known(end - 1 - most, end - 1, atMost);
  if (end < 0 || now.length === 0 || baseline.length < Math.max(2, fewest)) return [];
  return [{ series, latest: [...now, ...known(end - 1, end, null)], baseline, expectation: expectationOf(baseline) }];
}

/* The likelier a reason is chance, the later it comes: of the two rules the one that says more. */
function reasonOf(candidate: Candidate, common: number, options: EmergingOptions): Reason {
  const month = tried(candidate, candidate.latest.slice(0, 1), 'month', common, options);
  const two = tried(candidate, candidate.latest, 'two_months', common, options);
  return candidate.latest.length > 1 && two.p < month.p ? two : month;
}

function tried(
  { series, latest: { length: tries }, baseline, expectation }: Candidate,
  months: readonly KnownMonth[],
  rule: EmergingRule,
  common: number,
  { month, least = 6, leastRatio = 1.25 }: EmergingOptions,
): Reason {
  const sum = (of: readonly KnownMonth[], what: (one: KnownMonth) => number): number =>
    of.reduce((so, one) => so + what(one), 0);
  const observed = sum(months, ({ count }) => count);
  const weight = sum(months, (one) => expectation.factorOf(one.at));
  const doubt = Math.max(...months.map((one) => expectation.doubtOf(one.at)));
  const dispersion = Math.max(expectation.dispersion, common) * doubt;
  const before = sum(baseline, ({ count }) => count);
  const weightBefore = sum(baseline, (one) => expectation.factorOf(one.at));
  const expected = (before / weightBefore) * weight;
  const ratio = expected > 0 ? observed / expected : observed > 0 ? Infinity : 1;
  // What is too small to speak of stays among those looked at, as the least surprising of all.
  const speaks = observed >= least && ratio >= leastRatio;
  const p = speaks ? Math.min(1, tries * chanceOfSoMany({ observed, before, weight, weightBefore, dispersion })) : 1;
  const { seasonal } = expectation;
  const baselineMonths = baseline.length;
  return { key: series.key, month, rule, observed, expected, ratio, p, dispersion, seasonal, baselineMonths };
}
