import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KeyLogKeeper } from '../../src/agencies/key-log/key-log-keeper.js';
import { Case } from '../../src/cases/case.entity.js';
import type { DisclosuresToGrant, GrantToColleague } from '../../src/cases/joining/joining.js';
import type { KeyJoining } from '../../src/cases/joining/shown-joinings.js';
import { regrantDisclosure } from '../../src/cases/joining/regrant-disclosure.js';
import { sealRenewal } from '../../src/cases/leaving/seal-renewal.js';
import { openKeys } from '../../src/cases/open-words.js';
import type { SealedCase } from '../../src/cases/sealed-case.js';
import { sealNote, sealReply } from '../../src/cases/seal-words.js';
import { todayInAuckland } from '../../src/clocks/calendar.js';
import { readReferrals } from '../../src/mailbox/read-referrals.js';
import type { Role } from '../../src/staff/roles.js';
import { readEpochRecord } from '../../src/vault/epochs.js';
import { showJoining } from '../../src/vault/grants.js';
import { importPrivateKey, makeKeyPair, type PublicKey } from '../../src/vault/keys.js';
import { dayBefore } from '../../src/web/day.js';
import { until } from '../support/until.js';
import { atOnce, startDesk, waiting, type Answer, type Desk } from './desk.js';
import { handOver, openAgency, seat, type AtDesk } from './handing-on.js';
import { askingLog, fetchSealed, lodge, wordsOf, type LodgedCase } from './sealed-cases.js';

let desk: Desk;
let ana: AtDesk;
let ben: AtDesk;
/** Who came later. */
let dan: AtDesk;
let hana: AtDesk;
let old: LodgedCase;

beforeAll(async () => {
  desk = await startDesk();
  [ana, ben] = await openAgency(desk, 'ombudsman');
  [hana] = await openAgency(desk, 'hdc');
  old = await disclosure('Before he came');
  const keys = await ana.keys();
  const { sealed, opened } = await fetchSealed(ana.client, old.id, keys);
  const note = await sealNote(sealed, opened, keys.signing, 'To ourselves');
  expect((await ana.client.post(`/staff/api/cases/${old.id}/notes`, note)).status).toBe(204);
  dan = await seat(desk, 'ombudsman', ['officer', 'disclosure_officer']);
});

afterAll(async () => {
  await desk.close();
});

const disclosure = (says = 'Words'): Promise<LodgedCase> =>
  lodge(desk, { agencyId: 'ombudsman', path: 'disclosure', says });
const idOf = ({ who }: AtDesk): string => who.actor.staffId;
const publicKeyOf = ({ who: { agreement } }: AtDesk): PublicKey => ({ kid: agreement.kid, jwk: agreement.jwk });
const pathTo = (to: AtDesk): string => `/staff/api/joining/${idOf(to)}`;
const waitingFor = (by: AtDesk, to: AtDesk): Promise<DisclosuresToGrant> => by.client.given(pathTo(to));
const idsFor = async (by: AtDesk, to: AtDesk): Promise<string[]> =>
  (await waitingFor(by, to)).disclosures.map(({ id }) => id);

/** A disclosure that came before a colleague did. */
async function before(to: AtDesk, readers: readonly AtDesk[] = [ana, ben]): Promise<LodgedCase> {
  const named = readers.map(publicKeyOf);
  expect(named.map(({ kid }) => kid)).not.toContain(to.who.agreement.kid);
  return lodge(desk, { agencyId: 'ombudsman', path: 'disclosure', readers: named });
}

/** What a browser makes of the grants of a case to an officer, whether or not the server would list it. */
async function granted(by: AtDesk, { id, lodging }: LodgedCase, to: AtDesk): Promise<GrantToColleague[]> {
  const held = await importPrivateKey(by.who.agreement.privateJwk, 'agreement');
  const grants = lodging.submission.grants.filter(({ reader }) => reader === held.kid);
  return regrantDisclosure({ id, grants }, held, publicKeyOf(to));
}

