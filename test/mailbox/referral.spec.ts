import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Database } from '../../config/database.js';
import { ServiceKeys } from '../../config/service-keys.js';
import { loadSettings } from '../../config/settings.js';
import { AppModule } from '../../src/app.module.js';
import { ReadersUnknown } from '../../src/cases/open-words.js';
import type { MailboxReferral } from '../../src/mailbox/mailbox-side.js';
import { openOne, openSide, wordsOf } from '../../src/mailbox/open-side.js';
import { sealMessage } from '../../src/mailbox/seal-message.js';
import { signReferralConsent } from '../../src/mailbox/sign-consent.js';
import { signConsent, type Share } from '../../src/vault/consent.js';
import { openReceipt } from '../../src/vault/receipt.js';
import { createWebApp, listen } from '../../src/web/web-app.js';
import { Officer } from '../support/officer.js';
import { Caller, MailboxApp, MSD, type LodgedCase } from './mailbox-app.js';

const HDC = 'Health and Disability Commissioner';

let served: MailboxApp;
let sender: Officer;
/** A second one at the same agency, whom some grounds take. */
let second: Officer;
let receiver: Officer;
let secondReceiver: Officer;
let third: Officer;
beforeAll(async () => {
  served = await MailboxApp.start();
  sender = new Officer(served.app, served.officer);
  second = new Officer(served.app, served.colleague);
  [receiver, secondReceiver] = await Officer.bothAt(served.app, 'hdc');
  third = await Officer.at(served.app, 'ombudsman');
});
afterAll(() => served.close());

const open = (): Caller => new Caller(served.origin);
const lodge = (): Promise<LodgedCase> => served.lodge({ whatHappened: 'They lost my form.', identity: 'Aroha' });

async function asked(shareIdentity = true): Promise<{ lodged: LodgedCase; id: string; caller: Caller }> {
  const lodged = await lodge();
  const id = await sender.propose(lodged, receiver, { note: 'This is about care.', shareIdentity });
  return { lodged, id, caller: await open().openById(lodged) };
}

async function referralOf(caller: Caller): Promise<MailboxReferral> {
  const { referral } = await caller.read();
  if (!referral) throw new Error('No referral.');
  return referral;
}

async function signed(caller: Caller, lodged: LodgedCase, share: Share, change: object = {}): Promise<string> {
  return signReferralConsent(await caller.openHere(lodged), { ...(await referralOf(caller)), ...change }, share);
}

const statesOf = async ({ id }: LodgedCase): Promise<string[]> =>
  (await served.rows<{ state: string }>('SELECT state FROM referrals WHERE case_id = $1 ORDER BY number', [id])).map(
    ({ state }) => state,
  );

async function withheld(id: string): Promise<string[]> {
  const rows = await served.rows<{ key: string }>(
    'SELECT DISTINCT key FROM referral_grants WHERE referral_id = $1 ORDER BY key',
    [id],
  );
  return rows.map(({ key }) => key);
}

async function agreeAndHandOver(caller: Caller, lodged: LodgedCase, id: string, to = receiver): Promise<void> {
  await caller.call('POST', `/referrals/${id}/consent`, { consent: await signed(caller, lodged, ['case']) });
  await to.accept(id);
  await to.open(id);
}

