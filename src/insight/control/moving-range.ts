import { mean } from './mean.js';

/** The mean moving range of two is so much of a normal sigma (Shewhart's d2 for samples of two). */
const D2 = 1.128;
/** A moving range above so many means is itself a signal, and would widen the limits that are to show it (D4). */
const SCREEN = 3.267;

/**
 * The mean moving range, with those screened out once that are above 3.267 times the mean of all (NHS England, Making
 * data count; Wheeler 1993, Understanding Variation).
 *
 * @param values in the order of the months. A null leaves out the two ranges it is part of: none is taken across a gap
 * @returns null where no two neighbours are there
 */
export function meanMovingRange(values: readonly (number | null)[]): number | null {
  const ranges = values.flatMap((value, at) => {
    const before = values[at - 1];
    return value === null || before === null || before === undefined ? [] : [Math.abs(value - before)];
  });
  const all = mean(ranges);
  if (all === null) return null;
  // Of rare cases most neighbours are the same, and the screen would take out every range that is not 0.
  const screened = mean(ranges.filter((range) => range <= SCREEN * all));
  return screened === 0 ? all : screened;
}

/** The sigma that a mean moving range stands for: three of it are the 2.66 mean moving ranges of an XmR chart. */
export function sigmaOfRange(meanRange: number): number {
  return meanRange / D2;
}
