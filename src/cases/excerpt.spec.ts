import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { KeptCase, party, type Party } from '../../test/cases/parties.js';
import { openItem } from '../vault/content.js';
import { readEpochRecord } from '../vault/epochs.js';
import { openGrant } from '../vault/grants.js';
import { importPublicKey } from '../vault/keys.js';
import { VaultError, type JsonObject } from '../vault/suite.js';
import { readExcerpt, wordsIn } from './excerpt.js';
import { openKeys, readItem, type OpenKeys } from './open-words.js';
import { sealPart, type Chosen } from './seal-part.js';
import type { SealedCase, StoredItem } from './sealed-case.js';

let agency: Party;
let kept: KeptCase;
let statement: StoredItem;
let opened: OpenKeys;

beforeAll(async () => {
  agency = await party();
  kept = await KeptCase.lodgedWith(agency);
  opened = await kept.open(agency);
  const [first] = kept.items;
  if (!first) throw new Error('Something was said.');
  statement = first;
});

/** What is read of a part, by the agency or by the person, that was made of these choices. */
async function readOf(chosen: readonly Chosen[], whole?: OpenKeys): Promise<Awaited<ReturnType<typeof readItem>>[]> {
  const sealed = kept.for(agency);
  const made = await sealPart({ sealed, items: sealed.items, opened, signer: agency.signing, chosen });
  const items = made.items.map(({ id, jwe }) => ({
    ...{ id, jwe, key: 'case', epoch: 1, kind: 'excerpt', author: 'agency', by: null, madeOn: '2026-11-22' },
  })) as StoredItem[];
  const part: SealedCase = {
    ...sealed,
    id: made.part,
    isPart: true,
    staffSigning: [{ kid: agency.signing.kid, jwk: agency.signing.jwk }],
    epochs: [{ key: 'case', epoch: 1, record: made.epoch.record }],
    grants: made.epoch.grants.map((grant) => ({ ...grant, key: 'case', epoch: 1 })),
    consents: [],
    items,
  };
  const keys = whole ? { agreement: kept.person.agreement, agency: new Map() } : agency.keys;
  const ofPart = await openKeys(part, keys, whole);
  return Promise.all(items.map((item) => readItem(part.id, item, ofPart)));
}

describe('an excerpt', () => {
  it('is read alike by the agency and the person, whatever was left of the words', async () => {
    const words = fc.dictionary(fc.constantFrom('whatHappened', 'who', 'when'), fc.string({ minLength: 1 }), {
      minKeys: 1,
    });
    const person = await kept.open();
    await fc.assert(
      fc.asyncProperty(words, async (left) => {
        const chosen = [{ item: statement, left }, { item: statement }];
        for (const read of [await readOf(chosen), await readOf(chosen, person)]) {
          expect(read.map(({ content, excerpt }) => ({ content: { ...content }, own: excerpt?.own }))).toEqual([
            { content: { ...left }, own: false },
            { content: { whatHappened: 'Words' }, own: true },
          ]);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('is not the person’s own where somebody else signed it, or it is said to be another item', async () => {
    const [, whole] = await readOf([{ item: statement, left: { who: 'x' } }, { item: statement }]);
    const excerpt = whole?.excerpt;
    if (!excerpt) throw new Error('It was passed on.');
    const { from, mailbox } = excerpt;
    const other = (await (await KeptCase.lodgedWith(agency)).open()).signers;
    const signed = await signedInside();
    await expect(readExcerpt({ from, mailbox, signed }, opened.signers)).resolves.toMatchObject({ own: true });
    const wrong: JsonObject[] = [
      { from: { ...from, item: crypto.randomUUID() }, mailbox, signed },
      { from: { ...from, kind: 'message' }, mailbox, signed },
      { from: { ...from, kind: 'reply', author: 'agency' }, mailbox, signed },
      { from: { ...from, kind: 'identity' }, mailbox, signed },
      { from, mailbox, signed, words: {} },
      { from, mailbox: { ...mailbox, agreement: 'x' }, signed },
      { from, mailbox, words: { who: 1 } },
      { from, mailbox, words: ['x'] },
      { from, mailbox },
      { mailbox, words: {} },
      {},
    ];
    for (const content of wrong) await expect(readExcerpt(content, opened.signers)).rejects.toThrow(VaultError);
    await expect(readExcerpt({ from, mailbox, signed }, other)).rejects.toThrow(VaultError);
  });

  it('has no part of an item that nobody said', () => {
    expect(wordsIn({ whatHappened: 'x', nonce: 'n', facets: {}, who: '', when: 3 })).toEqual({ whatHappened: 'x' });
    expect(wordsIn({ text: 'x', enclosure: 'a.b.c.d.e' })).toEqual({ text: 'x' });
  });
});

/** The person's signature on the statement, as a part holds it. */
async function signedInside(): Promise<string> {
  const sealed = kept.for(agency);
  const chosen = [{ item: statement }];
  const made = await sealPart({ sealed, items: sealed.items, opened, signer: agency.signing, chosen });
  const { commit } = readEpochRecord(made.epoch.record);
  const place = { caseId: made.part, key: 'case', epoch: 1, commit } as const;
  const [grant] = made.epoch.grants.filter(({ reader }) => reader === agency.reader.kid);
  const held = agency.keys.agency.get(agency.reader.kid);
  const [item] = made.items;
  if (!grant || !held || !item) throw new Error('It was made.');
  const caseKey = await openGrant({
    jwe: grant.jwe,
    privateKey: held.privateKey,
    expect: { ...place, reader: grant.reader },
  });
  const { content } = await openItem({
    caseKey,
    jwe: item.jwe,
    expect: { ...place, item: item.id, kind: 'excerpt' },
    verify: () => importPublicKey({ kid: agency.signing.kid, jwk: agency.signing.jwk }, 'signing'),
  });
  return content.signed as string;
}
