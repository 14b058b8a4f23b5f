import { limitsAbout, type Limits } from './limits.js';
import { checkMonths, type MonthValue } from './month-series.js';
import { meanMovingRange, sigmaOfRange } from './moving-range.js';
import { judgePhases, type ControlPoint, type PhaseOptions } from './phases.js';

/** How many of the cases of a month have what is asked about. */
export interface MonthShare {
  /** `YYYY-MM` */
  readonly month: string;
  /** Null where it is suppressed or was never counted. */
  readonly count: number | null;
  /** All cases of the month; the month is as good as missing where it is null or below 1. */
  readonly cases: number | null;
}

export interface LaneyOptions extends PhaseOptions {
  /**
   * Variance of the noise added to the count, and to the cases, and whether the months of the baseline carry it too: then
   * their moving ranges have seen it already, and adding it once more would hide changes.
   */
  readonly noise?: { readonly count: number; readonly cases: number; readonly inBaseline: boolean };
}

interface Share extends MonthValue {
  readonly cases: number;
}

/**
 * A p′ chart of a share by month (Laney 2002, Improved control charts for attributes, Quality Engineering 14(4),
 * 531–537): each month's binomial sigma times the sigma of the standardised shares, which their moving ranges tell. With
 * thousands of cases a month a plain p chart would call nearly every month a signal.
 *
 * Limits end at 0 and 1. Noise in count and cases widens a month's sigma by its variance carried through the quotient
 * (delta method): (count + p² × cases) / n². Where the baseline has it too, it is part of the sigma that shares are
 * standardised by.
 *
 * @returns the values are shares from 0 to 1 (a noised one may lie outside), null where a month is missing
 * @throws RangeError when months are left out or the baseline is shorter than 12
 */
export function laneyChart(months: readonly MonthShare[], options: LaneyOptions = {}): ControlPoint[] {
  const series = months.map(shareOf);
  checkMonths(series);
  return judgePhases(series, options, (baseline) => {
    const known = baseline.filter(({ value }) => value !== null);
    const cases = known.reduce((sum, month) => sum + month.cases, 0);
    const centre = known.reduce((sum, { value, cases: n }) => sum + (value ?? 0) * n, 0) / cases;
    const { noise } = options;
    const noiseAt = (n: number): number => (noise ? (noise.count + centre ** 2 * noise.cases) / n ** 2 : 0);
    const sigmaAt = (n: number): number =>
      Math.sqrt((centre * (1 - centre)) / n + (noise?.inBaseline === true ? noiseAt(n) : 0));
    const inflation = sigmaOfStandardised(baseline, centre, sigmaAt);
    return ({ cases: n }) => {
      if (inflation === null || n < 1) return null;
      const added = noise?.inBaseline === true ? 0 : noiseAt(n);
      return limitsOf(centre, Math.sqrt((sigmaAt(n) * inflation) ** 2 + added));
    };
  });
}

function shareOf({ month, count, cases }: MonthShare): Share {
  if (count === null || cases === null || cases < 1) return { month, value: null, cases: 0 };
  return { month, value: count / cases, cases };
}

/* Null where every share is the same 0 or 1, or no two neighbours are there. */
function sigmaOfStandardised(
  baseline: readonly Share[],
  centre: number,
  sigmaAt: (cases: number) => number,
): number | null {
  if (!(centre > 0 && centre < 1)) return null;
  const range = meanMovingRange(
    baseline.map(({ value, cases }) => (value === null ? null : (value - centre) / sigmaAt(cases))),
  );
  return range === null || range === 0 ? null : sigmaOfRange(range);
}

function limitsOf(centre: number, sigma: number): Limits {
  const { lower, upper } = limitsAbout(centre, sigma);
  return { centre, lower: Math.max(0, lower), upper: Math.min(1, upper) };
}
