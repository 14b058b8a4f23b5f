import { beforeAll, describe, expect, it } from '@jest/globals';
import { grantKey } from '../vault/grants.js';
import { beginEpoch } from '../vault/epochs.js';
import { importPrivateKey, makeKeyPair, type HeldKey, type MadeKey } from '../vault/keys.js';
import { sealLodging, type SealedLodging } from '../vault/lodging.js';
import { openMailbox } from '../vault/mailbox.js';
import { openReceipt } from '../vault/receipt.js';
import { newestEpoch, openKeys, readItem, type DeskKeys } from './open-words.js';
import { sealNote, sealReply } from './seal-words.js';
import type { SealedCase, StoredItem } from './sealed-case.js';

let agencyKey: MadeKey;
let own: MadeKey;
let signing: HeldKey;
let keys: DeskKeys;
let lodging: SealedLodging;
let sealed: SealedCase;

beforeAll(async () => {
  [agencyKey, own] = await Promise.all([makeKeyPair('agreement'), makeKeyPair('agreement')]);
  signing = await importPrivateKey((await makeKeyPair('signing')).privateJwk, 'signing');
  const held = await importPrivateKey(agencyKey.privateJwk, 'agreement');
  keys = { agreement: await importPrivateKey(own.privateJwk, 'agreement'), agency: new Map([[held.kid, held]]) };
  const readers = [{ kid: agencyKey.kid, jwk: agencyKey.jwk }];
  const statement = { whatHappened: 'Words' };
  const identity = { identity: 'Name' };
  lodging = await sealLodging({
    statement,
    identity,
    readers,
    identityReaders: readers,
    receiver: 'a',
    day: '2026-11-22',
  });
  const { submission } = lodging;
  sealed = {
    id: submission.sealed.case,
    mailbox: { signing: submission.mailbox.signing.jwk, agreement: submission.mailbox.agreement.jwk },
    staffSigning: [{ kid: signing.kid, jwk: signing.jwk }],
    epochs: submission.sealed.epochs,
    grants: submission.grants.filter(({ reader }) => reader === agencyKey.kid),
    items: submission.sealed.items.map((item) => ({
      ...item,
      epoch: 1,
      author: 'person',
      by: null,
      madeOn: '2026-11-22',
    })),
    consents: [],
    lodgedWith: { receiver: 'a', day: '2026-11-22' },
    next: null,
    deskReaders: readers,
    keptOut: [],
  };
});

/** What a case's items say to these keys. */
async function words(given: SealedCase, by: DeskKeys = keys): Promise<unknown[]> {
  const opened = await openKeys(given, by);
  return Promise.all(given.items.map(async (item) => (await readItem(given.id, item, opened)).content));
}

/** The newest epoch to this officer, after the server has added one. */
async function beginAndOpen(begin: Parameters<typeof beginEpoch>[0]): Promise<ReturnType<typeof newestEpoch>> {
  const { record, epoch, grants } = await beginEpoch(begin);
  const epochs = [...sealed.epochs, { key: begin.key, epoch, record }];
  return newestEpoch(await openKeys({ ...sealed, epochs, grants: [...sealed.grants, ...grants] }, keys), begin.key);
}

const said = [expect.objectContaining({ whatHappened: 'Words' }), expect.objectContaining({ identity: 'Name' })];

async function withReply(): Promise<SealedCase> {
  const { id, jwe } = await sealReply(sealed, await openKeys(sealed, keys), signing, 'Answer');
  const reply: StoredItem = {
    id,
    jwe,
    key: 'case',
    epoch: 1,
    kind: 'reply',
    author: 'agency',
    by: 'Somebody',
    madeOn: '2026-11-23',
  };
  return { ...sealed, items: [...sealed.items, reply] };
}

