import { beforeEach, describe, expect, it } from '@jest/globals';
import { KeptCase, party, type Party } from '../../../test/cases/parties.js';
import { beginEpoch, readEpochRecord } from '../../vault/epochs.js';
import { makeKeyPair, importPrivateKey } from '../../vault/keys.js';
import { newestEpoch, openKeys, readItem, ReadersUnknown, writableEpoch } from '../open-words.js';
import { sealDecline } from './seal-note.js';
import { ItemsUnreadable, regrant, sealAcceptance, sealReferral, type SealedProposal } from './seal-referral.js';
import { sealNote, sealReply } from '../seal-words.js';
import type { NewEpoch } from '../sealed-case.js';

const NOTE = 'Sentinel: please take this';

let a: Party;
let b: Party;
let kept: KeptCase;
let proposal: SealedProposal;

beforeEach(async () => {
  [a, b] = await Promise.all([party(), party()]);
  kept = await KeptCase.lodgedWith(a);
  proposal = await propose(a, b);
});

async function propose(from: Party, to: Party, shareIdentity = true): Promise<SealedProposal> {
  const previous = kept.epochs.findLast(({ key }) => key === 'referral')?.record ?? null;
  const receiver = { readers: [to.reader], previous };
  const sender = { sealed: kept.for(from), opened: await kept.open(from), signer: from.signing };
  const sealed = await sealReferral({ ...sender, receiver, text: NOTE, shareIdentity });
  kept.begin(sealed.epoch, from);
  kept.add(sealed.note, 'agency', from);
  return sealed;
}

async function accept(by: Party, more: Partial<Parameters<typeof sealAcceptance>[0]> = {}): Promise<NewEpoch> {
  const sealed = kept.for(by);
  const given = { sealed, opened: await kept.open(by), items: sealed.items, signer: by.signing, readers: [by.reader] };
  return sealAcceptance({ ...given, ...more });
}

async function handOver(to: Party, { grants }: SealedProposal): Promise<void> {
  kept.release(grants);
  kept.begin(await accept(to), to);
}

describe('a proposal to hand a case on', () => {
  it('has a note that the receiver, the sender and the person read, before anything of the case moves', async () => {
    const { referral, note } = await kept.referral(b, b);
    expect(referral.items).toHaveLength(1);
    for (const item of referral.items) {
      expect((await readItem(kept.id, item, note)).content).toEqual({ text: NOTE });
    }
    expect(await kept.words(b)).toEqual([null, null, { text: NOTE }]);
    expect((await kept.words(a))[2]).toEqual({ text: NOTE });
    expect((await kept.words())[2]).toEqual({ text: NOTE });
  });

  it('grants every epoch of the case to every reader of the receiver, and who the person is only where it is shared', async () => {
    expect(proposal.grants.map(({ key, epoch, reader }) => [key, epoch, reader])).toEqual([
      ['case', 1, b.reader.kid],
      ['identity', 1, b.reader.kid],
    ]);
    expect((await propose(a, b, false)).grants.map(({ key }) => key)).toEqual(['case']);
  });

  it('tells how far it has come', async () => {
    const steps: string[] = [];
    const onProgress = (done: number, all: number): unknown => steps.push(`${done.toString()}/${all.toString()}`);
    const receiver = { readers: [b.reader, (await party()).reader], previous: null };
    const sender = { sealed: kept.for(a), opened: await kept.open(a), signer: a.signing, onProgress };
    await sealReferral({ ...sender, receiver, text: NOTE, shareIdentity: true });
    expect(steps).toEqual(['1/4', '2/4', '3/4', '4/4']);
  });

  it('holds none of the note in what is sent', () => {
    const decoded = JSON.stringify(proposal).replace(/[\w-]+/g, (part) =>
      Buffer.from(part, 'base64url').toString('latin1'),
    );
    expect(JSON.stringify(proposal) + decoded).not.toContain('Sentinel');
  });

  it('is not sealed by who cannot open the case, nor to another mailbox than the person’s', async () => {
    const receiver = { readers: [b.reader], previous: null };
    const by = { receiver, text: NOTE, shareIdentity: true, signer: a.signing };
    const sealed = kept.for(a);
    const blind = { ...sealed, grants: [] };
    await expect(sealReferral({ ...by, sealed: blind, opened: await openKeys(blind, a.keys) })).rejects.toThrow(
      'cannot be opened',
    );
    const { jwk } = await makeKeyPair('agreement');
    const swapped = { ...sealed, mailbox: { ...sealed.mailbox, agreement: jwk } };
    await expect(sealReferral({ ...by, sealed: swapped, opened: await openKeys(swapped, a.keys) })).rejects.toThrow(
      'cannot be opened',
    );
  });
});

