import type { WrittenEpsilon } from './table-spec.js';

// For display only, and so in floating point: nothing that is drawn or accounted for passes through here.

/** Standard deviation of the noise of one published integer: √(2q) / (1 − q) with q = e^(−ε); 5.6 at ε ¼. */
export function noiseDeviation(epsilon: WrittenEpsilon): number {
  const q = Math.exp(-Number(epsilon));
  return Math.sqrt(2 * q) / (1 - q);
}

/** What cutting a negative off to 0 adds on average to a cell that nobody is in: q / (1 − q²); 2.0 at ε ¼. */
export function clampingBias(epsilon: WrittenEpsilon): number {
  const q = Math.exp(-Number(epsilon));
  return q / (1 - q * q);
}

/**
 * About how far a sum of published integers of one table may be off, with 95 % probability: 1.96 standard deviations, rounded
 * up; of a single one the margin that is published beside it.
 *
 * @param cells how many are added up
 * @param margin of one of them
 */
export function sumMargin(epsilon: WrittenEpsilon, cells: number, margin: number): number {
  return cells === 1 ? margin : Math.ceil(1.96 * noiseDeviation(epsilon) * Math.sqrt(cells));
}
