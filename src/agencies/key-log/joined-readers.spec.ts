import { describe, expect, it } from '@jest/globals';
import { key, log, NOW, pins, proofOf, stranger } from '../../../test/support/made-key-log.js';
import { joinedAmong, type WholeLog } from '../../vault/joined-readers.js';
import { entryText, holderOf, lodgedText } from '../../vault/key-log.js';

const LODGED_ON = '2026-02-10';
const BEFORE = '2026-02-01';
const AFTER = '2026-02-11';

const reads = async (
  at: number,
  who: string | null,
  on: string,
  { act = 'added', agency = 'msd' }: { readonly act?: 'added' | 'retired'; readonly agency?: string } = {},
): Promise<string> => {
  const holder = who === null ? null : await holderOf(who);
  return entryText({ act, agency, use: 'disclosures', kid: key(at).kid, holder, on });
};

async function whole(lines: readonly string[], shown = lines, by = log): Promise<WholeLog> {
  const { head, cosignatures } = await proofOf(lines, 'msd', { by });
  return { head, cosignatures, entries: shown };
}

/** Who reads, of the keys 0 to 5, where the person named the keys 0 and 1; each with whether it stands. */
async function joined(shown: WholeLog | null, now = NOW): Promise<[number, string][]> {
  const named = new Set([key(0).kid, key(1).kid]);
  const all = [2, 3, 4, 5];
  const kids = all.map((at) => key(at).kid);
  const found = await joinedAmong({ log: shown, pins, named, at: named, lodgedOn: LODGED_ON, vouched: kids, now });
  return all.flatMap((at): [number, string][] => {
    const stands = found.get(key(at).kid);
    return stands === undefined ? [] : [[at, stands]];
  });
}

const start = async (): Promise<string[]> => [await reads(0, 'ana', BEFORE), await reads(1, 'ben', BEFORE)];

describe('a reader whom the person did not name', () => {
  it('is one who joined after the day of the lodging, by the log of keys', async () => {
    const lines = [...(await start()), lodgedText({ on: LODGED_ON, root: key(0).kid }), await reads(2, 'dan', AFTER)];
    expect(await joined(await whole(lines))).toEqual([[2, 'stands']]);
    expect(await joined(await whole([...lines, await reads(2, 'dan', AFTER, { act: 'retired' })]))).toEqual([
      [2, 'retired'],
    ]);
  });

  it('is one whom the person named by an older key', async () => {
    const renewed = [await reads(0, 'ana', AFTER, { act: 'retired' }), await reads(2, 'ana', AFTER)];
    expect(await joined(await whole([...(await start()), ...renewed]))).toEqual([[2, 'stands']]);
  });

  it('is nobody who was there on that day, whatever key they have since, for the person left them out', async () => {
    const there = [...(await start()), await reads(2, 'eve', BEFORE)];
    const renewed = [await reads(2, 'eve', AFTER, { act: 'retired' }), await reads(3, 'eve', AFTER)];
    expect(await joined(await whole([...there, ...renewed]))).toEqual([]);
    expect(await joined(await whole([...(await start()), await reads(2, 'eve', LODGED_ON)]))).toEqual([]);
  });

  it('is nobody who was there before another whom the person named, whatever day is said to be that of the lodging', async () => {
    const lines = [await reads(0, 'ana', BEFORE), await reads(2, 'eve', AFTER), await reads(1, 'ben', AFTER)];
    expect(await joined(await whole(lines))).toEqual([]);
  });

  it('is nobody of another agency, and nobody’s key', async () => {
    const others = [await reads(2, 'dan', AFTER, { agency: 'hdc' }), await reads(3, null, AFTER)];
    expect(await joined(await whole([...(await start()), ...others]))).toEqual([]);
  });

  it('is nobody where the log is not shown whole, not by the log, or not at all', async () => {
    const lines = [...(await start()), await reads(2, 'eve', BEFORE), await reads(3, 'eve', AFTER)];
    const without = lines.filter((_, at) => at !== 2);
    expect(await joined(await whole(lines, without))).toEqual([]);
    expect(await joined(await whole(lines, [...without, lines[0] ?? '']))).toEqual([]);
    const late = [...(await start()), await reads(2, 'dan', AFTER)];
    expect(await joined(await whole(late, late, stranger))).toEqual([]);
    expect(await joined(null)).toEqual([]);
  });

  it('is one still under a head that is too old, which does not say that their key stands by now', async () => {
    const lines = [...(await start()), await reads(2, 'dan', AFTER)];
    expect(await joined(await whole(lines), NOW + 8 * 86_400_000)).toEqual([[2, 'stood']]);
    const retired = [...lines, await reads(2, 'dan', AFTER, { act: 'retired' })];
    expect(await joined(await whole(retired), NOW + 8 * 86_400_000)).toEqual([[2, 'retired']]);
  });

  it('is nobody of whom nobody says who they are, whatever the log says', async () => {
    const lines = [...(await start()), await reads(2, 'dan', AFTER)];
    const named = new Set([key(0).kid]);
    const asked = { pins, named, at: named, lodgedOn: LODGED_ON, vouched: [], now: NOW };
    expect([...(await joinedAmong({ ...asked, log: await whole(lines) }))]).toEqual([]);
  });

  it('is told under an older head too, whose log has gone on', async () => {
    const lines = [...(await start()), await reads(2, 'dan', AFTER)];
    expect(await joined(await whole(lines, [...lines, await reads(4, 'tui', AFTER)]))).toEqual([[2, 'stands']]);
  });
});