describe('a person whose case is to be passed on', () => {
  it('sees who has it, who would get it, why, what would be shared, and the note in full', async () => {
    const { lodged, id, caller } = await asked();
    const side = await caller.read();
    expect(side.referral).toMatchObject({
      id,
      from: { id: 'msd', name: MSD },
      to: { id: 'hdc', name: HDC },
      state: 'proposed',
      reason: { code: 'better_placed', text: `${MSD} says that ${HDC} can do more about it.` },
      asksIdentity: true,
      shared: null,
      sharing: [{ code: 'case' }, { code: 'identity' }, { code: 'not_notes' }],
      ground: null,
      declined: null,
      canAgree: true,
      canWithdraw: false,
      needsConfirmation: false,
    });
    expect(side).toMatchObject({
      agency: { id: 'msd' },
      unconfirmed: null,
      status: { text: `It has reached ${MSD}.` },
    });
    expect(side.referral?.text).toContain('They stay responsible until somebody there has accepted it by name');
    expect(side.next).toContain('answer the question');
    expect(side.timeline.at(-1)).toMatchObject({
      kind: 'referral_proposed',
      text: `${MSD} asked you whether it may be passed on`,
    });
    const here = await caller.openHere(lodged);
    const notes = side.sealed.items.filter(({ key }) => key === 'referral');
    expect(notes.map(({ epoch }) => epoch)).toEqual(side.referral?.epochs);
    const read = await Promise.all(notes.map((item) => openOne(here, item)));
    expect(read.map(({ by, content }) => [by, wordsOf(content)])).toEqual([[MSD, { text: 'This is about care.' }]]);
  });

  it('agrees with what their browser signed, is answered the same twice, and the receiver is shown it', async () => {
    const { lodged, id, caller } = await asked();
    for (let time = 0; time < 2; time++) {
      const consent = await signed(caller, lodged, ['case', 'identity']);
      expect(await caller.call('POST', `/referrals/${id}/consent`, { consent })).toMatchObject({ status: 204 });
    }
    expect(await referralOf(caller)).toMatchObject({
      state: 'consulted',
      shared: ['case', 'identity'],
      canAgree: false,
      canWithdraw: true,
    });
    expect(
      await served.rows('SELECT kind FROM case_events WHERE case_id = $1 AND kind LIKE $2', [lodged.id, '%consented']),
    ).toHaveLength(1);
    const narrower = await signed(caller, lodged, ['case']);
    expect(await caller.call('POST', `/referrals/${id}/consent`, { consent: narrower })).toMatchObject({
      status: 409,
      body: { code: 'already_answered' },
    });
    await receiver.accept(id);
    expect(await receiver.keysGiven(id)).toEqual(['case', 'identity', 'referral']);
  });

  it('agrees without their name, and then no key to it is there to be given', async () => {
    const { lodged, id, caller } = await asked();
    expect(await withheld(id)).toEqual(['case', 'identity']);
    const consent = await signed(caller, lodged, ['case']);
    expect(await caller.call('POST', `/referrals/${id}/consent`, { consent })).toMatchObject({ status: 204 });
    expect(await withheld(id)).toEqual(['case']);
    expect((await referralOf(caller)).sharing.map(({ code }) => code)).toEqual(['case', 'not_identity', 'not_notes']);
    await receiver.accept(id);
    expect(await receiver.keysGiven(id)).toEqual(['case', 'referral']);
  });

  it('says no, twice the same, and it stays where it is', async () => {
    const { lodged, id, caller } = await asked();
    for (let time = 0; time < 2; time++) {
      expect(await caller.call('POST', `/referrals/${id}/refusal`, {})).toMatchObject({ status: 204 });
    }
    const side = await caller.read();
    expect(side.referral).toMatchObject({ state: 'refused', canAgree: false, sharing: [] });
    expect(side.agency.id).toBe('msd');
    expect(side.timeline.map(({ kind }) => kind)).toEqual([
      'lodged',
      'placed',
      'referral_proposed',
      'referral_refused',
    ]);
    expect(await withheld(id)).toEqual([]);
    const consent = await signed(caller, lodged, ['case']);
    expect(await caller.call('POST', `/referrals/${id}/consent`, { consent })).toMatchObject({ status: 409 });
  });

  it('takes consent back until it was opened there, and the consent is good for nothing afterwards', async () => {
    const { lodged, id, caller } = await asked();
    const consent = await signed(caller, lodged, ['case']);
    expect(await caller.call('DELETE', `/referrals/${id}/consent`)).toMatchObject({ status: 409 });
    await caller.call('POST', `/referrals/${id}/consent`, { consent });
    await receiver.accept(id);
    expect((await referralOf(caller)).text).toContain('is opening it');
    for (let time = 0; time < 2; time++) {
      expect(await caller.call('DELETE', `/referrals/${id}/consent`)).toMatchObject({ status: 204 });
    }
    expect(await referralOf(caller)).toMatchObject({ state: 'withdrawn', canWithdraw: false });
    expect((await referralOf(caller)).text).toContain('they may have read some of it');
    await expect(receiver.keysGiven(id)).rejects.toThrow();
    expect(await caller.call('POST', `/referrals/${id}/consent`, { consent })).toMatchObject({ status: 409 });
    const [row] = await served.rows<{ there: string }>(
      `SELECT count(*) AS there FROM case_grants g JOIN agency_keys k ON k.kid = g.reader
        WHERE g.case_id = $1 AND g.key <> 'referral' AND k.agency_id = 'hdc'`,
      [lodged.id],
    );
    expect(row?.there).toBe('0');
  });

  it('leaves the day of it in the log, and no hour', async () => {
    const { lodged, id, caller } = await asked();
    await agreeAndHandOver(caller, lodged, id);
    await caller.call('POST', `/referrals/${id}/retold`, {});
    const rows = await served.rows<{ action: string; happened_at: unknown }>(
      `SELECT action, happened_at FROM audit_entries WHERE case_id = $1 AND actor_kind = 'mailbox'`,
      [lodged.id],
    );
    expect(rows.map(({ action }) => action).sort()).toEqual(['referral.consented', 'referral.retold']);
    expect(rows.every(({ happened_at }) => happened_at === null)).toBe(true);
    const kept = await served.rows(`SELECT r::text FROM referrals r WHERE id = $1`, [id]);
    expect(JSON.stringify(kept)).not.toMatch(/\d\d:\d\d:\d\d/);
  });
});

