import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compactVerify, importJWK } from 'jose';
import { signingKeyOf } from '../../../test/support/signing-key.js';
import { continues, verifyReaders, witnessOf, type KeyPins, type ReadersProof } from '../../vault/key-heads.js';
import { addedAmong, verifyAgencyKey, verifyColleagues, verifyStaff, type StaffProof } from '../../vault/key-people.js';
import { entryText, holderOf, READS, readEntry, staffText, StandingKeys, type LoggedUse } from '../../vault/key-log.js';
import { makeKeyPair, type MadeKey } from '../../vault/keys.js';
import { cosign, signHead, type HeadSigner } from './sign-head.js';
import { logAt, written, type LogAt } from './stored-log.js';

const NOW = Date.parse('2026-03-02T09:00:00Z');
const AT = '2026-03-02T08:00:00Z';

let log: HeadSigner & { readonly jwk: KeyPins['log'] };
let witnesses: (HeadSigner & { readonly jwk: KeyPins['log'] })[];
let stranger: HeadSigner;
let pins: KeyPins;
let keys: MadeKey[];

beforeAll(async () => {
  log = await signingKeyOf();
  witnesses = await Promise.all([signingKeyOf(), signingKeyOf(), signingKeyOf()]);
  stranger = await signingKeyOf();
  pins = { log: log.jwk, witnesses: witnesses.map(({ jwk }, at) => ({ name: `Witness ${at.toString()}`, jwk })) };
  keys = await Promise.all(Array.from({ length: 6 }, () => makeKeyPair('agreement')));
});

const key = (at: number): MadeKey => {
  const found = keys[at % keys.length];
  if (!found) throw new RangeError('no such key');
  return found;
};

function line(act: 'added' | 'retired', agency: string, use: LoggedUse, at: number): string {
  return entryText({ act, agency, use, kid: key(at).kid, holder: null, on: '2026-03-01' });
}

const headOf = ({ tree, standingTree }: LogAt, at = AT) => ({
  size: tree.size,
  root: written(tree.root),
  agencies: standingTree.size,
  standing: written(standingTree.root),
  at,
});

interface Signing {
  readonly by?: HeadSigner;
  readonly seenBy?: readonly HeadSigner[];
  readonly at?: string;
}

/** What a server that keeps these entries would give a sender. */
async function proofOf(entries: readonly string[], agency: string, signing: Signing = {}): Promise<ReadersProof> {
  const all = await logAt(entries);
  const head = await signHead(headOf(all, signing.at), signing.by ?? log);
  const index = all.standing.names().indexOf(agency);
  return {
    head,
    cosignatures: await Promise.all((signing.seenBy ?? witnesses.slice(0, 2)).map((one) => cosign(head, one))),
    standing: { leaf: all.leaves[index] ?? '', index, path: all.standingTree.inclusionPath(index).map(written) },
    entries: entries.map((entry, at) => ({ entry, index: at, path: all.tree.inclusionPath(at).map(written) })),
  };
}

const sender = (proof: ReadersProof, more: Partial<Parameters<typeof verifyReaders>[0]> = {}) =>
  verifyReaders({ proof, pins, agency: 'msd', uses: READS.complaint, readers: [reader(0)], now: NOW, ...more });

const reader = (at: number) => ({ kid: key(at).kid, jwk: key(at).jwk });