describe('granting again', () => {
  it('seals the same words again where the receiver has other readers, and only then', async () => {
    const sender = { sealed: kept.for(a), opened: await kept.open(a), signer: a.signing };
    const same = await regrant({ ...sender, ...(await kept.referral(a, b)) });
    expect(same).toEqual({ grants: [expect.anything(), expect.anything()] });

    const rotated = await party();
    const again = await regrant({ ...sender, ...(await kept.referral(a, rotated, { readersChanged: true })) });
    expect(again.grants.map(({ reader }) => reader)).toEqual([rotated.reader.kid, rotated.reader.kid]);
    if (!again.epoch || !again.note) throw new Error('There is a new note.');
    kept.begin(again.epoch, a);
    const item = kept.add(again.note, 'agency', a);
    expect(item.epoch).toBe(2);
    const { note } = await kept.referral(rotated, rotated);
    expect((await readItem(kept.id, item, note)).content).toEqual({ text: NOTE });
    expect((await readItem(kept.id, item, (await kept.referral(b, b)).note)).content).toBeNull();
  });
});

describe('taking a case over', () => {
  it('opens everything and begins an epoch that the receiver and the person read, and the sender does not', async () => {
    kept.release(proposal.grants);
    const steps: string[] = [];
    const onProgress = (done: number, all: number): unknown => steps.push(`${done.toString()}/${all.toString()}`);
    const epoch = await accept(b, { onProgress });
    expect(steps).toEqual(['1/2', '2/2']);
    expect(readEpochRecord(epoch.record)).toMatchObject({
      key: 'case',
      epoch: 2,
      readers: [b.reader.kid, kept.mailbox.kid].sort(),
      signedBy: b.signing.kid,
    });
    kept.begin(epoch, b);
    kept.add(await sealReply(kept.for(b), await kept.open(b), b.signing, 'Welcome'), 'agency', b);
    const all = [
      expect.objectContaining({ whatHappened: 'Words' }),
      expect.objectContaining({ identity: 'Name' }),
      { text: NOTE },
    ];
    for (const whose of [b, undefined])
      expect(await kept.words(whose)).toEqual([...all, expect.objectContaining({ text: 'Welcome' })]);
    expect(await kept.words(a)).toEqual([...all, null]);
  });

  it('hands nothing over where one item does not open', async () => {
    kept.release(proposal.grants);
    const items = kept.items.map((item, at) => (at === 1 ? { ...item, jwe: kept.items[0]?.jwe ?? '' } : item));
    const refused = accept(b, { items });
    await expect(refused).rejects.toBeInstanceOf(ItemsUnreadable);
    await expect(refused).rejects.toMatchObject({ items: [items[1]?.id] });
    await expect(accept(b, { items: items.slice(1) })).rejects.toThrow('cannot be opened');
  });

  it('does not ask for a name that was not shared', async () => {
    kept.release(proposal.grants.filter(({ key }) => key === 'case'));
    await expect(accept(b)).resolves.toBeDefined();
  });

  it('begins it for no reader of whom the officer does not know, and not for others alone', async () => {
    kept.release(proposal.grants);
    const slipped = (await party()).reader;
    await expect(accept(b, { readers: [b.reader, slipped] })).rejects.toBeInstanceOf(ReadersUnknown);
    await expect(accept(b, { readers: [slipped] })).rejects.toThrow('cannot be opened');
    await expect(accept(b, { readers: [a.reader] })).rejects.toThrow('cannot be opened');
  });

  it('lets the person write on once they have agreed to the receiver, before or after', async () => {
    await handOver(b, proposal);
    await expect(kept.open().then(writableEpoch)).rejects.toMatchObject({ readers: [b.reader.kid] });
    await kept.agree(b);
    expect(writableEpoch(await kept.open()).record.epoch).toBe(2);
  });

  it('goes on to a third agency, each with notes of its own', async () => {
    await kept.agree(b);
    const firstNote = await sealNote(kept.for(a), await kept.open(a), a.signing, 'For us at A');
    if (firstNote.desk) kept.begin(firstNote.desk, a);
    kept.add(firstNote.item, 'agency', a);
    await handOver(b, proposal);

    const ours = await sealNote(kept.for(b), await kept.open(b), b.signing, 'For us at B');
    if (!ours.desk) throw new Error('B begins notes of its own.');
    expect(readEpochRecord(ours.desk.record)).toMatchObject({ epoch: 2, readers: [b.reader.kid] });
    kept.begin(ours.desk, b);
    kept.add(ours.item, 'agency', b);
    expect((await sealNote(kept.for(b), await kept.open(b), b.signing, 'More')).desk).toBeUndefined();

    const c = await party();
    const on = await propose(b, c);
    expect(on.grants.map(({ key, epoch }) => [key, epoch])).toEqual([
      ['case', 1],
      ['case', 2],
      ['identity', 1],
    ]);
    await kept.agree(c);
    await handOver(c, on);
    const seen = await kept.words(c);
    const kinds = kept.items.map(({ key, kind }) => [key, kind]);
    expect(kinds.map(([key], at) => [key, seen[at] !== null])).toEqual([
      ['case', true],
      ['identity', true],
      ['referral', false],
      ['desk', false],
      ['desk', false],
      ['referral', true],
    ]);
    expect(writableEpoch(await kept.open()).record.epoch).toBe(3);
    expect((await kept.words(b)).filter((said) => said === null)).toHaveLength(1);
    expect(newestEpoch(await kept.open(b), 'case')).toBeNull();
  });

  it('of a disclosure is done by a colleague to whom it was granted by name', async () => {
    const [one, two] = await Promise.all([party(), party()]);
    const readers = [one, two].map(({ keys: { agreement } }) => ({ kid: agreement.kid, jwk: agreement.jwk }));
    const receiver = { readers, previous: kept.epochs.findLast(({ key }) => key === 'referral')?.record ?? null };
    const sender = { sealed: kept.for(a), opened: await kept.open(a), signer: a.signing };
    const toTwo = await sealReferral({ ...sender, receiver, text: NOTE, shareIdentity: false });
    kept.begin(toTwo.epoch, a);
    kept.release(toTwo.grants);
    kept.begin(await accept(one, { readers }), one);
    const asTwo = { ...kept.for(two), deskReaders: readers };
    const answer = await sealReply(asTwo, await kept.open(two), two.signing, 'Both read on');
    expect(kept.add(answer, 'agency', two).epoch).toBe(2);
    expect((await kept.words(one)).at(-1)).toMatchObject({ text: 'Both read on' });
  });
});

