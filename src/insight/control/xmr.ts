import { limitsAbout, withNoise, type Limits, type Noise } from './limits.js';
import { checkMonths, type MonthValue } from './month-series.js';
import { mean } from './mean.js';
import { meanMovingRange, sigmaOfRange } from './moving-range.js';
import { judgePhases, type ControlPoint, type PhaseOptions } from './phases.js';

export interface XmrOptions extends PhaseOptions {
  /** What was added to the months that are judged; none where they are exact. */
  readonly noise?: Noise;
}

/**
 * Limits of an XmR chart: the mean, and 2.66 mean moving ranges either side of it (NHS England, Making data count;
 * Wheeler 1993, Understanding Variation).
 *
 * @param values in the order of the months, null where one is missing
 * @returns null where no two neighbours are there or they are all the same, as then any change at all would be outside
 */
export function xmrLimits(values: readonly (number | null)[], noise?: Noise): Limits | null {
  const centre = mean(values.filter((value) => value !== null));
  const range = meanMovingRange(values);
  if (centre === null || range === null) return null;
  const sigma = withNoise(sigmaOfRange(range), noise);
  return sigma === 0 ? null : limitsAbout(centre, sigma);
}

/**
 * An XmR chart of counts or other figures by month, with its signals.
 *
 * @param series one month after another; null where one is missing
 * @throws RangeError when months are left out or the baseline is shorter than 12
 */
export function xmrChart(series: readonly MonthValue[], options: XmrOptions = {}): ControlPoint[] {
  checkMonths(series);
  return judgePhases(series, options, (baseline) => {
    const limits = xmrLimits(
      baseline.map(({ value }) => value),
      options.noise,
    );
    return () => limits;
  });
}
