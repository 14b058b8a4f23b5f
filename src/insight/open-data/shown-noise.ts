import type { WrittenEpsilon } from './table-spec.js';

// For display only, and so in floating point: nothing that is drawn or accounted for passes through here.

/**
 * The 95 % margin of one published integer: with at least that probability it is off by no more.
 *
 * @returns the smallest whole m with P(|X| ≤ m) ≥ 0.95 for discrete Laplace noise, P(x) ∝ e^(−ε|x|); 12 at ε ¼
 */
export function p95Margin(epsilon: WrittenEpsilon): number {
  const q = Math.exp(-Number(epsilon));
  let margin = 0;
  while ((2 * q ** (margin + 1)) / (1 + q) > 0.05) margin += 1;
  return margin;
}

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
