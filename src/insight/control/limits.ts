/** The lines of a control chart, in the unit of what it shows. */
export interface Limits {
  readonly centre: number;
  /** Three sigma below the centre. It may be negative: who draws a count ends it at 0. */
  readonly lower: number;
  /** Three sigma above the centre. */
  readonly upper: number;
}

/** Noise that was added on purpose to what is published. */
export interface Noise {
  /** Of one published cell, in counts squared; see `cellKeyVariance` and `laplaceVariance`. */
  readonly variance: number;
  /**
   * Whether the months of the baseline carry it too. Their moving ranges have then seen it already, and adding it once
   * more would hide changes: it is only the least that the spread can be.
   */
  readonly inBaseline: boolean;
}

/**
 * Limits three sigma either side of the centre (Shewhart).
 *
 * @param sigma the spread of one month about the centre, 0 or more
 * @throws RangeError when sigma is negative or no number
 */
export function limitsAbout(centre: number, sigma: number): Limits {
  if (!(sigma >= 0)) throw new RangeError('A spread is 0 or more.');
  return { centre, lower: centre - 3 * sigma, upper: centre + 3 * sigma };
}

/**
 * The spread of what is published: the months' own and the noise's, which are independent, so that variances add.
 *
 * @param sigma of the months, as the baseline shows it
 */
export function withNoise(sigma: number, noise: Noise | undefined): number {
  if (!noise) return sigma;
  return noise.inBaseline ? Math.max(sigma, Math.sqrt(noise.variance)) : Math.sqrt(sigma ** 2 + noise.variance);
}

/** Limits of exact counts, made wide enough for counts with noise of a variance: sqrt(own² + noise). */
export function widened({ centre, upper }: Limits, variance: number): Limits {
  return limitsAbout(centre, Math.sqrt(((upper - centre) / 3) ** 2 + variance));
}
