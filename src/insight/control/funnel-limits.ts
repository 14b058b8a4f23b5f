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

export interface FunnelOptions {
  /** All cases together, also of those that are not compared; default: of the groups. */
  readonly all?: FunnelGroup;
  /** Variance of the noise added to each count and to each number of cases; none unless said. */
  readonly noise?: number;
}

/** Fewer than so many, and how they differ says nothing about overdispersion. */
const ENOUGH = 10;
const TRIMMED = 0.1;
/** Chances that shares lie beyond, and how many standard deviations of a normal distribution that is. */
const LIMITS = {
  '95': { chance: 0.025, deviations: 1.959964 },
  '998': { chance: 0.001, deviations: 3.090232 },
} as const;

/**
 * Limits of a funnel plot of shares (Spiegelhalter 2005, Funnel plots for comparing institutional performance, Statistics
 * in Medicine 24, 1185–1202): exact binomial limits with interpolation (Appendix A.1.1), pushed apart by the square root
 * of the overdispersion, which is the mean squared z-score with the outer tenths at each end pulled in (section 3.2,
 * multiplicative). Cases of agencies differ for reasons nobody recorded, and without it most large ones would lie outside.
 *
 * Noise in count and cases widens them by its variance carried through the quotient (delta method): (1 + p²) × noise / n².
 *
 * @param groups those with neither count nor cases suppressed; none, and nothing of all, gives a centre of 0
 * @throws RangeError when there are more of a count than cases, or fewer than one case
 */
export function funnelOf(groups: readonly FunnelGroup[], { all, noise = 0 }: FunnelOptions = {}): Funnel {
  if ([...groups, ...(all ? [all] : [])].some(({ count, cases }) => !(cases >= 1 && count >= 0 && count <= cases))) {
    throw new RangeError('A share is of one case or more, and of no more than all.');
  }
  const { count, cases } = all ?? summed(groups);
  const centre = cases === 0 ? 0 : count / cases;
  const noiseAt = (n: number): number => ((1 + centre ** 2) * noise) / n ** 2;
  const dispersion = dispersionOf(groups, centre, noiseAt);
  const limitsAt = (n: number): FunnelLimits => {
    const at = (side: -1 | 1, { chance, deviations }: (typeof LIMITS)[keyof typeof LIMITS]): number => {
      const away = binomialLimit(side < 0 ? chance : 1 - chance, n, centre) - centre;
      const far = Math.sqrt((away ** 2 + deviations ** 2 * noiseAt(n)) * dispersion);
      return Math.min(1, Math.max(0, centre + side * far));
    };
    return {
      low998: at(-1, LIMITS[998]),
      low95: at(-1, LIMITS[95]),
      high95: at(1, LIMITS[95]),
      high998: at(1, LIMITS[998]),
    };
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

function summed(groups: readonly FunnelGroup[]): FunnelGroup {
  const sum = (of: keyof FunnelGroup): number => groups.reduce((all, group) => all + group[of], 0);
  return { count: sum('count'), cases: sum('cases') };
}

function dispersionOf(groups: readonly FunnelGroup[], centre: number, noiseAt: (cases: number) => number): number {
  if (groups.length < ENOUGH || centre <= 0 || centre >= 1) return 1;
  const scores = groups
    .map(({ count, cases }) => (count / cases - centre) / Math.sqrt((centre * (1 - centre)) / cases + noiseAt(cases)))
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
