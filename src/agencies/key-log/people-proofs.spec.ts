import { describe, expect, it } from '@jest/globals';
import {
  key,
  line,
  NOW,
  pins,
  proofOf,
  stranger,
  witnesses,
  type Signing,
} from '../../../test/support/made-key-log.js';
import { entryText, holderOf, staffText, type LoggedUse } from '../../vault/key-log.js';
import { addedAmong, verifyAgencyKey, verifyColleagues, verifyStaff, type StaffProof } from '../../vault/key-people.js';
import { logAt } from './stored-log.js';

/** An entry about a key in somebody's name. */
async function theirs(use: LoggedUse, at: number, who = 'a', act: 'added' | 'retired' = 'added'): Promise<string> {
  return entryText({ act, agency: 'msd', use, kid: key(at).kid, holder: await holderOf(who), on: '2026-03-01' });
}

/** What a server that keeps these entries would give one of the agency's people. */
async function shown(lines: readonly string[], signing: Signing = {}): Promise<StaffProof> {
  return {
    ...(await proofOf(lines, 'msd', signing)),
    staff: staffText((await logAt(lines)).standing.of('msd')),
  };
}

describe('a member of staff', () => {
  const own = (): { agreement: string; signing: string } => ({ agreement: key(0).kid, signing: key(1).kid });
  async function sees(
    lines: readonly string[],
    change: (proof: StaffProof) => StaffProof = (proof) => proof,
  ): Promise<string> {
    return verifyStaff({ proof: change(await shown(lines)), pins, own: own(), now: NOW });
  }

  it('finds their keys as they hold them, and every other that is said to be theirs', async () => {
    const mine = [await theirs('agreement', 0), await theirs('signing', 1), await theirs('disclosures', 0)];
    const colleague = [await theirs('agreement', 2, 'b'), await theirs('signing', 3, 'b')];
    expect(await sees([...mine, ...colleague])).toBe('as_held');
    expect(await sees(colleague)).toBe('waiting');
    expect(await sees([...mine, await theirs('signing', 4)])).toBe('others');
    expect(await sees([...mine, await theirs('disclosures', 4)])).toBe('others');
    expect(await sees([...mine.slice(0, 1), await theirs('signing', 4)])).toBe('others');
    expect(await sees([...mine.slice(0, 1), await theirs('signing', 1, 'b')])).toBe('others');
    // Nothing is left out of what is shown, and nothing unsigned believed.
    const others = [...mine, await theirs('signing', 4)];
    expect(await sees(others, (proof) => ({ ...proof, staff: staffText([]) }))).toBe('others');
    expect(await sees(mine, (proof) => ({ ...proof, cosignatures: [] }))).toBe('others');
  });
});

describe('an officer', () => {
  const people = async (): Promise<string[]> => [
    line('added', 'msd', 'complaints', 5),
    await theirs('agreement', 0, 'a'),
    await theirs('signing', 1, 'a'),
    await theirs('agreement', 2, 'b'),
    await theirs('signing', 3, 'b'),
  ];
  const grants = (proof: StaffProof, staffId: string, at: number, own = 0) =>
    verifyColleagues({ proof, pins, own: key(own).kid, colleagues: [{ staffId, kid: key(at).kid }], now: NOW });

  it('grants to a colleague’s key where it is the only one that the log has for them', async () => {
    const lines = await people();
    expect(await grants(await shown(lines), 'b', 2)).toMatchObject({ agency: 'msd' });
    const refused = { doubt: 'not_logged' };
    await expect(grants(await shown(lines), 'b', 4)).rejects.toMatchObject(refused);
    await expect(grants(await shown(lines), 'c', 2)).rejects.toMatchObject(refused);
    await expect(grants(await shown(lines), 'b', 3)).rejects.toMatchObject(refused);
    // Of another agency's list nothing follows for one's own.
    await expect(grants(await shown(lines), 'b', 2, 4)).rejects.toMatchObject(refused);
    const second = await shown([...lines, await theirs('agreement', 4, 'b')]);
    await expect(grants(second, 'b', 2)).rejects.toMatchObject(refused);
    await expect(grants(await shown(lines, { seenBy: [] }), 'b', 2)).rejects.toMatchObject({
      doubt: 'too_few_witnesses',
    });
  });

  it('sees whether the log has the agency’s key that they hold', async () => {
    const sees = async (lines: readonly string[], ...held: number[]): Promise<string> => {
      const kids = held.map((at) => key(at).kid);
      return verifyAgencyKey({ proof: await shown(lines), pins, own: key(0).kid, held: kids, now: NOW });
    };
    const lines = await people();
    expect(await sees(lines, 5)).toBe('as_held');
    expect(await sees(lines, 4)).toBe('others');
    expect(await sees(lines.slice(1), 5)).toBe('waiting');
    expect(await sees([...lines, line('added', 'msd', 'complaints', 4)], 5)).toBe('others');
  });

  it('believes what was signed with a key that the log ever had for signing, however old its head', async () => {
    const lines = [...(await people()), await theirs('signing', 3, 'b', 'retired')];
    const added = async (signing: Signing, ...at: number[]): Promise<number[]> => {
      const kids = at.map((one) => key(one).kid);
      const proof = await proofOf(lines, 'msd', signing);
      const found = await addedAmong({ proof, pins, uses: ['signing'], kids });
      return at.filter((one) => found.has(key(one).kid));
    };
    expect(await added({}, 0, 1, 2, 3, 4)).toEqual([1, 3]);
    expect(await added({ at: '2020-01-01T00:00:00Z' }, 1)).toEqual([1]);
    expect(await added({ by: stranger }, 1)).toEqual([]);
    expect(await added({ seenBy: witnesses.slice(0, 1) }, 1)).toEqual([]);
    const proof = await proofOf(lines, 'msd');
    const kids = [key(1).kid];
    const moved = { ...proof, entries: proof.entries.map((one) => ({ ...one, index: one.index + 1 })) };
    expect((await addedAmong({ proof: moved, pins, uses: ['signing'], kids })).size).toBe(0);
    expect((await addedAmong({ proof, pins, uses: ['signing'], kids, agency: 'ird' })).size).toBe(0);
  });
});
