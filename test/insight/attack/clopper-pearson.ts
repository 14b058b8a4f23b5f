/**
 * The exact bounds of a probability from how often something came true (Clopper, Pearson 1934).
 *
 * @param k times it came true
 * @param n trials
 * @param alpha chance that the true one is past this bound, on one side
 */
export function lowerBound(k: number, n: number, alpha: number): number {
  return k === 0 ? 0 : bisected((p) => incompleteBeta(k, n - k + 1, p) < alpha);
}

export function upperBound(k: number, n: number, alpha: number): number {
  return k === n ? 1 : bisected((p) => incompleteBeta(k + 1, n - k, p) < 1 - alpha);
}

function bisected(below: (p: number) => boolean): number {
  let [from, to] = [0, 1];
  for (let i = 0; i < 80; i += 1) {
    const middle = (from + to) / 2;
    if (below(middle)) from = middle;
    else to = middle;
  }
  return (from + to) / 2;
}

/** The chance that of a + b - 1 trials at least a come true, by its continued fraction (Abramowitz, Stegun 26.5.8). */
function incompleteBeta(a: number, b: number, x: number): number {
  if (x <= 0 || x >= 1) return x <= 0 ? 0 : 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(b, a, 1 - x);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  // From the last part of the fraction to the first; it needs a few times the root of the larger shape.
  let fraction = 1;
  for (let m = 20 + Math.ceil(5 * Math.sqrt(Math.max(a, b))); m > 0; m -= 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = -((a + m - 1) * (a + b + m - 1) * x) / ((a + 2 * m - 2) * (a + 2 * m - 1));
    fraction = 1 + odd / (1 + even / fraction);
  }
  return front / fraction;
}

/** Stirling's series, after moving up to where it is good to all digits. */
function logGamma(x: number): number {
  if (x < 15) return logGamma(x + 1) - Math.log(x);
  const [inverse, square] = [1 / x, 1 / x ** 2];
  const series = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680)));
  return (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + series;
}
