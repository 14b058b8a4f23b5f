import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CompactSign } from 'jose';
import { expectClosed, knowing, person, spoiled, type Person } from '../../test/vault/people.js';
import { decode, encode, fromUtf8, utf8 } from './bytes.js';
import { sealItem } from './content.js';
import {
  beginEpoch,
  readEpochRecord,
  showsHolding,
  verifyEpochs,
  type BegunEpoch,
  type EpochRecord,
} from './epochs.js';
import { openGrant } from './grants.js';

const caseId = crypto.randomUUID();
let mailbox: Person;
let officer: Person;
let stranger: Person;
let epochs: BegunEpoch[];
let records: string[];

beforeAll(async () => {
  [mailbox, officer, stranger] = await Promise.all([person(), person(), person()]);
  const readers = [officer.agreement, mailbox.agreement];
  const first = await beginEpoch({ caseId, key: 'case', readers, signer: mailbox.signing });
  const second = await beginEpoch({ caseId, key: 'case', readers, signer: officer.signing, previous: first.record });
  const third = await beginEpoch({ caseId, key: 'case', readers, signer: mailbox.signing, previous: second.record });
  epochs = [first, second, third];
  records = epochs.map(({ record }) => record);
});

function verify(
  chain: readonly string[],
  expected = { caseId, key: 'case' as const },
): ReturnType<typeof verifyEpochs> {
  return verifyEpochs({ records: chain, expect: expected, verify: knowing(mailbox, officer) });
}

async function signed(record: Partial<EpochRecord>, signer = mailbox): Promise<string> {
  const [, payload = ''] = records[0]?.split('.') ?? [];
  const first = JSON.parse(fromUtf8(decode(payload))) as EpochRecord;
  return new CompactSign(utf8(JSON.stringify({ ...first, ...record })))
    .setProtectedHeader({ alg: 'ES384', kid: signer.signing.kid, suite: 'onedoor-seal-1' })
    .sign(signer.signing.privateKey);
}

