/** What the noise of a cube's cells is like. */
export interface Noise {
  /** The most that a count is moved, up or down, in cases. */
  readonly most: number;
  /** The variance of every row, in cases squared. */
  readonly variance: number;
  /** No count from 1 to this one is ever the outcome. */
  readonly blocked: number;
}

/** D = 5, V = 3, js = 2 of the literature. */
export const CUBE_NOISE: Noise = { most: 5, variance: 3, blocked: 2 };

/** Thresholds are whole parts of 2^32, as a cell's random number is. */
export const PARTS = 2 ** 32;

/**
 * The perturbation table. Row n, for a true count of n, has 2 x `most` + 1 thresholds that never fall: a random number u
 * below 2^32 moves the count by (how many thresholds are <= u) - `most`. The last row is for all counts from there on.
 */
export interface PTable {
  readonly noise: Noise;
  readonly rows: readonly Float64Array[];
}

/** Noise that cannot be had: there is no distribution of that mean and variance on what is allowed. */
export class InfeasibleNoise extends RangeError {
  override readonly name = 'InfeasibleNoise';
}

/**
 * Makes the perturbation table of the cell key method (Fraser, Wooton 2006; Thompson, Broadfoot, Elazar 2013). In every
 * row the noise has mean 0 and the variance asked for, moves no count by more than `most`, to below 0 or to one from 1 to
 * `blocked`, and has the greatest entropy under those rules: p(v) proportional to exp(a v + b v^2). Zero stays zero.
 *
 * @throws InfeasibleNoise unless variance >= floor((blocked + 1)^2 / 4), and each row has room for it: to be called at boot
 */
export function pTable(noise: Noise = CUBE_NOISE): PTable {
  const { most, variance, blocked } = noise;
  if (![most, blocked].every(Number.isInteger) || blocked < 0 || most <= blocked || !(variance > 0)) {
    throw new InfeasibleNoise('Noise needs whole bounds 0 <= blocked < most, and a variance above 0.');
  }
  const least = Math.floor((blocked + 1) ** 2 / 4);
  if (variance < least) {
    throw new InfeasibleNoise(
      `With counts from 1 to ${blocked.toString()} blocked, the variance is at least ${least.toString()}.`,
    );
  }
  const zero = thresholds(most, new Map([[0, 1]]));
  const rows = Array.from({ length: most + blocked + 1 }, (_, i) => thresholds(most, row(i + 1, noise)));
  return { noise, rows: [zero, ...rows] };
}

function row(n: number, noise: Noise): Map<number, number> {
  const { most, variance, blocked } = noise;
  const support = Array.from({ length: 2 * most + 1 }, (_, i) => i - most).filter(
    (v) => n + v === 0 || n + v > blocked,
  );
  // The least variance is that of the two moves next to staying, the greatest that of the two furthest from it.
  const least = support.includes(0) ? 0 : spread(support.findLast((v) => v < 0) ?? 0, support.find((v) => v > 0) ?? 0);
  const greatest = spread(support[0] ?? 0, support.at(-1) ?? 0);
  if (variance < least || variance > greatest) {
    throw new InfeasibleNoise(
      `A count of ${n.toString()} has room for a variance from ${least.toString()} to ${greatest.toString()} only.`,
    );
  }
  if (variance === least) return pair(support.findLast((v) => v < 0) ?? 0, support.find((v) => v > 0) ?? 0);
  if (variance === greatest) return pair(support[0] ?? 0, support.at(-1) ?? 0);
  return greatestEntropy(support, variance);
}

function spread(down: number, up: number): number {
  return -down * up;
}

function pair(down: number, up: number): Map<number, number> {
  return new Map([
    [down, up / (up - down)],
    [up, -down / (up - down)],
  ]);
}

/** The dual of the greatest entropy is convex in a and b, so Newton's steps, halved while they overshoot, find its one least point. */
function greatestEntropy(support: readonly number[], variance: number): Map<number, number> {
  let [a, b] = [0, 0];
  for (let step = 0; step < 200; step += 1) {
    const [, m1, m2, m3, m4] = moments(support, a, b) as [number, number, number, number, number];
    const [ga, gb] = [m1, m2 - variance];
    if (Math.abs(ga) + Math.abs(gb) < 1e-13) break;
    const [haa, hab, hbb] = [m2 - m1 * m1, m3 - m1 * m2, m4 - m2 * m2];
    const determinant = haa * hbb - hab * hab;
    const [da, db] = [(hbb * ga - hab * gb) / determinant, (haa * gb - hab * ga) / determinant];
    const now = dual(support, a, b, variance);
    let length = 1;
    while (length > 1e-6 && dual(support, a - length * da, b - length * db, variance) > now) length /= 2;
    [a, b] = [a - length * da, b - length * db];
  }
  const [total = 1, mean = 1, square = 0] = moments(support, a, b);
  if (!(Math.abs(mean) + Math.abs(square - variance) < 1e-9)) {
    throw new InfeasibleNoise(`No table was found for a variance of ${variance.toString()}.`);
  }
  return new Map(support.map((v) => [v, Math.exp(a * v + b * v * v) / total]));
}

function dual(support: readonly number[], a: number, b: number, variance: number): number {
  const [total = 0] = moments(support, a, b);
  return Math.log(total) - b * variance;
}

/** What the weights add up to, and the first four moments under them. */
function moments(support: readonly number[], a: number, b: number): number[] {
  const weights = support.map((v) => Math.exp(a * v + b * v * v));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return [
    total,
    ...[1, 2, 3, 4].map((k) => support.reduce((sum, v, i) => sum + ((weights[i] ?? 0) * v ** k) / total, 0)),
  ];
}

function thresholds(most: number, probabilities: ReadonlyMap<number, number>): Float64Array {
  const last = Math.max(...probabilities.keys());
  let reached = 0;
  return Float64Array.from({ length: 2 * most + 1 }, (_, i) => {
    reached += probabilities.get(i - most) ?? 0;
    // The last move takes all that rounding left over.
    return i - most >= last ? PARTS : Math.round(reached * PARTS);
  });
}