describe('a person without a script', () => {
  it('agrees by a session of the receipt, in whose memory it is signed', async () => {
    const { lodged, id } = await asked();
    const caller = await open().openByReceipt(lodged);
    expect((await caller.read()).opened?.map(({ kind, words }) => [kind, words])).toContainEqual([
      'referral',
      { text: 'This is about care.' },
    ]);
    for (let time = 0; time < 2; time++) {
      expect(await caller.call('POST', `/referrals/${id}/consent`, { share: ['case'] })).toMatchObject({ status: 204 });
    }
    expect(await referralOf(caller)).toMatchObject({ state: 'consulted', shared: ['case'] });
    expect(await withheld(id)).toEqual(['case']);
  });

  it('cannot have it signed by a session that holds no key', async () => {
    const { id, caller } = await asked();
    expect(await caller.call('POST', `/referrals/${id}/consent`, { share: ['case'] })).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'share', code: 'sign_it' }] },
    });
    expect((await referralOf(caller)).state).toBe('proposed');
  });
});

describe('a consent', () => {
  it('counts for nothing when it is another mailbox’s, for something else, for others, or wider than was asked', async () => {
    const { lodged, id, caller } = await asked(false);
    const other = await asked(true);
    const mine = await caller.openHere(lodged);
    const theirs = await other.caller.openHere(other.lodged);
    const { readers } = await referralOf(caller);
    const right = {
      caseId: lodged.id,
      referral: id,
      agency: 'hdc',
      readers,
      share: ['case'],
      signer: mine.keys.signing,
    } as const;
    const attacks = {
      'signed by another mailbox': { signer: theirs.keys.signing },
      'signed by another mailbox under the name of this': {
        signer: { ...theirs.keys.signing, kid: mine.keys.signing.kid },
      },
      'for another case': { caseId: other.lodged.id },
      'for another referral': { referral: other.id },
      'for another agency': { agency: 'ombudsman' },
      'wider than asked': { share: ['case', 'identity'] as const },
    };
    for (const [why, change] of Object.entries(attacks)) {
      const consent = await signConsent({ ...right, ...change });
      const { status, body } = await caller.call('POST', `/referrals/${id}/consent`, { consent });
      expect([why, status, (body as { errors: { field: string }[] }).errors[0]?.field]).toEqual([why, 422, 'consent']);
    }
    const [stranger] = await served.rows<{ kid: string }>(`SELECT kid FROM agency_keys WHERE agency_id = 'ombudsman'`);
    for (const others of [[stranger?.kid ?? ''], [...readers, stranger?.kid ?? '']]) {
      const consent = await signConsent({ ...right, readers: others });
      expect(await caller.call('POST', `/referrals/${id}/consent`, { consent })).toMatchObject({
        status: 409,
        body: { code: 'readers_changed' },
      });
    }
    const inClear = await open().openByReceipt(lodged);
    expect(await inClear.call('POST', `/referrals/${id}/consent`, { share: ['case', 'identity'] })).toMatchObject({
      status: 422,
      body: { errors: [{ code: 'not_asked' }] },
    });
    const consent = await signConsent(right);
    const bodies = [
      {},
      { consent, share: ['case'] },
      { share: [] },
      { share: ['identity'] },
      { share: 'case' },
      { consent: 'x' },
      { consent, more: 1 },
    ];
    for (const body of bodies) {
      expect([body, (await inClear.call('POST', `/referrals/${id}/consent`, body)).status]).toEqual([body, 422]);
    }
    expect(await statesOf(lodged)).toEqual(['proposed']);
    expect(await caller.call('POST', `/referrals/${id}/consent`, { consent })).toMatchObject({ status: 204 });
  });

  it('of an earlier referral is no answer to a later one', async () => {
    const { lodged, id, caller } = await asked(false);
    const consent = await signed(caller, lodged, ['case']);
    await caller.call('POST', `/referrals/${id}/consent`, { consent });
    await caller.call('DELETE', `/referrals/${id}/consent`);
    const later = await sender.propose(lodged, receiver);
    expect(await caller.call('POST', `/referrals/${later}/consent`, { consent })).toMatchObject({ status: 422 });
    expect(await caller.call('POST', `/referrals/${id}/consent`, { consent })).toMatchObject({ status: 409 });
    expect(await statesOf(lodged)).toEqual(['withdrawn', 'proposed']);
  });

  it('and every other answer is only for the holder of that case’s receipt', async () => {
    const { lodged, id, caller } = await asked();
    const consent = await signed(caller, lodged, ['case']);
    const stranger = await open().openByReceipt(await lodge());
    const answers = [
      ['POST', 'consent', { consent }],
      ['POST', 'consent', { share: ['case'] }],
      ['DELETE', 'consent', undefined],
      ['POST', 'refusal', {}],
      ['POST', 'retold', {}],
    ] as const;
    for (const [method, path, body] of answers) {
      const there = await stranger.call(method, `/referrals/${id}/${path}`, body);
      const nowhere = await stranger.call(method, `/referrals/${randomUUID()}/${path}`, body);
      const nothing = await stranger.call(method, `/referrals/x/${path}`, body);
      expect([there.status, nowhere.status, nothing.status]).toEqual([404, 404, 404]);
      expect((await open().call(method, `/referrals/${id}/${path}`, body)).status).toBe(401);
    }
    expect(await statesOf(lodged)).toEqual(['proposed']);
    expect(await caller.call('POST', `/referrals/${id}/refusal`, { because: 'x' })).toMatchObject({ status: 422 });
  });
});

