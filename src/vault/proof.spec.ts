import { beforeAll, describe, expect, it } from '@jest/globals';
import { changes, keys, makeProof, type Made } from '../../test/proofs/made-proof.js';
import { stranger } from '../../test/support/made-key-log.js';
import { digestOf } from './commitment.js';
import { verifyProof, type ProofReport } from './proof.js';
import { readProofKeys } from './proof-file.js';

const codes = ({ says }: ProofReport): string[] => says.map(({ code }) => code);

/** Where two differ, in short. */
function difference(one: unknown, other: unknown): string {
  const [a, b] = [JSON.stringify(one), JSON.stringify(other)];
  const at = Array.from(a).findIndex((char, i) => char !== b[i]);
  return a.slice(Math.max(0, at - 60), at + 20);
}

let made: Made;
let named: Made;

beforeAll(async () => {
  [made, named] = await Promise.all([makeProof(), makeProof({ name: 'Aroha Ngata', whole: false })]);
});

describe('a proof', () => {
  it('shows what was said, to whom, when, and that it could be read', async () => {
    const report = await verifyProof([made.proof, made.opening], keys);
    expect(report.holds).toBe(true);
    expect(report.says).toEqual([
      { code: 'promised', is: 'shown', values: {} },
      { code: 'opened', is: 'shown', values: { receiver: 'msd', day: '2026-03-01' } },
      { code: 'logged', is: 'shown', values: { on: '2026-03-01', at: '2026-03-02' } },
      { code: 'could_be_read', is: 'shown', values: { agency: 'msd', on: '2026-03-02' } },
    ]);
    expect(report.words).toEqual(made.opening.opening.items);
  });

  it('in part shows that part, and says what it does not show', async () => {
    const { promise } = made.proof;
    expect(codes(await verifyProof([promise], keys))).toEqual(['promised', 'no_opening', 'not_logged', 'lodging_only']);
    const alone = { ...made.proof, countersignature: null };
    expect(codes(await verifyProof([alone], keys))).toEqual(['promised', 'no_opening', 'logged', 'lodging_only']);
    expect(codes(await verifyProof([made.opening], keys))).toEqual([
      'promised',
      'opened',
      'not_logged',
      'lodging_only',
    ]);
    expect((await verifyProof([alone], keys)).holds).toBe(true);
  });

  it('says where the officer did not open the name, and where the person keeps it back', async () => {
    expect(codes(await verifyProof([named.proof, named.opening], keys))).toEqual([
      'promised',
      'opened',
      'logged',
      'could_be_read',
      'name_not_read',
    ]);
    const [statement, identity] = named.opening.opening.items;
    if (typeof identity !== 'object' || !statement) throw new Error('no name');
    const opening = { ...named.opening.opening, items: [statement, await digestOf(identity)] };
    const report = await verifyProof([named.proof, { ...named.opening, opening }], keys);
    expect(report.holds).toBe(true);
    expect(codes(report)).toContain('kept_back');
    expect(JSON.stringify(report)).not.toContain('Aroha');
  });

  it('of the same day as another does not open it, and two of different promises are not put together', async () => {
    expect(codes(await verifyProof([made.proof, named.opening], keys))).toEqual(['not_together']);
    const mixed = { ...made.opening, opening: named.opening.opening };
    expect(codes(await verifyProof([made.proof, mixed], keys))).toContain('opening_wrong');
    const other = { ...made.proof, countersignature: named.proof.countersignature };
    expect(codes(await verifyProof([other], keys))).toContain('countersignature_wrong');
    const otherDay = { ...made.proof, day: named.proof.day, keys: named.proof.keys };
    expect(codes(await verifyProof([otherDay], keys))).toContain('log_wrong');
  });

  it('holds by the published keys alone', async () => {
    const foreign = await makeProof({ by: stranger });
    expect(codes(await verifyProof([foreign.proof], keys))).toContain('promise_wrong');
    const others = { ...keys, witnesses: keys.witnesses.slice(1) };
    expect(codes(await verifyProof([made.proof], others))).toContain('log_wrong');
    expect(codes(await verifyProof([made.proof], { ...keys, log: stranger.jwk }))).toContain('log_wrong');
    const notSigning = await makeProof({ use: 'agreement' });
    expect(codes(await verifyProof([notSigning.proof], keys))).toContain('countersignature_wrong');
    expect(readProofKeys(keys)).toBe(keys);
    for (const wrong of changes(keys).filter((other) => JSON.stringify(other).includes('more'))) {
      expect(() => readProofKeys(wrong)).toThrow();
    }
  });

  it('is of no day before the words were sealed, and says so where the log has it later', async () => {
    expect(codes(await verifyProof([(await makeProof({ on: '2026-02-28' })).proof], keys))).toContain('logged');
    // The clock of a device can be ahead by a little, at midnight by a day.
    const ahead = await makeProof({ on: '2026-02-28' });
    expect(codes(await verifyProof([ahead.proof, ahead.opening], keys))).toContain('logged');
    const before = await makeProof({ on: '2026-02-27' });
    expect(codes(await verifyProof([before.proof, before.opening], keys))).toContain('log_wrong');
    const after = await makeProof({ on: '2026-03-02' });
    expect(codes(await verifyProof([after.proof, after.opening], keys))).not.toContain('logged_later');
    const late = await makeProof({ on: '2026-03-03' });
    const report = await verifyProof([late.proof, late.opening], keys);
    expect(codes(report)).toContain('logged_later');
    expect(report.holds).toBe(true);
  });

  it('does not hold with anything in it changed, added or left out', async () => {
    const wrong: string[] = [];
    for (const proof of changes(named.proof)) {
      if ((await verifyProof([proof, named.opening], keys)).holds) wrong.push(difference(proof, named.proof));
    }
    for (const opening of changes(named.opening)) {
      if ((await verifyProof([named.proof, opening], keys)).holds) wrong.push(difference(opening, named.opening));
    }
    expect(wrong).toEqual([]);
  });

  it('is nothing at all where it is no proof', async () => {
    for (const file of [null, 1, 'x', [], {}, { format: 'onedoor-proof-1' }, { ...made.proof, format: 'x' }]) {
      expect(codes(await verifyProof([file], keys))).toEqual(['unreadable']);
    }
    expect(codes(await verifyProof([], keys))).toEqual(['no_promise']);
  });
});
