import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compactVerify, importJWK } from 'jose';
import { headOf, key, line, log, NOW, pins, proofOf, stranger, witnesses } from '../../../test/support/made-key-log.js';
import { continues, standingFor, verifyReaders, witnessOf, type ReadersProof } from '../../vault/key-heads.js';
import {
  entryText,
  holderOf,
  KEEPS_NAMES,
  lodgedText,
  READS,
  readEntry,
  StandingKeys,
  type KeyLogEntry,
} from '../../vault/key-log.js';
import { logAt, written, type LogAt } from './stored-log.js';

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

  it('reads who keeps names (s 17) from what two witnesses saw stand, where a server can add nobody and hide nobody', async () => {
    const named = [line('added', 'msd', KEEPS_NAMES, 1), line('added', 'msd', KEEPS_NAMES, 4)];
    const proof = await proofOf([...entries(), ...named], 'msd');
    const asked = { proof, pins, agency: 'msd', uses: [KEEPS_NAMES], now: NOW };
    expect([...(await standingFor(asked))].sort()).toEqual([key(1).kid, key(4).kid].sort());
    expect(await standingFor({ ...asked, uses: READS.disclosure })).toEqual(new Set([key(1).kid]));
    const { leaf } = proof.standing;
    for (const other of [
      leaf.replaceAll(key(4).kid, key(5).kid),
      leaf.replace(`{"use":"identity","kid":"${key(4).kid}"}`, ''),
    ]) {
      expect(other).not.toBe(leaf);
      const forged = { ...proof, standing: { ...proof.standing, leaf: other } };
      await expect(standingFor({ ...asked, proof: forged })).rejects.toMatchObject({ doubt: 'not_logged' });
    }
    await expect(standingFor({ ...asked, agency: 'ird' })).rejects.toMatchObject({ doubt: 'not_logged' });
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
    const added = readEntry(line('added', 'msd', 'complaints', 0)) as KeyLogEntry;
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

describe('a day of what was lodged', () => {
  const root = 'A'.repeat(43);
  const day = (on: string): string => lodgedText({ on, root });

  it('stands in the log as an entry that changes nothing of what stands', async () => {
    const entries = [line('added', 'msd', 'complaints', 0), day('2026-11-21'), day('2026-11-22')];
    const [before, after] = [await logAt(entries.slice(0, 1)), await logAt(entries)];
    expect(after.leaves).toEqual(before.leaves);
    expect(after.tree.size).toBe(3);
    await sender(await proofOf(entries, 'msd'));
  });

  it('follows the one before, once, and is read in its one spelling only', async () => {
    for (const second of ['2026-11-21', '2026-11-20']) {
      await expect(logAt([day('2026-11-21'), day(second)])).rejects.toThrow();
    }
    const text = day('2026-11-21');
    expect(readEntry(text)).toEqual({ log: 'onedoor-keys-1', act: 'lodged', on: '2026-11-21', root });
    for (const wrong of [
      `${text} `,
      day('2026-11-31'),
      day('2026-1-31'),
      lodgedText({ on: '2026-11-21', root: 'A' }),
      text.replace('"lodged"', '"added"'),
      text.replace('}', ',"count":3}'),
      text.replace('"on":"2026-11-21",', ''),
    ])
      expect(() => readEntry(wrong)).toThrow();
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
