import type { Epsilon } from './epsilon.js';
import { ExactRandom, MOST_TURNS, StuckRandomness } from './exact-random.js';

const SYSTEM = new ExactRandom();

/**
 * Noise for a count to which one person adds at most 1: the discrete Laplace distribution over all integers, with
 * P(x) proportional to exp(-epsilon |x|), drawn exactly (Canonne, Kamath, Steinke 2020, algorithm 2). A count to which it
 * is added once is epsilon-differentially private; drawing again for the same count spends epsilon again.
 *
 * @param epsilon an exact fraction above 0
 * @param random the system's generator; another only to test
 * @throws RangeError when epsilon is no fraction above 0; StuckRandomness
 */
export function discreteLaplace({ numerator, denominator }: Epsilon, random: ExactRandom = SYSTEM): bigint {
  if (numerator < 1n || denominator < 1n) throw new RangeError('Epsilon is a fraction above 0.');
  for (let turn = 0; turn < MOST_TURNS; turn += 1) {
    const size = geometric(numerator, denominator, random);
    const negative = random.bernoulli(1n, 2n);
    // Zero has one sign only: else it would be drawn twice as often as it should.
    if (!negative) return size;
    if (size !== 0n) return -size;
  }
  throw new StuckRandomness();
}

/** An integer from 0 with P(y) proportional to exp(-y numerator / denominator). */
function geometric(numerator: bigint, denominator: bigint, random: ExactRandom): bigint {
  for (let turn = 0; turn < MOST_TURNS; turn += 1) {
    const remainder = random.below(denominator);
    if (random.bernoulliExp(remainder, denominator)) {
      return (remainder + denominator * successes(random)) / numerator;
    }
  }
  throw new StuckRandomness();
}

/** How often exp(-1) comes true in a row. */
function successes(random: ExactRandom): bigint {
  for (let count = 0n; count < MOST_TURNS; count += 1n) {
    if (!random.bernoulliExp(1n, 1n)) return count;
  }
  throw new StuckRandomness();
}