describe('a sender', () => {
  const entries = (): string[] => [
    line('added', 'ird', 'complaints', 3),
    line('added', 'msd', 'complaints', 0),
    line('added', 'msd', 'disclosures', 1),
    line('added', 'msd', 'signing', 2),
  ];

  it('believes a key that stands under a head that two witnesses saw', async () => {
    await sender(await proofOf(entries(), 'msd'));
    await sender(await proofOf(entries(), 'msd'), { uses: READS.disclosure, readers: [reader(1)] });
  });

  it('believes no head that the log did not sign', async () => {
    await expect(sender(await proofOf(entries(), 'msd', { by: stranger }))).rejects.toMatchObject({
      doubt: 'head_forged',
    });
    const [one, other] = [await proofOf(entries(), 'msd'), await proofOf(entries().slice(0, 2), 'msd')];
    const [head, , signature] = [...one.head.split('.')];
    const forged = [head, other.head.split('.')[1], signature].join('.');
    await expect(sender({ ...other, head: forged })).rejects.toMatchObject({ doubt: 'head_forged' });
    // Nor one that a witness signed in the log's place.
    await expect(sender({ ...one, head: one.cosignatures[0] ?? '' })).rejects.toMatchObject({ doubt: 'head_forged' });
  });

  it.each([
    ['no cosignature', () => []],
    ['one witness', () => witnesses.slice(0, 1)],
    ['one witness twice', () => [witnesses[0], witnesses[0]]],
    ['one witness and a stranger', () => [witnesses[0], stranger]],
    ['one witness and the log itself', () => [witnesses[0], log]],
  ] as const)('asks for two pinned witnesses: %s is refused', async (_, seenBy) => {
    const proof = await proofOf(entries(), 'msd', { seenBy: seenBy().filter((one) => one !== undefined) });
    await expect(sender(proof)).rejects.toMatchObject({ doubt: 'too_few_witnesses' });
    const logWatches = { ...pins, witnesses: [...pins.witnesses, { name: 'The log', jwk: log.jwk }] };
    await expect(sender(proof, { pins: logWatches })).rejects.toMatchObject({ doubt: 'too_few_witnesses' });
  });

  it('does not count what witnesses signed over another head', async () => {
    const [seen, shown] = [
      await proofOf(entries(), 'msd'),
      await proofOf([...entries(), line('added', 'msd', 'complaints', 4)], 'msd'),
    ];
    const forked = { ...shown, cosignatures: seen.cosignatures };
    await expect(sender(forked, { readers: [reader(4)] })).rejects.toMatchObject({ doubt: 'too_few_witnesses' });
  });

  it('believes no key that is not logged, or stands for another agency or another use', async () => {
    const proof = await proofOf(entries(), 'msd');
    for (const more of [
      { readers: [reader(5)] },
      { readers: [reader(0), reader(5)] },
      { readers: [reader(3)] },
      { readers: [reader(1)] },
      { readers: [reader(2)] },
      { uses: READS.disclosure },
      { agency: 'ird' },
      { readers: [{ kid: key(0).kid, jwk: key(5).jwk }] },
    ]) {
      await expect(sender(proof, more)).rejects.toMatchObject({ doubt: 'not_logged' });
    }
    await expect(sender(await proofOf(entries(), 'ird'))).rejects.toMatchObject({ doubt: 'not_logged' });
  });

  it('believes no key that was retired, whichever of the log’s leaves it is shown', async () => {
    const proof = await proofOf([...entries(), line('retired', 'msd', 'complaints', 0)], 'msd');
    await expect(sender(proof)).rejects.toMatchObject({ doubt: 'not_logged' });
    const before = await proofOf(entries(), 'msd');
    await expect(sender({ ...proof, standing: before.standing })).rejects.toMatchObject({ doubt: 'not_logged' });
  });

  it('wants the entry itself too, and not only what is said to stand', async () => {
    const proof = await proofOf(entries(), 'msd');
    await expect(sender({ ...proof, entries: [] })).rejects.toMatchObject({ doubt: 'not_logged' });
    const moved = proof.entries.map((one) => ({ ...one, index: one.index + 1 }));
    await expect(sender({ ...proof, entries: moved })).rejects.toMatchObject({ doubt: 'not_logged' });
  });

  it('believes no head of more than seven days ago', async () => {
    const at = '2026-02-23T08:59:59Z';
    await expect(sender(await proofOf(entries(), 'msd', { at }))).rejects.toMatchObject({ doubt: 'head_too_old' });
    await sender(await proofOf(entries(), 'msd', { at: '2026-02-23T09:00:01Z' }));
  });
});

