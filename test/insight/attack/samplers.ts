import { randomBytes, randomInt } from 'node:crypto';
import { discreteLaplace } from '../../../src/insight/open-data/discrete-laplace.js';
import { exactEpsilon, type Epsilon } from '../../../src/insight/open-data/epsilon.js';
import { ExactRandom } from '../../../src/insight/open-data/exact-random.js';

/** One table's share of the privacy loss. */
export const EPSILON: Epsilon = exactEpsilon('0.25');
export const E = Number(EPSILON.numerator) / Number(EPSILON.denominator);

/** What a count is published as. */
export type Release = (count: bigint) => bigint;

/** What the open data are published with. */
export const sound: Release = (count) => count + discreteLaplace(EPSILON);

const uniform = new ExactRandom();
const lame = new ExactRandom((bytes) => randomBytes(bytes).map((byte) => byte | 1));

/** Samplers with a fault that somebody might make: an audit that lets one pass would let ours pass whatever it did. */
export const FAULTY: Readonly<Record<string, Release>> = {
  'half the noise': (count) => count + discreteLaplace({ ...EPSILON, numerator: 2n * EPSILON.numerator }),
  'no noise on zeros': (count) => (count === 0n ? 0n : sound(count)),
  'zero drawn with both signs': (count) => {
    let size = discreteLaplace(EPSILON);
    while (size < 0n) size = discreteLaplace(EPSILON);
    return count + (randomInt(2) === 0 ? size : -size);
  },
  'clamped at zero': (count) => {
    const released = sound(count);
    return released < 0n ? 0n : released;
  },
  'one bit of the source is stuck': (count) => count + discreteLaplace(EPSILON, lame),
  'floating point, uniform of 16 bits, rounded': (count) =>
    count + BigInt(Math.round(floatingLaplace(Number(uniform.below(2n ** 16n))))),
};

/** Laplace noise by the inverse of its distribution, of a uniform number with sixteen bits: as it stands in textbooks. */
function floatingLaplace(bits: number): number {
  const between = (bits + 0.5) / 2 ** 16 - 0.5;
  return -(Math.sign(between) * Math.log(1 - 2 * Math.abs(between))) / E;
}

/**
 * How many of all outcomes for a count of 1 cannot come of a count of 0, where noise is not rounded before it is added:
 * each of them is proof (Mironov 2012).
 */
export function provenByFloats(): number {
  const noises = Array.from({ length: 2 ** 16 }, (_, bits) => floatingLaplace(bits));
  const ofZero = new Set(noises);
  return noises.filter((noise) => !ofZero.has(1 + noise)).length / noises.length;
}