describe('the words of a case', () => {
  it('open to the identical words with the keys they were granted to', async () => {
    expect(await words(sealed)).toEqual(said);
    expect(await words(await withReply())).toEqual([...said, expect.objectContaining({ text: 'Answer' })]);
  });

  it('do not open without a grant, or with the keys of somebody else', async () => {
    expect(await words({ ...sealed, grants: [] })).toEqual([null, null]);
    expect(await words(sealed, { ...keys, agency: new Map() })).toEqual([null, null]);
  });

  it('are not shown when they are said to be from somebody who did not sign them', async () => {
    const given = await withReply();
    const items = given.items.map((item) => ({
      ...item,
      author: item.author === 'person' ? ('agency' as const) : ('person' as const),
    }));
    expect(await words({ ...given, items })).toEqual([null, null, null]);
    expect(await words({ ...given, staffSigning: [] })).toEqual([...said, null]);
  });

  it('are not shown in the place of others', async () => {
    const [statement, identity] = sealed.items;
    if (!statement || !identity) throw new Error('There are two items.');
    const swapped = [
      { ...statement, jwe: identity.jwe },
      { ...identity, kind: 'message' as const },
    ];
    expect(await words({ ...sealed, items: swapped })).toEqual([null, null]);
  });

  it('are not opened under an epoch that the person did not begin', async () => {
    const forged = await beginEpoch({ caseId: sealed.id, key: 'case', readers: sealed.deskReaders, signer: signing });
    const { record, epoch, grants } = forged;
    const given = {
      ...sealed,
      epochs: [{ key: 'case' as const, epoch, record }, ...sealed.epochs.filter(({ key }) => key !== 'case')],
      grants: [...grants, ...sealed.grants.filter(({ key }) => key !== 'case')],
    };
    expect(await words(given)).toEqual([null, expect.objectContaining({ identity: 'Name' })]);
    expect(newestEpoch(await openKeys(given, keys), 'case')).toBeNull();
  });

  it('are opened under a later epoch only where the person began it, or who held the one before', async () => {
    const first = sealed.epochs.find(({ key }) => key === 'case')?.record;
    const caseKey = newestEpoch(await openKeys(sealed, keys), 'case')?.caseKey;
    const { mailboxKey } = await openReceipt(lodging.receipt);
    const person = (await openMailbox({ mailboxKey, sealedPrivate: lodging.submission.mailbox.sealedPrivate })).signing;
    const newestBegunBy = async (signer: HeldKey, held?: typeof caseKey): ReturnType<typeof beginAndOpen> =>
      beginAndOpen({ caseId: sealed.id, key: 'case', readers: sealed.deskReaders, signer, previous: first, held });
    expect((await newestBegunBy(person))?.record.epoch).toBe(2);
    expect((await newestBegunBy(signing, caseKey))?.record.epoch).toBe(2);
    expect(await newestBegunBy(signing)).toBeNull();
    expect(await newestBegunBy(signing, crypto.getRandomValues(new Uint8Array(32)))).toBeNull();
    const stranger = await importPrivateKey((await makeKeyPair('signing')).privateJwk, 'signing');
    expect(await newestBegunBy(stranger, caseKey)).toBeNull();
  });

  it('of who the person is are opened under no epoch but the person’s', async () => {
    const caseKey = newestEpoch(await openKeys(sealed, keys), 'case')?.caseKey;
    const previous = sealed.epochs.find(({ key }) => key === 'identity')?.record;
    const place = { caseId: sealed.id, key: 'identity', readers: sealed.deskReaders, signer: signing } as const;
    expect(await beginAndOpen({ ...place, previous, held: caseKey })).toBeNull();
  });

  it('are not opened with a key that the signed record does not commit to', async () => {
    const jwe = await grantKey({
      caseKey: crypto.getRandomValues(new Uint8Array(32)),
      caseId: sealed.id,
      key: 'case',
      epoch: 1,
      reader: { kid: agencyKey.kid, jwk: agencyKey.jwk },
    });
    const grants = sealed.grants.map((grant) => (grant.key === 'case' ? { ...grant, jwe } : grant));
    expect(await words({ ...sealed, grants })).toEqual([null, expect.objectContaining({ identity: 'Name' })]);
  });
});

describe('sealing', () => {
  it('refuses to answer under a key it cannot verify, or to add to notes it cannot open', async () => {
    const { submission } = lodging;
    const stranger = await makeKeyPair('signing');
    const unverified = { ...sealed, mailbox: { ...sealed.mailbox, signing: stranger.jwk } };
    const opened = await openKeys(unverified, keys);
    await expect(sealReply(sealed, opened, signing, 'Answer')).rejects.toThrow('cannot be opened');

    const { desk } = await sealNote(sealed, await openKeys(sealed, keys), signing, 'Note');
    const begun = {
      ...sealed,
      epochs: [...submission.sealed.epochs, { key: 'desk' as const, epoch: 1, record: desk?.record ?? '' }],
    };
    const note = sealNote(begun, await openKeys(begun, keys), signing, 'Note');
    await expect(note).rejects.toThrow('cannot be opened');
  });

  it('refuses where the statement was not said under the key that is named as the mailbox’s', async () => {
    const impostor = await importPrivateKey((await makeKeyPair('signing')).privateJwk, 'signing');
    const place = { caseId: sealed.id, key: 'case', readers: sealed.deskReaders } as const;
    const { record, epoch, grants } = await beginEpoch({ ...place, signer: impostor });
    const taken = {
      ...sealed,
      mailbox: { ...sealed.mailbox, signing: impostor.jwk },
      epochs: [{ key: 'case' as const, epoch, record }],
      grants,
    };
    const opened = await openKeys(taken, keys);
    expect(newestEpoch(opened, 'case')).not.toBeNull();
    const without = { ...sealed, items: sealed.items.filter(({ kind }) => kind !== 'statement') };
    for (const [given, held] of [
      [taken, opened],
      [without, await openKeys(without, keys)],
    ] as const) {
      await expect(sealReply(given, held, signing, 'Answer')).rejects.toThrow('cannot be opened');
      await expect(sealNote(given, held, signing, 'Note')).rejects.toThrow('cannot be opened');
    }
  });

  it('begins notes for none but those whom the person named, whatever keys the server granted to this officer', async () => {
    const slipped = await importPrivateKey((await makeKeyPair('agreement')).privateJwk, 'agreement');
    const holding = { ...keys, agency: new Map([...keys.agency, [slipped.kid, slipped]]) };
    const opened = await openKeys(sealed, holding);
    const mailbox = lodging.submission.mailbox.agreement;
    for (const more of [{ kid: slipped.kid, jwk: slipped.jwk }, mailbox]) {
      for (const deskReaders of [[more], [...sealed.deskReaders, more]]) {
        const note = sealNote({ ...sealed, deskReaders }, opened, signing, 'Note');
        await expect(note).rejects.toThrow('cannot be opened');
      }
    }
  });

  it('puts nothing of a text into what is sent', async () => {
    const opened = await openKeys(sealed, keys);
    const text = 'sentinel-words';
    const sent = [await sealReply(sealed, opened, signing, text), await sealNote(sealed, opened, signing, text)];
    const shown =
      sent.map((one) => JSON.stringify(one)).join('') +
      JSON.stringify(sent).replace(/[\w-]+/g, (part) => Buffer.from(part, 'base64url').toString('latin1'));
    expect(shown).not.toContain('sentinel');
  });
});