async function grantAll(by: AtDesk, to: AtDesk): Promise<Answer> {
  const held = await importPrivateKey(by.who.agreement.privateJwk, 'agreement');
  const { disclosures, to: named } = await waitingFor(by, to);
  const made = await Promise.all(disclosures.map((one) => regrantDisclosure(one, held, named.agreement)));
  return by.client.post(pathTo(to), { grants: made.flat() });
}

/** Keys of a case that are granted to somebody. */
async function keysOf({ id }: LodgedCase, to: AtDesk): Promise<string[]> {
  const rows = await desk.rows<{ name: string }>(
    `SELECT g.key || '#' || g.epoch AS name FROM case_grants g JOIN staff_keys k ON k.kid = g.reader
      WHERE g.case_id = $1 AND k.staff_id = $2 ORDER BY 1`,
    [id, idOf(to)],
  );
  return rows.map(({ name }) => name);
}

const count = async (sql: string, { id }: LodgedCase): Promise<number> => (await desk.rows(sql, [id])).length;
const told = (of: LodgedCase): Promise<number> =>
  count(`SELECT FROM case_events WHERE case_id = $1 AND kind = 'reader_joined'`, of);
const recorded = (of: LodgedCase): Promise<number> =>
  count(`SELECT FROM audit_entries WHERE case_id = $1 AND action = 'case.granted_to_colleague'`, of);

