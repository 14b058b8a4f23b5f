const SHIFT = 10;
const LOG_ROOT_TAU = Math.log(2 * Math.PI) / 2;
const STIRLING = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188];
/** Smaller than this is nothing beside 1. */
const NOTHING = 1e-16;

/**
 * ln Γ(x) by Stirling's series (NIST Digital Library of Mathematical Functions 5.11.1), to about 13 digits.
 *
 * @param x above 0
 */
export function logGamma(x: number): number {
  let shifted = x;
  let product = 1;
  // The series is good for large arguments only: Γ(x) = Γ(x + 1) / x leads there.
  for (; shifted < SHIFT; shifted++) product *= shifted;
  const inverse = 1 / shifted;
  const series = STIRLING.reduceRight((sum, term) => sum * inverse ** 2 + term, 0) * inverse;
  return (shifted - 0.5) * Math.log(shifted) - shifted + LOG_ROOT_TAU + series - Math.log(product);
}

/**
 * The regularised incomplete beta function I_x(a, b), which is the chance of `a` or more successes in `a + b - 1` trials
 * of chance x (DLMF 8.17.5), by its continued fraction (DLMF 8.17.22, evaluated by Lentz's method).
 *
 * @param x from 0 to 1
 * @param a 0 or more; at 0 the answer is 1
 * @param b 0 or more; at 0 the answer is 0
 */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (a <= 0 || x >= 1) return 1;
  if (b <= 0 || x <= 0) return 0;
  // The fraction converges fast on this side of the mean only.
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(
    logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x) - Math.log(a),
  );
  return front * continuedFraction(x, a, b);
}

function continuedFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1));
  let result = d;
  for (let m = 1; m < 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d);
    c = 1 + even / c;
    result *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d);
    c = 1 + odd / c;
    result *= d * c;
    if (Math.abs(d * c - 1) < NOTHING * 10) break;
  }
  return result;
}

/**
 * The x at which I_x(a, b) is a chance: a quantile of the beta distribution, by bisection.
 *
 * @param chance from 0 to 1
 */
export function betaQuantile(chance: number, a: number, b: number): number {
  if (a <= 0) return 0;
  if (b <= 0) return 1;
  let low = 0;
  let high = 1;
  for (let times = 0; times < 60; times++) {
    const middle = (low + high) / 2;
    if (incompleteBeta(middle, a, b) < chance) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
