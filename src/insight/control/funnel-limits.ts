import { incompleteBeta } from './beta.js';

/** One of those compared: so many of its cases have what is asked about. */
export interface FunnelGroup {
  readonly count: number;
  /** 1 or more */
  readonly cases: number;
}

/** Where a share lies: between the limits, between those of 95 % and of 99.8 %, or outside both. */
type FunnelPlace = 'inside' | 'outside_95' | 'outside_998';

export interface FunnelLimits {
  readonly low998: number;
  readonly low95: number;
  readonly high95: number;
  readonly high998: number;
}

export interface Funnel {
  /** The share of all cases together, from 0 to 1. */
  readonly centre: number;
  /** The limits are as far from the centre as the square root of this says; 1 where chance explains the differences. */
  readonly dispersion: number;
  /** @param cases 1 or more */
  limitsAt(cases: number): FunnelLimits;
  placeOf(group: FunnelGroup): FunnelPlace;
}

/** Fewer than so many, and how they differ says nothing about overdispersion. */
const ENOUGH = 10;
const TRIMMED = 0.1;

/**
 * Limits of a funnel plot of shares (Spiegelhalter 2005, Funnel plots for comparing institutional performance, Statistics
 * in Medicine 24, 1185–1202): exact binomial limits with interpolation (Appendix A.1.1), pushed apart by the square root
 * of the overdispersion, which is the mean squared z-score with the outer tenths at each end pulled in (section 3.2,
 * multiplicative). Cases of agencies differ for reasons nobody recorded, and without it most large ones would lie outside.
 *
 * @param groups those with neither count nor cases suppressed; none gives a centre of 0
 * @throws RangeError when there are more of a count than cases, or fewer than one case
 */
export function funnelOf(groups: readonly FunnelGroup[]): Funnel {
  if (groups.some(({ count, cases }) => !(cases >= 1 && count >= 0 && count <= cases))) {
    throw new RangeError('A share is of one case or more, and of no more than all.');
  }
  const cases = groups.reduce((sum, group) => sum + group.cases, 0);
  const centre = cases === 0 ? 0 : groups.reduce((sum, group) => sum + group.count, 0) / cases;
  const dispersion = dispersionOf(groups, centre);
  const limitsAt = (n: number): FunnelLimits => {
    const at = (chance: number): number => {
      const away = (binomialLimit(chance, n, centre) - centre) * Math.sqrt(dispersion);
      return Math.min(1, Math.max(0, centre + away));
    };
    return { low998: at(0.001), low95: at(0.025), high95: at(0.975), high998: at(0.999) };
  };
  return {
    centre,
    dispersion,
    limitsAt,
    placeOf: (group) => {
      const share = group.count / group.cases;
      const limits = limitsAt(group.cases);
      if (share > limits.high998 || share < limits.low998) return 'outside_998';
      return share > limits.high95 || share < limits.low95 ? 'outside_95' : 'inside';
    },
  };
}

function dispersionOf(groups: readonly FunnelGroup[], centre: number): number {
  if (groups.length < ENOUGH || centre <= 0 || centre >= 1) return 1;
  const scores = groups
    .map(({ count, cases }) => (count / cases - centre) / Math.sqrt((centre * (1 - centre)) / cases))
    .sort((a, b) => a - b);
  const cut = Math.floor(scores.length * TRIMMED);
  const low = scores[cut] ?? 0;
  const high = scores[scores.length - 1 - cut] ?? 0;
  const squares = scores.map((score) => Math.min(high, Math.max(low, score)) ** 2);
  return Math.max(1, squares.reduce((sum, square) => sum + square, 0) / squares.length);
}

/**
 * The share that a chance of binomial shares lie below, interpolated between the two whole counts about it.
 *
 * @param chance such as 0.025
 * @param cases 1 or more
 * @param share of all cases, from 0 to 1
 */
export function binomialLimit(chance: number, cases: number, share: number): number {
  if (share <= 0 || share >= 1) return share;
  const upTo = (count: number): number => (count < 0 ? 0 : 1 - incompleteBeta(share, count + 1, cases - count));
  // Where a normal distribution has it, roughly (Tukey's lambda); a step or two lead from there to where it is.
  const score = 4.91 * (chance ** 0.14 - (1 - chance) ** 0.14);
  const guess = Math.round(cases * share + score * Math.sqrt(cases * share * (1 - share)));
  let count = Math.max(0, Math.min(cases, guess));
  while (count < cases && upTo(count) < chance) count++;
  while (count > 0 && upTo(count - 1) >= chance) count--;
  const reached = upTo(count);
  const before = upTo(count - 1);
  return Math.max(0, (count - (reached - chance) / (reached - before)) / cases);
}
