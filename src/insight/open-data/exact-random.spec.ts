import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { chiSquare, critical, tally } from '../../../test/insight/attack/chi-square.js';
import { ExactRandom, StuckRandomness } from './exact-random.js';

/** A source that gives each byte once and in order. */
function allBytes(): ExactRandom {
  return new ExactRandom((bytes) => Uint8Array.from({ length: bytes }, (_, i) => i % 256));
}

describe('a uniform integer', () => {
  it.each([2n, 3n, 7n, 100n, 256n, 257n, 1_000n])('below %s falls on each value equally often', (bound) => {
    const random = new ExactRandom();
    const drawn = Array.from({ length: 50_000 }, () => Number(random.below(bound)));
    const seen = tally(Number(bound), drawn);
    expect(chiSquare(seen, () => 50_000 / Number(bound))).toBeLessThan(critical(Number(bound) - 1));
  });

  it('favours none: the bytes that would make it do so are thrown away', () => {
    const random = allBytes();
    const drawn = Array.from({ length: 255 }, () => Number(random.below(3n)));
    expect(tally(3, drawn)).toEqual([85, 85, 85]);
    // 255 is left over: it is skipped, and the next is the first byte again.
    expect([random.below(3n), random.below(3n)]).toEqual([0n, 1n]);
  });

  it('below one is zero, and none is below zero', () => {
    expect(new ExactRandom().below(1n)).toBe(0n);
    for (const bound of [0n, -1n]) expect(() => new ExactRandom().below(bound)).toThrow(RangeError);
  });

  it('may be larger than any machine word', () => {
    const bound = 10n ** 60n;
    const drawn = Array.from({ length: 200 }, () => new ExactRandom().below(bound));
    expect(drawn.every((each) => each >= 0n && each < bound)).toBe(true);
    expect(drawn.some((each) => each > bound / 2n) && drawn.some((each) => each < bound / 2n)).toBe(true);
  });
});

describe('a coin', () => {
  it.each([
    [1n, 2n, 1 / 2],
    [1n, 3n, 1 / 3],
    [999n, 1_000n, 0.999],
  ])('of %s in %s comes up as often as that', (numerator, denominator, p) => {
    const random = new ExactRandom();
    expectShare(() => random.bernoulli(numerator, denominator), p);
  });

  it.each([
    [1n, 4n],
    [1n, 1n],
    [7n, 3n],
    [5n, 1n],
  ])('of exp(-%s/%s) comes up as often as that', (numerator, denominator) => {
    const random = new ExactRandom();
    expectShare(() => random.bernoulliExp(numerator, denominator), Math.exp(-Number(numerator) / Number(denominator)));
  });

  it('of 0, of 1 and of exp(0) is certain', () => {
    const random = new ExactRandom();
    for (let i = 0; i < 1_000; i += 1) {
      expect([random.bernoulli(0n, 3n), random.bernoulli(3n, 3n), random.bernoulliExp(0n, 5n)]).toEqual([
        false,
        true,
        true,
      ]);
    }
  });

  it('has a probability from 0 to 1, and an exponent that is not negative', () => {
    const random = new ExactRandom();
    for (const [numerator, denominator] of [
      [-1n, 2n],
      [3n, 2n],
      [0n, 0n],
    ] as const) {
      expect(() => random.bernoulli(numerator, denominator)).toThrow(RangeError);
    }
    expect(() => random.bernoulliExp(-1n, 2n)).toThrow(RangeError);
    expect(() => random.bernoulliExp(1n, 0n)).toThrow(RangeError);
  });
});

describe('what noise is made of', () => {
  it('is wiped as it is used', () => {
    const given: Uint8Array[] = [];
    const random = new ExactRandom((bytes) => {
      const fresh = new Uint8Array(randomBytes(bytes)).map((byte) => byte | 1);
      given.push(fresh);
      return fresh;
    });
    for (let i = 0; i < 100; i += 1) random.below(256n);
    expect(given).toHaveLength(1);
    expect([...(given[0] ?? [])].findIndex((byte) => byte !== 0)).toBe(100);
  });

  it('is refused where the source gives fewer bytes than asked for, or never one that is of use', () => {
    expect(() => new ExactRandom(() => new Uint8Array(3)).below(2n)).toThrow(StuckRandomness);
    expect(() => new ExactRandom((bytes) => new Uint8Array(bytes).fill(255)).below(3n)).toThrow(StuckRandomness);
    expect(() => new ExactRandom((bytes) => new Uint8Array(bytes)).bernoulliExp(1n, 2n)).toThrow(StuckRandomness);
  });
});

/** Within five standard errors: wrong once in two million runs. */
function expectShare(coin: () => boolean, p: number): void {
  const tosses = 50_000;
  let heads = 0;
  for (let i = 0; i < tosses; i += 1) heads += Number(coin());
  expect(Math.abs(heads / tosses - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / tosses));
}
