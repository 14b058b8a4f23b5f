import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isEnded, mayMoveReferral, REFERRAL_STATES, UNDER_WAY, type ReferralState } from './referral-status.js';

const state = fc.constantFrom(...REFERRAL_STATES);

/** A way through the machine as it may be gone: each state asked for is entered if it may be. */
function walk(from: ReferralState, asked: readonly ReferralState[]): ReferralState[] {
  const way = [from];
  for (const next of asked) if (mayMoveReferral(way.at(-1) ?? from, next)) way.push(next);
  return way;
}

describe('the states of a referral', () => {
  it('are either under way or ended', () => {
    expect(REFERRAL_STATES.filter((one) => !isEnded(one))).toEqual(UNDER_WAY);
  });

  it('lead to a hand-over only through an answer or a ground, an acceptance and an opening', () => {
    fc.assert(
      fc.property(fc.constantFrom('held', 'proposed'), fc.array(state, { maxLength: 40 }), (from, asked) => {
        const way = walk(from, asked);
        const at = way.indexOf('opened');
        if (at === -1) return;
        expect(way[at - 1]).toBe('granted');
        expect(way[at - 2]).toBe('consulted');
        expect(way.indexOf('proposed')).toBeLessThan(way.indexOf('consulted'));
        expect(at).toBe(way.length - 1);
      }),
    );
  });

  it('can be left for an end from wherever it is under way, and never again from there', () => {
    for (const from of UNDER_WAY) expect(mayMoveReferral(from, 'withdrawn')).toBe(true);
    for (const from of REFERRAL_STATES.filter(isEnded)) {
      expect(REFERRAL_STATES.filter((to) => mayMoveReferral(from, to))).toEqual([]);
    }
  });

  it('are all reached from a proposal or from one that is held', () => {
    const seen = new Set<ReferralState>(['held']);
    for (const from of seen) for (const to of REFERRAL_STATES) if (mayMoveReferral(from, to)) seen.add(to);
    expect([...seen].sort()).toEqual([...REFERRAL_STATES].sort());
  });
});