describe('the epochs of a key', () => {
  it('are verified when each is signed and linked to the one before', async () => {
    const chain = await verify(records);
    expect(chain.map(({ epoch, signedBy }) => [epoch, signedBy])).toEqual([
      [1, mailbox.signing.kid],
      [2, officer.signing.kid],
      [3, mailbox.signing.kid],
    ]);
    expect(chain.map(({ commit }) => commit)).toEqual(epochs.map(({ commit }) => commit));
    expect(chain[0]?.readers).toEqual([mailbox.agreement.kid, officer.agreement.kid].sort());
  });

  it('each have a key of their own, which every reader is granted', async () => {
    for (const { epoch, commit, caseKey, grants } of epochs) {
      for (const reader of [mailbox, officer]) {
        const grant = grants.find((each) => each.reader === reader.agreement.kid);
        const expected = { caseId, key: 'case', epoch, commit, reader: reader.agreement.kid } as const;
        const privateKey = reader.agreement.privateKey;
        await expect(openGrant({ jwe: grant?.jwe ?? '', privateKey, expect: expected })).resolves.toEqual(caseKey);
      }
    }
    expect(new Set(epochs.map(({ caseKey }) => encode(caseKey))).size).toBe(3);
  });

  it('are refused in any other order, with a gap or a repetition, and when there is none', async () => {
    const orders = fc
      .array(fc.nat(2), { maxLength: 5 })
      .filter((order) => !order.every((at, index) => at === index) || order.length === 0)
      .map((order) => order.map((at) => records[at] ?? ''));
    await fc.assert(
      fc.asyncProperty(orders, (order) => expectClosed(verify(order))),
      { numRuns: 150 },
    );
  });

  it('are refused when one is signed by a stranger, or is not signed', async () => {
    const readers = [stranger.agreement];
    const [first = ''] = records;
    const foreign = await beginEpoch({ caseId, key: 'case', readers, signer: stranger.signing, previous: first });
    await expectClosed(verify([first, foreign.record]));
    const posing = { kid: mailbox.signing.kid, privateKey: stranger.signing.privateKey };
    const posed = await beginEpoch({ caseId, key: 'case', readers, signer: posing, previous: first });
    await expectClosed(verify([first, posed.record]));
    const [, payload = ''] = foreign.record.split('.');
    const none = encode(JSON.stringify({ alg: 'none', kid: mailbox.signing.kid, suite: 'onedoor-seal-1' }));
    await expectClosed(verify([first, `${none}.${payload}.`]));
  });

  it('are refused when one is not linked to the one before', async () => {
    const [first = ''] = records;
    const unlinked = await signed({ epoch: 2, previous: encode(new Uint8Array(32)) });
    await expectClosed(verify([first, unlinked]));
    await expectClosed(verify([first, await signed({ epoch: 2, previous: null })]));
    await expectClosed(verify([await signed({ previous: encode(new Uint8Array(32)) })]));
    const otherFirst = await beginEpoch({ caseId, key: 'case', readers: [officer.agreement], signer: mailbox.signing });
    await expectClosed(verify([otherFirst.record, ...records.slice(1)]));
  });

  it('are refused for another case or another key', async () => {
    await expectClosed(verify(records, { caseId: crypto.randomUUID(), key: 'case' }));
    const desk = { caseId, key: 'desk' as const };
    await expectClosed(verifyEpochs({ records, expect: desk, verify: knowing(mailbox, officer) }));
    const next = {
      caseId: crypto.randomUUID(),
      key: 'case',
      readers: [officer.agreement],
      signer: officer.signing,
    } as const;
    await expectClosed(beginEpoch({ ...next, previous: records[0] }));
  });

  it('are begun only by whom the verifier lets begin that epoch', async () => {
    const onlyFirst = (kid: string, epoch: number): ReturnType<ReturnType<typeof knowing>> =>
      epoch === 1 ? knowing(mailbox)(kid) : undefined;
    const expected = { caseId, key: 'case' } as const;
    await expect(
      verifyEpochs({ records: records.slice(0, 1), expect: expected, verify: onlyFirst }),
    ).resolves.toHaveLength(1);
    await expectClosed(verifyEpochs({ records, expect: expected, verify: onlyFirst }));
  });

  it('show that their maker held a key of the case, to those who hold it too', async () => {
    const caseKey = epochs[2]?.caseKey ?? new Uint8Array(32);
    const place = { caseId, key: 'case', readers: [officer.agreement], signer: officer.signing } as const;
    const next = await beginEpoch({ ...place, previous: records[2], held: caseKey });
    const [record] = (await verify([...records, next.record])).slice(-1);
    if (!record) throw new Error('There are four.');
    expect(await showsHolding(record, caseKey)).toBe(true);
    expect(await showsHolding(record, next.caseKey)).toBe(false);
    for (const other of epochs.slice(0, 2)) expect(await showsHolding(record, other.caseKey)).toBe(false);
    // What was shown for one new key says nothing of another.
    const taken = { ...readEpochRecord(records[1]), held: record.held ?? '' };
    expect(await showsHolding(taken, caseKey)).toBe(false);
    expect(await showsHolding({ ...record, key: 'desk' }, caseKey)).toBe(false);
    expect(await showsHolding({ ...record, epoch: 5 }, caseKey)).toBe(false);
    expect(await showsHolding(readEpochRecord(records[1]), epochs[0]?.caseKey ?? caseKey)).toBe(false);
  });

  it('are read by form alone: readers in order and each once, and nothing unknown', async () => {
    expect(readEpochRecord(records[0])).toMatchObject({ case: caseId, epoch: 1, previous: null });
    expect(Object.keys(readEpochRecord(records[0]))).not.toContain('held');
    const kids = [mailbox.agreement.kid, officer.agreement.kid].sort();
    for (const wrong of [
      { readers: [] },
      { readers: [...kids].reverse() },
      { readers: [...kids, kids[1] ?? ''] },
      { readers: ['short'] },
      { commit: 'short' },
      { epoch: 0 },
      { epoch: 1.5 },
      { held: 'short' },
      { held: null as unknown as string },
      { more: 'x' },
    ]) {
      const record = await signed(wrong);
      await expectClosed(() => readEpochRecord(record));
    }
    for (const wrong of [null, 7, '', '..', 'x'.repeat(100_000)]) await expectClosed(() => readEpochRecord(wrong));
  });

  it('spoiled anywhere, cut or with parts in another order fail with the one error', async () => {
    const [first = '', second = ''] = records;
    await fc.assert(
      fc.asyncProperty(spoiled(second), (wrong) => expectClosed(verify([first, wrong]))),
      { numRuns: 200 },
    );
  });

  it('are no items, and an item’s signature is no epoch', async () => {
    const place = { caseId, key: 'case', epoch: 1, item: crypto.randomUUID(), kind: 'statement' } as const;
    const content = { ...readEpochRecord(records[0]) };
    const jwe = await sealItem({
      ...place,
      caseKey: epochs[0]?.caseKey ?? new Uint8Array(32),
      content,
      signer: mailbox.signing,
    });
    await expectClosed(verify([jwe]));
    const header = {
      alg: 'ES384',
      kid: mailbox.signing.kid,
      suite: 'onedoor-seal-1',
      case: caseId,
      key: 'case',
      epoch: 1,
    };
    const inner = await new CompactSign(utf8(JSON.stringify(content)))
      .setProtectedHeader({ ...header, item: place.item, kind: 'statement' })
      .sign(mailbox.signing.privateKey);
    await expectClosed(verify([inner]));
  });
});