describe('older disclosures', () => {
  it('are granted by no one but disclosure officers of the same agency, and to nobody else', async () => {
    const others: readonly (readonly [string, readonly Role[]])[] = [
      ['ombudsman', ['officer']],
      ['ombudsman', ['lead']],
      ['ombudsman', ['admin']],
      ['ombudsman', ['auditor']],
      ['ombudsman', ['analyst']],
      ['triage', ['triage']],
      ['triage', ['system_lead']],
    ];
    const grants = await granted(ana, old, dan);
    for (const [agency, roles] of others) {
      const other = await seat(desk, agency, roles);
      expect([roles, (await other.client.get('/staff/disclosures/joining')).status]).toEqual([roles, 404]);
      expect([roles, (await other.client.get(pathTo(dan))).status]).toEqual([roles, 404]);
      expect([roles, (await other.client.post(pathTo(dan), { grants })).status]).toEqual([roles, 404]);
      // Nor to them.
      expect([roles, (await ana.client.get(pathTo(other))).status]).toEqual([roles, 404]);
      expect([roles, (await ana.client.post(pathTo(other), { grants })).status]).toEqual([roles, 404]);
    }
    for (const [by, to] of [
      [ana, ana],
      [ana, hana],
      [hana, dan],
    ] as const) {
      expect((await by.client.get(pathTo(to))).status).toBe(404);
      expect((await by.client.post(pathTo(to), { grants })).status).toBe(404);
    }
    expect((await hana.client.get('/staff/disclosures/joining')).text).toContain('id="none"');
    expect(await keysOf(old, dan)).toEqual([]);
  });

  it('are counted for who can open them, and not even that for who cannot', async () => {
    expect((await ana.client.get('/staff/disclosures')).text).toContain('href="/staff/disclosures/joining"');
    const { text } = await ana.client.get('/staff/disclosures/joining');
    expect(text).toContain(`${dan.who.actor.displayName}: 1 that you can open and they cannot.`);
    expect(text).not.toContain(`${ben.who.actor.displayName}: `);
    expect((await dan.client.get('/staff/disclosures/joining')).text).toContain('id="none"');
    expect(await idsFor(dan, ana)).toEqual([]);
    expect((await dan.client.get(`/staff/cases/${old.id}`)).status).toBe(404);
  });

  it('take a fresh proof of who grants', async () => {
    const grants = await granted(ana, old, dan);
    const prove = (ago: string): Promise<unknown> =>
      desk.rows(`UPDATE staff_sessions SET proved_at = now() - $2::interval WHERE staff_id = $1`, [idOf(ana), ago]);
    await prove('6 minutes');
    const answer = await ana.client.post(pathTo(dan), { grants });
    expect([answer.status, answer.json()]).toEqual([403, expect.objectContaining({ code: 'step_up' })]);
    await prove('0 minutes');
    expect(await keysOf(old, dan)).toEqual([]);
  });

  it('are read by a colleague once every key was granted, with the notes, and the person sees that they are', async () => {
    expect((await grantAll(ana, dan)).status).toBe(204);
    // Without who wrote it: a name goes to who keeps names, or by a release.
    expect(await keysOf(old, ana)).toEqual(['case#1', 'desk#1', 'identity#1']);
    expect(await keysOf(old, dan)).toEqual(['case#1', 'desk#1']);
    const keys = await dan.keys();
    const words = await wordsOf(dan.client, old.id, keys);
    expect(words).toEqual([
      ['statement', expect.objectContaining({ whatHappened: 'Before he came' })],
      ['note', { text: 'To ourselves' }],
    ]);
    const { sealed, opened } = await fetchSealed(dan.client, old.id, keys);
    const item = await sealReply(sealed, opened, keys.signing, 'I have joined.');
    expect((await dan.client.post(`/staff/api/cases/${old.id}/replies`, { item })).status).toBe(204);
    expect([await told(old), await recorded(old)]).toEqual([1, 1]);
    const [entry] = await desk.rows(
      `SELECT actor_id, subject, happened_at FROM audit_entries WHERE case_id = $1 AND action = 'case.granted_to_colleague'`,
      [old.id],
    );
    expect(entry).toEqual({ actor_id: idOf(ana), subject: idOf(dan), happened_at: null });
    expect((await ana.client.get('/staff/disclosures/joining')).text).toContain('id="none"');
  });

  it('are granted once, however often and by however many at once', async () => {
    const lodged = await before(dan);
    const made = { bens: await granted(ben, lodged, dan), anas: await granted(ana, lodged, dan) };
    const answers = await atOnce(desk, lodged.id, [
      () => ana.client.post(pathTo(dan), { grants: made.anas }),
      () => ben.client.post(pathTo(dan), { grants: made.bens }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([204, 204]);
    expect((await ana.client.post(pathTo(dan), { grants: made.anas })).status).toBe(204);
    expect(await keysOf(lodged, dan)).toEqual(['case#1']);
    expect([await told(lodged), await recorded(lodged)]).toEqual([1, 1]);
    expect((await wordsOf(dan.client, lodged.id, await dan.keys()))[0]?.[1]).not.toBeNull();
  });

  it('wait again when their next key was begun without the colleague, whom the person did not name', async () => {
    const lodged = await before(dan);
    expect((await grantAll(ana, dan)).status).toBe(204);
    const keys = await ana.keys();
    const { sealed, opened } = await fetchSealed(ana.client, lodged.id, keys);
    const epoch = await sealRenewal(sealed, opened, keys.signing);
    // He is not named, and would shut himself out.
    const refused = await dan.client.post(`/staff/api/cases/${lodged.id}/renewal`, { epoch });
    expect([refused.status, refused.json()]).toEqual([409, expect.objectContaining({ code: 'not_named' })]);
    expect((await ana.client.post(`/staff/api/cases/${lodged.id}/renewal`, { epoch })).status).toBe(204);
    expect((await dan.client.get(`/staff/cases/${lodged.id}`)).status).toBe(404);
    expect(await idsFor(ben, dan)).toEqual([lodged.id]);
    expect((await grantAll(ben, dan)).status).toBe(204);
    expect(await keysOf(lodged, dan)).toEqual(['case#1', 'case#2']);
    // He is no new reader.
    expect(await told(lodged)).toBe(1);
  });

  it('that were passed on are counted to the person with everybody who reads them there by now', async () => {
    const lodged = await disclosure();
    await handOver(desk, lodged, ana, hana, ['case'], (sent) => ({ ...sent, recipientConsultedOn: todayInAuckland() }));
    const people = (): Promise<number | undefined> =>
      desk.database.asActor({ kind: 'mailbox', caseId: lodged.id }, async (manager) => {
        const found = await manager.findOneByOrFail(Case, { id: lodged.id });
        return (await readReferrals(manager, found)).lastOpened?.people;
      });
    expect(await people()).toBe(2);
    const tui = await seat(desk, 'hdc', ['disclosure_officer']);
    expect((await grantAll(hana, tui)).status).toBe(204);
    expect(await people()).toBe(3);
    expect((await wordsOf(tui.client, lodged.id, await tui.keys()))[0]?.[1]).not.toBeNull();
  });

  it('come page by page', async () => {
    const many: string[] = [];
    for (let n = 0; n < 11; n += 1) many.push((await before(dan)).id);
    const first = await waitingFor(ana, dan);
    expect(first.disclosures.map(({ id }) => id)).toEqual(many.toSorted().slice(0, 10));
    const rest = await ana.client.given<DisclosuresToGrant>(`${pathTo(dan)}?after=${first.next ?? ''}`);
    expect([rest.disclosures.map(({ id }) => id), rest.next]).toEqual([many.toSorted().slice(10), null]);
    expect((await grantAll(ana, dan)).status).toBe(204);
    expect((await grantAll(ana, dan)).status).toBe(204);
    expect(await idsFor(ana, dan)).toEqual([]);
  });
});

describe('a colleague who joined after the day of a disclosure', () => {
  const earlier = dayBefore(todayInAuckland());
  let eve: AtDesk;
  let finn: AtDesk;
  let tui: AtDesk;
  let lodged: LodgedCase;

  /** What an officer's browser has of it, once it has asked the log of keys. */
  const atHand = async (by: AtDesk): Promise<Awaited<ReturnType<typeof askingLog>>> =>
    askingLog(desk, await fetchSealed(by.client, lodged.id, await by.keys()));
  const renew = async (by: AtDesk): Promise<Answer> => {
    const { sealed, opened } = await atHand(by);
    const epoch = await sealRenewal(sealed, opened, (await by.keys()).signing);
    return by.client.post(`/staff/api/cases/${lodged.id}/renewal`, { epoch });
  };
  const noteBy = async (by: AtDesk): Promise<Answer> => {
    const { sealed, opened } = await atHand(by);
    const note = await sealNote(sealed, opened, (await by.keys()).signing, 'Note');
    return by.client.post(`/staff/api/cases/${lodged.id}/notes`, note);
  };
  const readersOf = async (key: string): Promise<string[]> => {
    const [newest] = await desk.rows<{ record: string }>(
      'SELECT record FROM case_epochs WHERE case_id = $1 AND key = $2 ORDER BY epoch DESC LIMIT 1',
      [lodged.id, key],
    );
    return newest ? readEpochRecord(newest.record).readers : [];
  };
  const kidOf = ({ who }: AtDesk): string => who.agreement.kid;
  const leave = (who: AtDesk): Promise<unknown> =>
    desk.rows('UPDATE staff SET active = false WHERE id = $1', [idOf(who)]);

  beforeAll(async () => {
    eve = await seat(desk, 'ombudsman', ['disclosure_officer']);
    finn = await seat(desk, 'ombudsman', ['officer', 'disclosure_officer']);
    // Eve was left out; nothing but the log of keys tells that here.
    const readers = [ana, finn].map(publicKeyOf);
    lodged = await lodge(desk, { agencyId: 'ombudsman', path: 'disclosure', readers, lodgedOn: earlier });
    tui = await seat(desk, 'ombudsman', ['officer', 'disclosure_officer']);
    expect((await grantAll(finn, tui)).status).toBe(204);
  });

  it('reads the notes that they begin, and every later one', async () => {
    expect((await noteBy(tui)).status).toBe(204);
    expect(await readersOf('desk')).toEqual([ana, finn, tui].map(kidOf).toSorted());
    expect((await noteBy(finn)).status).toBe(204);
    const words = await wordsOf(tui.client, lodged.id, await tui.keys());
    expect(words.map(([kind, said]) => [kind, said?.text])).toEqual([
      ['statement', undefined],
      ['note', 'Note'],
      ['note', 'Note'],
    ]);
  });

  it('is a reader of the next key', async () => {
    expect((await renew(finn)).status).toBe(204);
    expect(await readersOf('case')).toEqual(
      [kidOf(ana), kidOf(finn), kidOf(tui), lodged.lodging.submission.mailbox.agreement.kid].toSorted(),
    );
    expect((await noteBy(ana)).status).toBe(204);
  });

  it('begins the next key once all have left whom the person named', async () => {
    await leave(finn);
    await desk.rows(`UPDATE staff SET roles = array_remove(roles, 'disclosure_officer') WHERE id = $1`, [idOf(ana)]);
    expect(await tui.client.given('/staff/api/stale-disclosures')).toMatchObject({ ids: [lodged.id] });
    expect((await renew(tui)).status).toBe(204);
    expect(await readersOf('case')).toEqual([kidOf(tui), lodged.lodging.submission.mailbox.agreement.kid].toSorted());
    expect(await tui.client.given('/staff/api/stale-disclosures')).toMatchObject({ ids: [] });
    expect((await noteBy(tui)).status).toBe(204);
    await desk.rows(`UPDATE staff SET roles = roles || '{disclosure_officer}' WHERE id = $1`, [idOf(ana)]);
  });

  it('is nobody whom the person left out, whatever key they have since', async () => {
    const renewed = await makeKeyPair('agreement');
    await desk.rows('UPDATE staff_keys SET retired_at = now() WHERE kid = $1', [kidOf(eve)]);
    await desk.rows(`INSERT INTO staff_keys (kid, staff_id, purpose, jwk) VALUES ($1, $2, 'agreement', $3)`, [
      renewed.kid,
      idOf(eve),
      renewed.jwk,
    ]);
    await desk.app.get(KeyLogKeeper).runOnce();
    // As if the server had slipped her in.
    const epoch = 3;
    await desk.rows(`INSERT INTO case_grants (case_id, key, epoch, reader, wrapped) VALUES ($1, 'case', $2, $3, '')`, [
      lodged.id,
      epoch,
      renewed.kid,
    ]);
    expect((await renew(tui)).status).toBe(204);
    expect(await readersOf('case')).not.toContain(renewed.kid);
    // A server that names her is believed by no browser.
    await refused(renewed);
  });

  it('is nobody whom a server has made up, nor when it has added them to the log of keys', async () => {
    await refused(await makeKeyPair('agreement'));
    const logged = await seat(desk, 'ombudsman', ['officer', 'disclosure_officer']);
    await desk.app.get(KeyLogKeeper).runOnce();
    expect(
      await desk.rows(`SELECT FROM key_log_entries WHERE kid = $1 AND use = 'disclosures'`, [kidOf(logged)]),
    ).toHaveLength(1);
    await refused(logged.who.agreement);
    // Nor when it says so in the name of somebody who holds the case, with what it can work out.
    await refused(logged.who.agreement, {
      epoch: 1,
      kid: kidOf(logged),
      held: await showJoining(new Uint8Array(32), kidOf(logged)),
    });
    // But whoever holds the case may say it.
    expect((await grantAll(tui, logged)).status).toBe(204);
    expect((await renew(tui)).status).toBe(204);
    expect(await readersOf('case')).toContain(kidOf(logged));
    await leave(logged);
    expect((await renew(tui)).status).toBe(204);
  });

  it('reads on under an old head of the log, which is not enough for the next key', async () => {
    const kim = await seat(desk, 'ombudsman', ['officer', 'disclosure_officer']);
    expect((await grantAll(tui, kim)).status).toBe(204);
    const { sealed, opened } = await atHand(tui);
    expect(opened.joined.get(kidOf(kim))).toBe('stands');
    const aged = { ...opened, joined: new Map([...opened.joined.keys()].map((kid) => [kid, 'stood'] as const)) };
    const { signing } = await tui.keys();
    await expect(sealNote(sealed, aged, signing, 'Note')).resolves.toBeDefined();
    await expect(sealRenewal(sealed, aged, signing)).rejects.toMatchObject({ code: 'cannot_open' });
    await leave(kim);
  });

  it('waits with a new key until the log has it, and keeps nobody from writing', async () => {
    const kim = await seat(desk, 'ombudsman', ['officer', 'disclosure_officer']);
    expect((await grantAll(tui, kim)).status).toBe(204);
    const renewed = await makeKeyPair('agreement');
    await desk.rows('UPDATE staff_keys SET retired_at = now() WHERE kid = $1', [kidOf(kim)]);
    await desk.rows(`INSERT INTO staff_keys (kid, staff_id, purpose, jwk) VALUES ($1, $2, 'agreement', $3)`, [
      renewed.kid,
      idOf(kim),
      renewed.jwk,
    ]);
    await desk.rows(
      `INSERT INTO case_grants (case_id, key, epoch, reader, wrapped)
       SELECT case_id, key, epoch, $2, '' FROM case_grants WHERE reader = $1 AND case_id = $3`,
      [kidOf(kim), renewed.kid, lodged.id],
    );
    await desk.rows(
      `INSERT INTO case_key_renewals (case_id, epoch, from_kid, to_kid, held)
       SELECT case_id, epoch, $1, $2, '' FROM case_joinings WHERE kid = $1 AND case_id = $3`,
      [kidOf(kim), renewed.kid, lodged.id],
    );
    const readers = async (): Promise<string[]> => (await atHand(tui)).sealed.deskReaders.map(({ kid }) => kid);
    expect(await readers()).not.toContain(renewed.kid);
    expect((await noteBy(tui)).status).toBe(204);
    await desk.app.get(KeyLogKeeper).runOnce();
    expect(await readers()).toContain(renewed.kid);
    await leave(kim);
  });

  /** Nothing is sealed by a browser to somebody whom the server names among those who read on. */
  async function refused({ kid, jwk }: PublicKey, ...joinings: readonly KeyJoining[]): Promise<void> {
    const keys = await tui.keys();
    const sealed = await tui.client.given<SealedCase>(`/staff/api/cases/${lodged.id}`);
    const lied = {
      ...sealed,
      joinings: [...(sealed.joinings ?? []), ...joinings],
      deskReaders: [...sealed.deskReaders, { kid, jwk }],
    };
    const asked = await askingLog(desk, { sealed: lied, opened: await openKeys(lied, keys) });
    await expect(sealRenewal(lied, asked.opened, keys.signing)).rejects.toMatchObject({ code: 'cannot_open' });
    await expect(sealNote(lied, asked.opened, keys.signing, 'Note')).rejects.toMatchObject({ code: 'cannot_open' });
  }
});

describe('what a colleague is kept out of', () => {
  it.each([
    ['by the person', 'excluded'],
    ['by a colleague', 'named'],
  ])('%s is in no list and no count, and a forged request grants nothing of it', async (_, reason) => {
    const [walled, open] = [await before(dan), await before(dan)];
    const setBy = reason === 'excluded' ? null : idOf(ben);
    await desk.rows(
      `INSERT INTO case_walls (id, case_id, staff_id, reason, set_by, set_on) VALUES (gen_random_uuid(), $1, $2, $3, $4, now())`,
      [walled.id, idOf(dan), reason, setBy],
    );
    expect(await idsFor(ana, dan)).toEqual([open.id]);
    const page = (await ana.client.get('/staff/disclosures/joining')).text;
    expect(page).toContain(`${dan.who.actor.displayName}: 1 that`);
    const grants = [...(await granted(ana, walled, dan)), ...(await granted(ana, open, dan))];
    expect((await ana.client.post(pathTo(dan), { grants })).status).toBe(204);
    expect([await keysOf(walled, dan), await told(walled), await recorded(walled)]).toEqual([[], 0, 0]);
    expect(await keysOf(open, dan)).toEqual(['case#1']);
    expect((await dan.client.get(`/staff/cases/${walled.id}`)).status).toBe(404);
    expect((await dan.client.get('/staff/disclosures')).text).not.toContain(walled.reference);
  });

  it('is granted to them by no statement at all', async () => {
    const walled = await before(dan);
    expect(
      (await ben.client.submit(`/staff/cases/${walled.id}/walls`, { staffId: idOf(dan), reason: 'named' })).status,
    ).toBe(303);
    const insert = (reader: AtDesk): Promise<unknown> =>
      desk.database.asActor(ana.who.actor, (manager) =>
        manager.query(`INSERT INTO case_grants (case_id, key, epoch, reader, wrapped) VALUES ($1, 'case', 1, $2, '')`, [
          walled.id,
          reader.who.agreement.kid,
        ]),
      );
    await expect(insert(dan)).rejects.toThrow('row-level security');
    const eve = await seat(desk, 'ombudsman', ['disclosure_officer']);
    await insert(eve);
    await desk.rows('UPDATE staff SET active = false WHERE id = $1', [idOf(eve)]);
  });

  it('stays so when the wall is set while the grants are on their way', async () => {
    const lodged = await before(dan);
    const grants = await granted(ana, lodged, dan);
    await desk.rows('BEGIN');
    await desk.rows('SELECT FROM cases WHERE id = $1 FOR UPDATE', [lodged.id]);
    const answer = ana.client.post(pathTo(dan), { grants });
    await until('it waits', async () => (await waiting(desk)) > 0);
    await desk.rows(
      `INSERT INTO case_walls (id, case_id, staff_id, reason, set_by, set_on) VALUES (gen_random_uuid(), $1, $2, 'named', $3, now())`,
      [lodged.id, idOf(dan), idOf(ben)],
    );
    await desk.rows('COMMIT');
    expect((await answer).status).toBe(204);
    expect([await keysOf(lodged, dan), await told(lodged)]).toEqual([[], 0]);
  });

  it('is not theirs to grant on either: who stepped back grants it to nobody', async () => {
    const lodged = await before(dan);
    const grants = await granted(ana, lodged, dan);
    expect((await ana.client.submit(`/staff/cases/${lodged.id}/recusal`, { reason: 'knows_person' })).status).toBe(303);
    expect(await idsFor(ana, dan)).toEqual([]);
    expect((await ana.client.post(pathTo(dan), { grants })).status).toBe(204);
    expect(await keysOf(lodged, dan)).toEqual([]);
    expect(await idsFor(ben, dan)).toEqual([lodged.id]);
    expect((await grantAll(ben, dan)).status).toBe(204);
  });
});

describe('grants to a colleague', () => {
  it('are of the granter’s own disclosures: of nobody else’s, no other agency’s and no complaint', async () => {
    const bens = await before(dan, [ben, hana]);
    const elsewhere = await lodge(desk, { agencyId: 'hdc', path: 'disclosure', readers: [ana, hana].map(publicKeyOf) });
    const complaint = await lodge(desk, { agencyId: 'ombudsman', path: 'complaint', readers: [ana].map(publicKeyOf) });
    expect(await idsFor(ana, dan)).toEqual([]);
    for (const [by, of] of [
      [ben, bens],
      [ana, elsewhere],
      [ana, complaint],
    ] as const) {
      expect((await ana.client.post(pathTo(dan), { grants: await granted(by, of, dan) })).status).toBe(204);
      expect([await keysOf(of, dan), await recorded(of)]).toEqual([[], 0]);
    }
  });

  it('are for the key that the colleague has now', async () => {
    const eve = await seat(desk, 'ombudsman', ['disclosure_officer']);
    const lodged = await before(eve);
    const grants = await granted(ana, lodged, eve);
    const misplaced = grants.map((grant) => ({ ...grant, caseId: old.id }));
    expect((await ana.client.post(pathTo(eve), { grants: misplaced })).status).toBe(422);
    const { kid, jwk } = await makeKeyPair('agreement');
    await desk.rows('UPDATE staff_keys SET retired_at = now() WHERE kid = $1', [eve.who.agreement.kid]);
    await desk.rows(`INSERT INTO staff_keys (kid, staff_id, purpose, jwk) VALUES ($1, $2, 'agreement', $3)`, [
      kid,
      idOf(eve),
      jwk,
    ]);
    expect((await ana.client.post(pathTo(eve), { grants })).status).toBe(422);
    expect(await keysOf(lodged, eve)).toEqual([]);
  });

  it('are for nobody who has left', async () => {
    const eve = await seat(desk, 'ombudsman', ['disclosure_officer']);
    const lodged = await before(eve);
    const grants = await granted(ana, lodged, eve);
    await desk.rows('UPDATE staff SET active = false WHERE id = $1', [idOf(eve)]);
    expect((await ana.client.get(pathTo(eve))).status).toBe(404);
    expect((await ana.client.post(pathTo(eve), { grants })).status).toBe(404);
    expect(await keysOf(lodged, eve)).toEqual([]);
  });
});