describe('a member of staff', () => {
  const own = (): { agreement: string; signing: string } => ({ agreement: key(0).kid, signing: key(1).kid });
  const theirs = async (use: LoggedUse, at: number, who = 'a'): Promise<string> =>
    entryText({ act: 'added', agency: 'msd', use, kid: key(at).kid, holder: await holderOf(who), on: '2026-03-01' });

  async function sees(
    lines: readonly string[],
    change: (proof: StaffProof) => StaffProof = (proof) => proof,
  ): Promise<string> {
    const proof = await proofOf(lines, 'msd');
    const staff = staffText((await logAt(lines)).standing.of('msd'));
    return verifyStaff({ proof: change({ ...proof, staff }), pins, own: own(), now: NOW });
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
  const theirs = async (use: LoggedUse, at: number, who: string, act: 'added' | 'retired' = 'added'): Promise<string> =>
    entryText({ act, agency: 'msd', use, kid: key(at).kid, holder: await holderOf(who), on: '2026-03-01' });
  const people = async (): Promise<string[]> => [
    line('added', 'msd', 'complaints', 5),
    await theirs('agreement', 0, 'a'),
    await theirs('signing', 1, 'a'),
    await theirs('agreement', 2, 'b'),
    await theirs('signing', 3, 'b'),
  ];
  const shown = async (lines: readonly string[], signing: Signing = {}): Promise<StaffProof> => ({
    ...(await proofOf(lines, 'msd', signing)),
    staff: staffText((await logAt(lines)).standing.of('msd')),
  });
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

describe('whatever the log holds', () => {
  const agencies = ['acc', 'ird', 'msd'] as const;
  const step = fc.record({
    agency: fc.constantFrom(...agencies),
    use: fc.constantFrom('complaints' as const, 'signing' as const),
    at: fc.nat(5),
  });

  it('exactly the keys that stand are believed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const stands = new Set<string>();
        const lines = steps.map(({ agency, use, at }) => {
          const name = `${agency} ${use} ${at.toString()}`;
          const act = stands.delete(name) ? 'retired' : 'added';
          if (act === 'added') stands.add(name);
          return line(act, agency, use, at);
        });
        for (const agency of new Set([...stands].map((name) => name.split(' ')[0] ?? ''))) {
          const proof = await proofOf(lines, agency);
          for (let at = 0; at < 6; at += 1) {
            const believed = sender(proof, { agency, readers: [reader(at)] }).then(
              () => true,
              () => false,
            );
            expect(await believed).toBe(stands.has(`${agency} complaints ${at.toString()}`));
          }
        }
      }),
      { numRuns: 8 },
    );
  });

  it('every head continues every earlier one, and no head of another past does', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 40 }), fc.nat(), fc.nat(), async (size, some, which) => {
        const lines = Array.from({ length: size }, (_, at) =>
          entryText({
            act: 'added',
            agency: 'msd',
            use: 'signing',
            kid: key(0).kid.slice(0, -3) + `A${'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnop'.charAt(at)}A`,
            holder: null,
            on: '2026-03-01',
          }),
        );
        const before = 1 + (some % size);
        const other = lines.map((text, at) => (at === which % before ? text.replace('"msd"', '"ird"') : text));
        const [all, earlier, elsewhere] = await Promise.all([
          logAt(lines),
          logAt(lines.slice(0, before)),
          logAt(other),
        ]);
        const head = (at: LogAt) => ({ log: 'onedoor-keys-1' as const, ...headOf(at) });
        const path = all.tree.consistencyPath(before).map(written);
        expect(await continues(head(earlier), head(all), path)).toBe(true);
        expect(
          await continues(head(earlier), head(elsewhere), elsewhere.tree.consistencyPath(before).map(written)),
        ).toBe(false);
        expect(await continues(head(earlier), head(all), [...path, written(all.tree.root)])).toBe(false);
      }),
    );
  });

  it('an entry is read in its one spelling only', () => {
    const text = line('added', 'msd', 'complaints', 0);
    expect(readEntry(text)).toMatchObject({ agency: 'msd', use: 'complaints' });
    for (const wrong of [
      ` ${text}`,
      text.replace('added', 'made'),
      text.replace('msd', 'M S D'),
      text.replace('}', ',"x":1}'),
    ])
      expect(() => readEntry(wrong)).toThrow();
  });

  it('nothing is added twice, and nothing retired that does not stand', () => {
    const keysNow = new StandingKeys();
    const added = readEntry(line('added', 'msd', 'complaints', 0));
    expect(() => {
      keysNow.take({ ...added, act: 'retired' });
    }).toThrow();
    keysNow.take(added);
    expect(() => {
      keysNow.take(added);
    }).toThrow();
    expect(keysNow.of('msd')).toHaveLength(1);
  });
});

it('a cosignature is over the very words of the head, by the key of its witness', async () => {
  const { head, cosignatures } = await proofOf([line('added', 'msd', 'complaints', 0)], 'msd');
  const [first = ''] = cosignatures;
  const { payload } = await compactVerify(first, await importJWK({ ...witnesses[0]?.jwk }, 'ES384'));
  expect(Buffer.from(payload).toString()).toBe(Buffer.from(head.split('.')[1] ?? '', 'base64url').toString());
  expect(await witnessOf(first, head, pins)).toBe(witnesses[0]?.kid);
});

it('who holds a key is told apart, and not named', async () => {
  const [one, other] = [
    await holderOf('6b1f1a53-0000-4000-8000-000000000001'),
    await holderOf('6b1f1a53-0000-4000-8000-000000000002'),
  ];
  expect(one).toMatch(/^[\w-]{43}$/);
  expect(one).not.toBe(other);
});
