import { createHash } from 'node:crypto';
import process from 'node:process';
import { describe, expect, it } from '@jest/globals';
import { chiSquare, critical, tally } from '../../../test/insight/attack/chi-square.js';
import { discreteLaplace } from './discrete-laplace.js';
import { ExactRandom } from './exact-random.js';
import type { Epsilon } from './epsilon.js';

const DRAWS = 200_000;
const EPSILONS: readonly Epsilon[] = [
  { numerator: 1n, denominator: 4n },
  { numerator: 1n, denominator: 1n },
  { numerator: 3n, denominator: 10n },
  { numerator: 5n, denominator: 2n },
];
const named = EPSILONS.map((epsilon) => ({
  name: `${epsilon.numerator.toString()}/${epsilon.denominator.toString()}`,
  epsilon,
  e: Number(epsilon.numerator) / Number(epsilon.denominator),
  drawn: Array.from({ length: DRAWS }, () => Number(discreteLaplace(epsilon))),
}));

describe.each(named)('noise for an epsilon of $name', ({ e, drawn }) => {
  const q = Math.exp(-e);
  const probability = (x: number): number => ((1 - q) / (1 + q)) * q ** Math.abs(x);

  it('has the probabilities of the discrete Laplace distribution', () => {
    // Each value on its own as far as it is expected often enough; the two tails beyond are one more each.
    const most = Math.floor(Math.log((DRAWS / 20) * ((1 - q) / (1 + q))) / e);
    const tail = q ** (most + 1) / (1 + q);
    const expected = [tail, ...Array.from({ length: 2 * most + 1 }, (_, i) => probability(i - most)), tail];
    const seen = tally(
      expected.length,
      drawn.map((x) => Math.min(Math.max(x + most + 1, 0), expected.length - 1)),
    );
    expect(chiSquare(seen, (i) => DRAWS * (expected[i] ?? 0))).toBeLessThan(critical(expected.length - 1));
  });

  it('is zero as often as it should be', () => {
    const [p, zeros] = [probability(0), drawn.filter((x) => x === 0).length / DRAWS];
    expect(Math.abs(zeros - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / DRAWS));
  });

  it('has mean zero and the variance that goes with it', () => {
    const variance = (2 * q) / (1 - q) ** 2;
    // Fourth moment of the distribution, for the standard error of a variance.
    let fourth = 0;
    for (let x = 1; x < 60 / e; x += 1) fourth += 2 * probability(x) * x ** 4;
    expect(Math.abs(meanOf(drawn))).toBeLessThan(5 * Math.sqrt(variance / DRAWS));
    expect(Math.abs(meanOf(drawn.map((x) => x * x)) - variance)).toBeLessThan(
      5 * Math.sqrt((fourth - variance ** 2) / DRAWS),
    );
  });

  it('is as often above zero as below', () => {
    const signs = drawn.map(Math.sign);
    const unequal = signs.filter((sign) => sign !== 0).length;
    expect(Math.abs(signs.reduce((sum, sign) => sum + sign, 0))).toBeLessThan(5 * Math.sqrt(unequal));
  });

  it('says nothing of the noise drawn next', () => {
    const variance = (2 * q) / (1 - q) ** 2;
    const products = drawn.slice(1).map((x, i) => (x * (drawn[i] ?? 0)) / variance);
    expect(Math.abs(meanOf(products))).toBeLessThan(5 / Math.sqrt(DRAWS));
  });
});

describe('the sampler', () => {
  it('draws the same from the same bits, and as it always did', () => {
    const epsilon = { numerator: 1n, denominator: 4n };
    const drawn = (): bigint[] => {
      const random = seeded('noise');
      return Array.from({ length: 12 }, () => discreteLaplace(epsilon, random));
    };
    expect(drawn()).toEqual(drawn());
    expect(drawn()).toEqual([-1n, 1n, -3n, -6n, -2n, 2n, -3n, 3n, -4n, 1n, -5n, 0n]);
  });

  it('takes no epsilon that is not above zero', () => {
    for (const [numerator, denominator] of [
      [0n, 1n],
      [-1n, 4n],
      [1n, 0n],
      [1n, -4n],
    ] as const) {
      expect(() => discreteLaplace({ numerator, denominator })).toThrow(RangeError);
    }
  });

  it('ends whatever the source gives', () => {
    for (let byte = 0; byte < 256; byte += 1) {
      const stuck = new ExactRandom((bytes) => new Uint8Array(bytes).fill(byte));
      const drawn = (): unknown => {
        try {
          return typeof discreteLaplace({ numerator: 1n, denominator: 3n }, stuck);
        } catch (error) {
          return (error as Error).name;
        }
      };
      expect(['bigint', 'StuckRandomness']).toContain(drawn());
      if (byte === 0) expect(drawn()).toBe('StuckRandomness');
    }
  });

  it('draws fifty thousand in a second of processor time', () => {
    const times = [1, 2, 3].map(() => {
      const from = process.cpuUsage();
      for (let i = 0; i < 10_000; i += 1) discreteLaplace({ numerator: 1n, denominator: 4n });
      return process.cpuUsage(from).user / 1_000;
    });
    expect(Math.min(...times)).toBeLessThan(200);
  });
});

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}

/** Bytes that are as good as random, and the same each time. */
function seeded(seed: string): ExactRandom {
  let block = 0;
  return new ExactRandom((bytes) => {
    const blocks: Buffer[] = [];
    for (let have = 0; have < bytes; have += 32) {
      blocks.push(createHash('sha256').update(`${seed} ${(block++).toString()}`).digest());
    }
    return new Uint8Array(Buffer.concat(blocks).subarray(0, bytes));
  });
}
