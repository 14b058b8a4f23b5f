import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { solved } from '../../test/support/solved.js';
import { FEWEST_BITS, MOST_BITS, Puzzles } from './puzzles.js';

describe('a puzzle', () => {
  it('is solved by work, by any server that has the key, and once', () => {
    const key = new Uint8Array(32).fill(7);
    const [one, other] = [new Puzzles(key), new Puzzles(key)];
    const solution = solved(one.set('mailbox', 16));
    expect(other.spend('mailbox', solution)).toBe(true);
    expect(other.spend('mailbox', solution)).toBe(false);
    expect(new Puzzles().spend('mailbox', solution)).toBe(false);
  });

  it('is not solved for another purpose, too late, or by another difficulty than was asked', () => {
    let now = Date.parse('2026-11-28T00:00:00Z');
    const puzzles = new Puzzles(undefined, () => now);
    const solution = solved(puzzles.set('mailbox', 16));
    expect(puzzles.spend('sign_in', solution)).toBe(false);
    const easier = puzzles.set('mailbox', 20);
    const [salt = '', until = '', , ...rest] = easier.challenge.split('.');
    const forged = { challenge: [salt, until, '1', ...rest].join('.'), bits: 1 };
    expect(puzzles.spend('mailbox', solved(forged))).toBe(false);
    expect(puzzles.spend('mailbox', solved({ ...easier, bits: 1 }))).toBe(false);
    now += 121_000;
    expect(puzzles.spend('mailbox', solution)).toBe(false);
  });

  it('is never solved by whatever else is sent', () => {
    const puzzles = new Puzzles();
    const solution = solved(puzzles.set('mailbox', 16));
    fc.assert(
      fc.property(fc.nat(solution.length - 1), fc.string({ maxLength: 30 }), (at, junk) => {
        const changed = solution.slice(0, at) + junk + solution.slice(at + 1);
        // Only another text after the colon could solve it, by work.
        fc.pre(changed !== solution && at <= solution.indexOf(':') && !junk.includes(':'));
        expect(puzzles.spend('mailbox', changed)).toBe(false);
        expect(puzzles.spend('mailbox', junk)).toBe(false);
      }),
    );
    expect(puzzles.spend('mailbox', solution)).toBe(true);
  });

  it('is never easier than it should be nor harder than it may be, and the spent ones are forgotten in time', () => {
    let now = 0;
    const puzzles = new Puzzles(undefined, () => now);
    expect(puzzles.set('mailbox', -3).bits).toBe(FEWEST_BITS);
    expect(puzzles.set('mailbox', 99).bits).toBe(MOST_BITS);
    for (let n = 0; n < 3; n++) {
      puzzles.spend('mailbox', solved(puzzles.set('mailbox', 16)));
      now += 130_000;
    }
    expect(puzzles.size).toBe(1);
  });
});