describe('after a hand-over', () => {
  it('the person sees who has it now and the way it went, and what they write is read there', async () => {
    const { lodged, id, caller } = await asked(false);
    await agreeAndHandOver(caller, lodged, id);
    const side = await caller.read();
    expect(side).toMatchObject({
      agency: { id: 'hdc', name: HDC },
      referral: { state: 'opened', canWithdraw: false, text: expect.stringContaining(`${HDC} has your case now`) },
      unconfirmed: null,
      journey: {
        path: [
          { agency: { id: 'msd' }, to: expect.stringMatching(/^\d{4}/) },
          { agency: { id: 'hdc' }, to: null },
        ],
        handOffs: 1,
        bounceBacks: 0,
        timesRetold: 0,
        mayRetell: id,
      },
    });
    expect(side.timeline.slice(-4).map(({ kind, text }) => [kind, text])).toEqual([
      ['referral_proposed', `${MSD} asked you whether it may be passed on`],
      ['referral_consented', 'You said yes to passing it on'],
      ['referral_accepted', `Somebody at ${HDC} accepted it by name`],
      ['handed_over', `${HDC} has it now and is responsible for it`],
    ]);
    const item = await sealMessage(await caller.openHere(lodged), randomUUID(), 'Thank you.');
    expect(await caller.call('POST', '/messages', { item })).toMatchObject({ status: 201 });
  });

  it('counts once for each that the story had to be told again', async () => {
    const { lodged, id, caller } = await asked(false);
    expect(await caller.call('POST', `/referrals/${id}/retold`, {})).toMatchObject({ status: 409 });
    await agreeAndHandOver(caller, lodged, id);
    for (let time = 0; time < 2; time++) {
      expect(await caller.call('POST', `/referrals/${id}/retold`, {})).toMatchObject({ status: 204 });
    }
    expect((await caller.read()).journey).toMatchObject({ timesRetold: 1, mayRetell: null });
    const next = await receiver.propose(lodged, third);
    await agreeAndHandOver(caller, lodged, next, third);
    expect((await caller.read()).journey).toMatchObject({ timesRetold: 1, handOffs: 2, mayRetell: next });
  });

  it('shows why an agency did not take it, in its own words too, and that it stays', async () => {
    const { lodged, id, caller } = await asked(false);
    await caller.call('POST', `/referrals/${id}/consent`, { consent: await signed(caller, lodged, ['case']) });
    await receiver.decline(id, 'We only look at care.');
    const side = await caller.read();
    expect(side).toMatchObject({
      agency: { id: 'msd' },
      referral: { state: 'declined', declined: { code: 'no_power' }, sharing: [] },
      journey: { handOffs: 0, bounceBacks: 1 },
    });
    expect(side.timeline.at(-1)).toMatchObject({ kind: 'referral_declined', text: `${HDC} did not take it` });
    const here = await caller.openHere(lodged);
    const read = await Promise.all(side.sealed.items.map((item) => openOne(here, item)));
    expect(read.slice(-2).map(({ by, content }) => [by, wordsOf(content)?.text])).toEqual([
      [MSD, 'This is about care.'],
      [HDC, 'We only look at care.'],
    ]);
  });

  it('without the person they are told the ground, and asked before anything they write is sealed for others', async () => {
    const { lodged, id, caller } = await asked();
    await second.ground(id, 'serious_threat');
    expect(await referralOf(caller)).toMatchObject({
      state: 'consulted',
      ground: { code: 'serious_threat', text: expect.stringContaining('serious threat') },
      canAgree: false,
      canWithdraw: false,
      text: expect.stringContaining('without your agreement'),
    });
    await receiver.accept(id);
    await receiver.open(id);
    const side = await caller.read();
    expect(side.unconfirmed).toMatchObject({ id, needsConfirmation: true, shared: null });
    expect(side.unconfirmed?.sharing.map(({ code }) => code)).toEqual(['case', 'identity', 'not_notes']);
    const here = await caller.openHere(lodged);
    await expect(sealMessage(here, randomUUID(), 'More.')).rejects.toThrow(ReadersUnknown);

    const inClear = await open().openByReceipt(lodged);
    const write = () => inClear.call('POST', '/messages', { id: randomUUID(), text: 'More.' });
    expect(await write()).toMatchObject({ status: 409, body: { code: 'confirm_first' } });
    expect(await inClear.call('POST', `/referrals/${id}/consent`, { share: ['case', 'identity'] })).toMatchObject({
      status: 422,
    });
    const consent = await signed(caller, lodged, ['case']);
    for (let time = 0; time < 2; time++) {
      expect(await caller.call('POST', `/referrals/${id}/consent`, { consent })).toMatchObject({ status: 204 });
    }
    expect(await caller.read()).toMatchObject({ unconfirmed: null, referral: { state: 'opened', shared: ['case'] } });
    expect(await write()).toMatchObject({ status: 201 });
    const item = await sealMessage(await caller.openHere(lodged), randomUUID(), 'And more.');
    expect(await caller.call('POST', '/messages', { item })).toMatchObject({ status: 201 });
  });
});

