/** Median and 99th percentile of a set of times, in milliseconds. */
export interface Latencies {
  readonly p50: number;
  readonly p99: number;
}

/** By nearest rank: a value that was measured, never one in between. */
export function latenciesOf(milliseconds: readonly number[]): Latencies {
  const sorted = Float64Array.from(milliseconds).sort();
  const rank = (share: number): number => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? NaN;
  return { p50: round(rank(0.5)), p99: round(rank(0.99)) };
}

/** To hundredths: more is noise. */
export function round(value: number): number {
  return Math.round(value * 100) / 100;
}
