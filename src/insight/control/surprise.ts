import { incompleteBeta, logGamma } from './beta.js';

/** What is known of the months before, and what it says of the ones judged. */
export interface Surprise {
  /** Cases in what is judged: a whole number, 0 or more. */
  readonly observed: number;
  /** Cases in the baseline: a whole number, 0 or more. */
  readonly before: number;
  /** How much of an average month is judged: 1 for one month, more in a month of the year that is always busy. */
  readonly weight: number;
  /** How many average months the baseline is. */
  readonly weightBefore: number;
  /** Variance of a month over its mean: 1 for Poisson, more for counts that come in clusters. */
  readonly dispersion: number;
}

/**
 * The chance of as many cases or more, were they to come as they came in the baseline. That the baseline is itself a
 * few months of chance is reckoned in: the rate is unknown, and the total of both is held fixed instead.
 *
 * Poisson: given the total, the count is binomial (Przyborowski and Wilenski 1940, Homogeneity of results in testing
 * samples from Poisson series, Biometrika 31, 313–323). With a variance of `dispersion` times the mean the months are
 * negative binomials of one success chance (Cameron and Trivedi 2013, Regression Analysis of Count Data, NB1), sums of
 * them are too, and given the total the count is beta-binomial (Johnson, Kemp and Kotz 2005, Univariate Discrete
 * Distributions, 6.2.2).
 *
 * @returns a p-value above 0, up to 1; never too small under Poisson, however few the months
 */
export function chanceOfSoMany({ observed, before, weight, weightBefore, dispersion }: Surprise): number {
  if (observed <= 0) return 1;
  const total = observed + before;
  if (dispersion <= 1 + 1e-6) {
    return smallest(incompleteBeta(weight / (weight + weightBefore), observed, before + 1));
  }
  const rate = total / (weight + weightBefore) / (dispersion - 1);
  return smallest(betaBinomialTail(observed, total, rate * weight, rate * weightBefore));
}

/* No p is 0: there is always some chance, and ratios and logarithms of it are taken. */
function smallest(chance: number): number {
  return Math.min(1, Math.max(chance, Number.MIN_VALUE));
}

function logBeta(a: number, b: number): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b);
}

/* P(X >= least), X beta-binomial of n trials. */
function betaBinomialTail(least: number, n: number, a: number, b: number): number {
  const choose = logGamma(n + 1) - logGamma(least + 1) - logGamma(n - least + 1);
  let term = Math.exp(choose + logBeta(least + a, n - least + b) - logBeta(a, b));
  let sum = term;
  for (let k = least; k < n; k++) {
    term *= ((n - k) * (k + a)) / ((k + 1) * (n - k - 1 + b));
    sum += term;
    if (term < sum * 1e-15) break;
  }
  return sum;
}