describe('a person', () => {
  it('is told that they were overruled, and why, where it goes on after they said no', async () => {
    const { lodged, id, caller } = await asked();
    expect(await caller.call('POST', `/referrals/${id}/refusal`, {})).toMatchObject({ status: 204 });
    const again = await sender.propose(lodged, receiver);
    await expect(sender.ground(again, 'same_purpose')).rejects.toMatchObject({ code: 'asked_and_refused' });
    await second.ground(again, 'law_requires');
    const { ground } = await referralOf(caller);
    expect(ground?.text).toBe(
      `You said no to ${HDC}. ${MSD} went on all the same. ${MSD} says that the law requires them to pass it on. You can ask them which law.`,
    );
  });

  it('is shown, and told that it shares no name, where it goes on because they do not answer', async () => {
    const { lodged, id, caller } = await asked();
    await served.rows('UPDATE case_events SET happened_on = happened_on - 60 WHERE case_id = $1', [lodged.id]);
    await sender.ground(id, 'same_purpose');
    expect(await withheld(id)).toEqual(['case']);
    const { sharing, ground } = await referralOf(caller);
    expect(sharing.map(({ code }) => code)).toEqual(['case', 'not_identity', 'not_notes']);
    expect(ground?.text).not.toContain('You said no');
  });

  it('sees of a disclosure how many would read it and in which role, and of a complaint nothing like it', async () => {
    const { lodged, caller } = await asked(false);
    expect((await referralOf(caller)).whoReads).toBeNull();
    await served.rows(
      `UPDATE cases SET path = 'disclosure', facets = NULL, rules = '{}', decided_for = NULL WHERE id = $1`,
      [lodged.id],
    );
    const [there] = await served.rows<{ count: number }>(
      `SELECT count(*)::int FROM staff WHERE agency_id = 'hdc' AND active AND 'disclosure_officer' = ANY (roles)`,
    );
    const { whoReads, readers } = await referralOf(caller);
    expect(whoReads).toEqual({
      count: there?.count,
      role: 'Disclosure officer',
      text: `How many people: ${String(there?.count)}. Their role: Disclosure officer.`,
    });
    // The recovery key on paper is read with, and counted as nobody.
    expect(readers).toHaveLength((there?.count ?? 0) + 1);
    await served.rows(`UPDATE agencies SET publishes = '{"disclosures":"Integrity team"}' WHERE id = 'hdc'`);
    expect((await referralOf(caller)).whoReads?.role).toBe('Integrity team');
    await served.rows(`UPDATE agencies SET publishes = NULL WHERE id = 'hdc'`);
    const inClear = await open().openByReceipt(lodged);
    expect((await inClear.read()).referral?.whoReads?.count).toBe(there?.count);
  });

  it('does not write to the agency before, where the server keeps the newest key of the case back', async () => {
    const { lodged, id, caller } = await asked();
    const consent = await signed(caller, lodged, ['case']);
    expect(await caller.call('POST', `/referrals/${id}/consent`, { consent })).toMatchObject({ status: 204 });
    await receiver.accept(id);
    await receiver.open(id);
    const { sealed } = await caller.read();
    const { mailboxKey } = await openReceipt(lodged.receipt);
    await sealMessage(await openSide(sealed, mailboxKey), randomUUID(), 'More.');
    const epochs = sealed.epochs.filter(({ key, epoch }) => key !== 'case' || epoch === 1);
    const before = await openSide({ ...sealed, epochs }, mailboxKey);
    await expect(sealMessage(before, randomUUID(), 'More.')).rejects.toThrow(ReadersUnknown);
  });

  it('is asked whether those may read on to whom it went back without them, though they named them once', async () => {
    const { lodged, id, caller } = await asked(false);
    const consent = await signed(caller, lodged, ['case']);
    expect(await caller.call('POST', `/referrals/${id}/consent`, { consent })).toMatchObject({ status: 204 });
    await receiver.accept(id);
    await receiver.open(id);
    const back = await receiver.propose(lodged, sender);
    await served.rows(`UPDATE referrals SET state = 'proposed' WHERE id = $1`, [back]);
    await secondReceiver.ground(back, 'law_requires');
    await sender.accept(back);
    await sender.open(back);
    expect((await caller.read()).unconfirmed).toMatchObject({ id: back, needsConfirmation: true });
    await expect(sealMessage(await caller.openHere(lodged), randomUUID(), 'More.')).rejects.toThrow(ReadersUnknown);
    const inClear = await open().openByReceipt(lodged);
    expect(await inClear.call('POST', `/referrals/${back}/consent`, { share: ['case'] })).toMatchObject({
      status: 204,
    });
    expect((await caller.read()).unconfirmed).toBeNull();
    const item = await sealMessage(await caller.openHere(lodged), randomUUID(), 'More.');
    expect(await caller.call('POST', '/messages', { item })).toMatchObject({ status: 201 });
  });
});

