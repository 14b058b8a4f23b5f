import type { Epsilon } from './epsilon.js';

/** Fixed point: a real number is held as so many parts of one, and is wrong by far less than {@link SLACK} of them. */
const ONE = 1n << 256n;
const SLACK = 1n << 128n;
/** Nineteen in twenty: what lies outside is at most one in twenty, on two sides of zero. */
const ODDS = 40n * ONE;
const MOST = 1n << 62n;

/**
 * How far a published figure may be from the true one: the smallest whole m for which the discrete
 * Laplace noise added to it is from -m to m in at least 95 of 100 draws.
 *
 * The noise leaves that range with probability 2 exp(-epsilon (m + 1)) / (1 + exp(-epsilon)); that is at most a twentieth
 * just when exp(epsilon m) + exp(epsilon (m + 1)) >= 40. The sum is never equal to 40, for exponentials of fractions are
 * transcendental (Lindemann), so that enough digits always decide.
 *
 * @param epsilon an exact fraction above 0
 * @returns whole cases
 * @throws RangeError when epsilon is no fraction above 0, or too small for any figure to be of use
 */
export function p95Margin(epsilon: Epsilon): bigint {
  if (epsilon.numerator < 1n || epsilon.denominator < 1n) throw new RangeError('Epsilon is a fraction above 0.');
  let beyond = 1n;
  while (!reaches(epsilon, beyond)) {
    beyond *= 2n;
    if (beyond > MOST) throw new RangeError('So small an epsilon leaves nothing but noise.');
  }
  let [least, most] = [0n, beyond];
  while (least < most) {
    const middle = (least + most) / 2n;
    if (reaches(epsilon, middle)) most = middle;
    else least = middle + 1n;
  }
  return least;
}

function reaches({ numerator, denominator }: Epsilon, m: bigint): boolean {
  const sum = exponential(numerator * m, denominator) + exponential(numerator * (m + 1n), denominator);
  if (sum >= ODDS) return true;
  if (sum + SLACK >= ODDS) throw new RangeError('Epsilon has more digits than this margin can be told for.');
  return false;
}

/** exp(numerator / denominator) from below, by its power series; no more of it than is needed to pass {@link ODDS}. */
function exponential(numerator: bigint, denominator: bigint): bigint {
  let sum = 0n;
  for (let [term, k] = [ONE, 1n]; term > 0n && sum < ODDS; k += 1n) {
    sum += term;
    term = (term * numerator) / (denominator * k);
  }
  return sum;
}