describe('words with which an agency declines', () => {
  it('are read by the sender and the person, under the key of the note', async () => {
    const { referral, note } = await kept.referral(b, b);
    const item = kept.add(await sealDecline(referral, note, b.signing, 'Not ours either'), 'agency', b);
    expect([item.key, item.kind]).toEqual(['referral', 'referral']);
    expect((await kept.words(a)).at(-1)).toEqual({ text: 'Not ours either' });
    expect((await kept.words()).at(-1)).toEqual({ text: 'Not ours either' });
    const { note: shut } = await kept.referral(await party(), b);
    await expect(sealDecline(referral, shut, b.signing, 'x')).rejects.toThrow('cannot be opened');
  });
});

describe('a server that begins an epoch itself', () => {
  /** It knows the key, since it made it, and names a staff key of its own making for the signature. */
  async function forge(
    readers: Parameters<typeof beginEpoch>[0]['readers'],
    held?: Uint8Array<ArrayBuffer>,
  ): Promise<Party> {
    const signing = await importPrivateKey((await makeKeyPair('signing')).privateJwk, 'signing');
    const forger = { ...(await party()), signing };
    const previous = kept.epochs.findLast(({ key }) => key === 'case')?.record;
    kept.begin(await beginEpoch({ caseId: kept.id, key: 'case', readers, signer: signing, previous, held }), forger);
    return forger;
  }

  it('gets neither the person nor an officer to write under it, not even for readers whom the person named', async () => {
    await kept.agree(b);
    await forge([a.reader, b.reader, kept.mailbox]);
    await expect(kept.open().then(writableEpoch)).rejects.toThrow('cannot be opened');
    await expect(kept.open().then(writableEpoch)).rejects.not.toBeInstanceOf(ReadersUnknown);
    for (const officer of [a, b]) {
      if (officer === b) kept.release(proposal.grants);
      const opened = await kept.open(officer);
      await expect(sealReply(kept.for(officer), opened, officer.signing, 'x')).rejects.toThrow('cannot be opened');
      await expect(sealNote(kept.for(officer), opened, officer.signing, 'x')).rejects.toThrow('cannot be opened');
    }
  });

  it('gains nothing from what another epoch showed, or from a key that it made up', async () => {
    await handOver(b, proposal);
    await kept.agree(b);
    await forge([b.reader, kept.mailbox], new Uint8Array(32));
    await expect(kept.open().then(writableEpoch)).rejects.toThrow('cannot be opened');
  });

  it('puts no reply into an agency’s mouth', async () => {
    const forger = await forge([a.reader, kept.mailbox]);
    const grant = kept.grants.find(({ epoch, reader }) => epoch === 2 && reader === kept.mailbox.kid);
    expect(grant).toBeDefined();
    expect((await kept.open()).epochs.has('case#2')).toBe(false);
    expect(forger.signing.kid).toBe(readEpochRecord(kept.epochs.at(-1)?.record).signedBy);
  });

  it('gets no note under a desk key that it made up', async () => {
    const forger = await party();
    const begun = await beginEpoch({ caseId: kept.id, key: 'desk', readers: [a.reader], signer: forger.signing });
    kept.begin(begun, forger);
    const note = sealNote(kept.for(a), await kept.open(a), a.signing, 'x');
    await expect(note).rejects.toThrow('cannot be opened');
  });
});