describe('the log', () => {
  it('holds nothing of an answer at any level: no consent, no word, no case, no referral', async () => {
    const { lodged, id } = await asked();
    const logged: string[] = [];
    const settings = loadSettings({ PORT: '0', LOG_LEVEL: 'debug', ONEDOOR_HOME: served.app.home, ROLE: 'web' });
    const { app } = served.app;
    const logging = await createWebApp(AppModule.on(app.get(Database), app.get(ServiceKeys)), settings, {
      log: { write: (line) => void logged.push(line) },
    });
    try {
      const caller = new Caller((await listen(logging, settings)).publicOrigin);
      await caller.openByReceipt(lodged);
      const consent = await signed(caller, lodged, ['case']);
      await caller.call('POST', `/referrals/${id}/consent`, { consent: `${consent.slice(0, -4)}AAAA` });
      await caller.call('POST', `/referrals/${id}/consent`, { consent });
      await caller.call('DELETE', `/referrals/${id}/consent`);
      await caller.call('POST', `/referrals/${id}/refusal`, { because: 'sentinel' });
      const said = logged.join('');
      for (const secret of [id, lodged.id, lodged.reference, consent.split('.')[1] ?? '', 'sentinel', 'about care']) {
        expect(said).not.toContain(secret);
      }
    } finally {
      await logging.close();
    }
  });
});
