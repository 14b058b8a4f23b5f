import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sealNote, sealReply } from '../../src/cases/seal-words.js';
import { journeyOf } from '../../src/cases/referrals/journey-of-case.js';
import { REFERRAL_GROUNDS } from '../../src/cases/referrals/referral-grounds.js';
import { ReferralsService } from '../../src/cases/referrals/referrals.service.js';
import type { SealedCase } from '../../src/cases/sealed-case.js';
import { todayInAuckland } from '../../src/clocks/calendar.js';
import { startDesk, type Desk } from './desk.js';
import {
  accept,
  decline,
  handOver,
  open,
  openAgency,
  Person,
  propose,
  seat,
  sealedOpening,
  sealedProposal,
  sealedReferral,
  type AtDesk,
} from './handing-on.js';
import { fetchSealed, lodge, wordsOf, type LodgedCase } from './sealed-cases.js';

let desk: Desk;
let ana: AtDesk;
let ari: AtDesk;
let ben: AtDesk;
let bob: AtDesk;
let cas: AtDesk;

beforeAll(async () => {
  desk = await startDesk();
  [ana, ari] = await openAgency(desk, 'ombudsman');
  [ben, bob] = await openAgency(desk, 'hdc');
  [cas] = await openAgency(desk, 'ipca');
});

afterAll(async () => {
  await desk.close();
});

const complaint = (says?: string): Promise<LodgedCase> =>
  lodge(desk, {
    agencyId: 'ombudsman',
    path: 'complaint',
    notifySealed: 'sealed-address',
    ...(says === undefined ? {} : { says }),
  });

const stateOf = async (id: string): Promise<unknown> =>
  (await desk.rows<{ state: string }>('SELECT state FROM referrals WHERE id = $1', [id]))[0]?.state;
const steps = async (id: string): Promise<string[]> =>
  (
    await desk.rows<{ line: string }>(
      `SELECT kind || ' ' || agency_id AS line FROM case_events WHERE case_id = $1 ORDER BY position`,
      [id],
    )
  ).map(({ line }) => line);
const actions = async (id: string): Promise<string[]> =>
  (
    await desk.rows<{ action: string }>(
      `SELECT action FROM audit_entries WHERE case_id = $1 AND action LIKE 'referral.%' ORDER BY action`,
      [id],
    )
  ).map(({ action }) => action);
const jobs = async (id: string): Promise<string[]> =>
  (await desk.rows<{ name: string }>(`SELECT name FROM outbox WHERE case_id = $1 ORDER BY name`, [id])).map(
    ({ name }) => name,
  );
/** Kids of an agency's readers to whom a case has been granted. */
const grantsTo = async (caseId: string, agencyId: string): Promise<string[]> =>
  (
    await desk.rows<{ line: string }>(
      `SELECT g.key || '#' || g.epoch AS line FROM case_grants g JOIN agency_keys k ON k.kid = g.reader
        WHERE g.case_id = $1 AND k.agency_id = $2 ORDER BY line`,
      [caseId, agencyId],
    )
  ).map(({ line }) => line);

describe('a complaint that is handed on', () => {
  it('is read, answered and noted by its new agency, on one timeline, and no longer by the one before', async () => {
    const lodged = await complaint('It hurts.');
    const { id: caseId } = lodged;
    const anas = await ana.keys();
    const before = await fetchSealed(ana.client, caseId, anas);
    const note = await sealNote(before.sealed, before.opened, anas.signing, 'Ours alone');
    expect((await ana.client.post(`/staff/api/cases/${caseId}/notes`, note)).status).toBe(204);

    const { id, answer } = await propose(ana, lodged, 'hdc', { text: 'A health matter.', shareIdentity: true });
    expect(answer.status).toBe(204);
    expect(await grantsTo(caseId, 'hdc')).toEqual(['referral#1']);
    expect((await ben.client.get(`/staff/api/referrals/${id}`)).status).toBe(404);

    const person = await Person.of(desk, lodged);
    await person.agree(id, ['case', 'identity']);
    expect(await stateOf(id)).toBe('consulted');
    expect((await sealedReferral(ben, id)).items).toHaveLength(1);
    expect((await ben.client.get(`/staff/api/referrals/${id}/case`)).status).toBe(404);
    expect(await grantsTo(caseId, 'hdc')).toEqual(['referral#1']);

    expect((await accept(ben, id)).status).toBe(204);
    expect(await grantsTo(caseId, 'hdc')).toEqual(['case#1', 'identity#1', 'referral#1']);
    expect((await bob.client.get(`/staff/api/referrals/${id}/case`)).status).toBe(404);
    const reply = await sealReply(before.sealed, before.opened, anas.signing, 'Still ours, until they open it');
    expect((await ana.client.post(`/staff/api/cases/${caseId}/replies`, { item: reply })).status).toBe(204);

    expect((await open(ben, id)).status).toBe(204);
    expect(await stateOf(id)).toBe('opened');
    expect((await ana.client.get(`/staff/api/cases/${caseId}`)).status).toBe(404);
    expect((await ana.client.get(`/staff/cases/${caseId}`)).status).toBe(404);
    expect((await ana.client.get('/staff/inbox')).text).not.toContain(caseId);
    expect((await ana.client.get(`/staff/api/referrals/${id}`)).status).toBe(200);

    const bens = await ben.keys();
    expect(await wordsOf(ben.client, caseId, bens)).toMatchObject([
      ['statement', { whatHappened: 'It hurts.', nonce: expect.any(String), others: [expect.any(String)] }],
      ['identity', expect.objectContaining({ identity: 'Ana, 04 123 4567' })],
      ['referral', { text: 'A health matter.' }],
      ['reply', { text: 'Still ours, until they open it' }],
    ]);
    const theirs = await fetchSealed(ben.client, caseId, bens);
    const own = await sealNote(theirs.sealed, theirs.opened, bens.signing, 'Theirs alone');
    expect((await ben.client.post(`/staff/api/cases/${caseId}/notes`, own)).status).toBe(204);
    const bobs = await bob.keys();
    expect((await wordsOf(bob.client, caseId, bobs)).filter(([kind]) => kind === 'note')).toEqual([
      ['note', { text: 'Theirs alone' }],
    ]);
    const second = await fetchSealed(bob.client, caseId, bobs);
    const more = await sealNote(second.sealed, second.opened, bobs.signing, 'More');
    expect(more.desk).toBeUndefined();
    expect((await bob.client.post(`/staff/api/cases/${caseId}/notes`, more)).status).toBe(204);
    expect(await steps(caseId)).toEqual([
      'lodged ombudsman',
      'placed ombudsman',
      'referral_proposed ombudsman',
      'referral_consented ombudsman',
      'referral_accepted hdc',
      'reply ombudsman',
      'handed_over hdc',
    ]);
    expect(await actions(caseId)).toEqual(
      [
        'referral.accepted',
        'referral.consented',
        'referral.opened',
        'referral.proposed',
        'referral.words_read',
        'referral.words_read',
        'referral.words_read',
      ].sort(),
    );
  });

  it('leaves the sender nothing that is said after the hand-over, whatever they kept', async () => {
    const lodged = await complaint();
    await handOver(desk, lodged, ana, ben);
    const anas = await ana.keys();
    const after = await desk.rows<{ reader: string }>(
      `SELECT reader FROM case_grants WHERE case_id = $1 AND key = 'case' AND epoch = 2`,
      [lodged.id],
    );
    expect(after).toHaveLength(2);
    expect(after.some(({ reader }) => anas.agency.has(reader) || reader === anas.agreement.kid)).toBe(false);
    const item = { id: crypto.randomUUID(), jwe: 'a.b.c.d.e' };
    expect((await ana.client.post(`/staff/api/cases/${lodged.id}/replies`, { item })).status).toBe(404);
  });

  it('stops the clock of the sender, starts one of the receiver, and goes to who accepted it', async () => {
    const lodged = await complaint();
    await desk.rows(`UPDATE clocks SET due_on = '2026-02-03', started_on = '2026-01-05' WHERE case_id = $1`, [
      lodged.id,
    ]);
    await handOver(desk, lodged, ana, ben);
    expect(
      await desk.rows(
        `SELECT round, stopped_on = (now() AT TIME ZONE 'Pacific/Auckland')::date AS stopped,
                started_on = (now() AT TIME ZONE 'Pacific/Auckland')::date AS today, met_on
           FROM clocks WHERE case_id = $1 ORDER BY round`,
        [lodged.id],
      ),
    ).toEqual([
      { round: 0, stopped: true, today: false, met_on: null },
      { round: 1, stopped: null, today: true, met_on: null },
    ]);
    expect(await desk.rows('SELECT agency_id, delivery, assigned_to FROM cases WHERE id = $1', [lodged.id])).toEqual([
      { agency_id: 'hdc', delivery: 'direct', assigned_to: ben.who.actor.staffId },
    ]);
    expect((await ben.client.get('/staff/inbox?holder=mine')).text).toContain(lodged.id);
    expect((await ben.client.get(`/staff/cases/${lodged.id}`)).text).not.toContain('Overdue');
  });

  it('tells the person at each step, and the receiver once it is asked', async () => {
    const lodged = await complaint();
    await desk.rows('DELETE FROM outbox');
    const { id } = await propose(ana, lodged, 'hdc');
    expect(await jobs(lodged.id)).toEqual(['tell_person']);
    await (await Person.of(desk, lodged)).agree(id);
    expect(await jobs(lodged.id)).toEqual(['tell_person', 'tell_receiver']);
    await accept(ben, id);
    expect(await jobs(lodged.id)).toEqual(['tell_person', 'tell_person', 'tell_receiver']);
    await open(ben, id);
    expect(await jobs(lodged.id)).toEqual(['tell_person', 'tell_person', 'tell_person', 'tell_receiver']);
  });

  it('of a disclosure puts the same work into the queue as one of a complaint, also for an agency whose own system is called', async () => {
    await desk.rows(`INSERT INTO webhook_endpoints (agency_id, url, active) VALUES ('hdc', 'https://hdc.test/', true)`);
    const promised = { complaint: [] as string[][], disclosure: [] as string[][] };
    const day = todayInAuckland();
    for (const path of ['complaint', 'disclosure'] as const) {
      const change = path === 'complaint' ? {} : { change: (sent: object) => ({ ...sent, recipientConsultedOn: day }) };
      const lodged = await lodge(desk, { agencyId: 'ombudsman', path });
      await desk.rows('DELETE FROM outbox');
      const first = await propose(ana, lodged, 'hdc', change);
      promised[path].push(await jobs(lodged.id));
      await (await Person.of(desk, lodged)).agree(first.id);
      expect((await decline(ben, first.id)).status).toBe(204);
      promised[path].push(await jobs(lodged.id));
      const second = await propose(ana, lodged, 'hdc', change);
      await (await Person.of(desk, lodged)).agree(second.id);
      await accept(ben, second.id);
      expect((await open(ben, second.id)).status).toBe(204);
      promised[path].push(await jobs(lodged.id));
    }
    expect(promised.disclosure).toEqual(promised.complaint);
    expect(promised.disclosure.at(-1)).toEqual(expect.arrayContaining(['tell_receiver', 'webhook']));
    await desk.rows('DELETE FROM webhook_calls');
    await desk.rows('DELETE FROM webhook_endpoints');
  });

  it('goes to another agency after one declined it, and the way it took is worked out from that', async () => {
    const lodged = await complaint();
    const person = await Person.of(desk, lodged);
    const first = await propose(ana, lodged, 'hdc');
    await person.agree(first.id);
    expect((await decline(ben, first.id)).status).toBe(204);
    expect((await decline(bob, first.id)).status).toBe(204);
    expect((await accept(bob, first.id)).status).toBe(409);
    expect(await stateOf(first.id)).toBe('declined');
    expect(await desk.rows('SELECT 1 FROM referral_grants WHERE referral_id = $1', [first.id])).toEqual([]);
    const second = await handOver(desk, lodged, ana, cas);
    await person.retell(second);
    await person.retell(second);
    await desk.rows(`UPDATE referrals SET proposed_on = proposed_on - 3 WHERE case_id = $1 AND id = $2`, [
      lodged.id,
      first.id,
    ]);
    const journeys = await desk.database.asActor(cas.who.actor, (manager) => journeyOf(manager, [lodged.id]));
    expect(journeys.get(lodged.id)).toMatchObject({
      path: [
        { agencyId: 'ombudsman', to: expect.any(String) },
        { agencyId: 'ipca', to: null },
      ],
      handOffs: 1,
      bounceBacks: 1,
      daysInTransit: 3,
      timesRetold: 1,
    });
    expect(await grantsTo(lodged.id, 'hdc')).toEqual(['referral#1']);
    expect((await wordsOf(cas.client, lodged.id, await cas.keys())).map(([kind]) => kind)).toEqual([
      'statement',
      'identity',
      'referral',
    ]);
  });

  it('shares no more than the person agreed to', async () => {
    const lodged = await complaint();
    const { id } = await propose(ana, lodged, 'hdc', { shareIdentity: true });
    await (await Person.of(desk, lodged)).agree(id, ['case']);
    expect(await desk.rows('SELECT DISTINCT key FROM referral_grants WHERE referral_id = $1', [id])).toEqual([
      { key: 'case' },
    ]);
    await accept(ben, id);
    await open(ben, id);
    expect(await grantsTo(lodged.id, 'hdc')).toEqual(['case#1', 'case#2', 'referral#1']);
    expect(await wordsOf(ben.client, lodged.id, await ben.keys())).toContainEqual(['identity', null]);
  });

  it('ends where the person refuses, and may be proposed again', async () => {
    const lodged = await complaint();
    const { id } = await propose(ana, lodged, 'hdc');
    const person = await Person.of(desk, lodged);
    await person.refuse(id);
    await person.refuse(id);
    await expect(person.agree(id)).rejects.toMatchObject({ code: 'impossible_move' });
    expect(await stateOf(id)).toBe('refused');
    expect((await accept(ben, id)).status).toBe(404);
    expect((await propose(ana, lodged, 'ipca')).answer.status).toBe(204);
  });

  it('goes on without consent on a ground that the person is told of, and they may confirm it afterwards', async () => {
    const lodged = await complaint();
    const { id } = await propose(ana, lodged, 'hdc');
    const service = desk.app.get(ReferralsService);
    await expect(service.ground(ben.who.actor, id, 'serious_threat')).rejects.toMatchObject({ code: 'not_found' });
    for (const ground of ['serious_threat', 'law_requires'] as const) {
      await expect(service.ground(ana.who.actor, id, ground)).rejects.toMatchObject({ code: 'second_officer' });
    }
    expect((await ana.client.get(`/staff/referrals/${id}`)).text).not.toContain('value="serious_threat"');
    expect((await ari.client.get(`/staff/referrals/${id}`)).text).toContain('value="serious_threat"');
    expect(await stateOf(id)).toBe('proposed');
    for (let time = 1; time <= 2; time++) await service.ground(ari.who.actor, id, 'serious_threat');
    expect(await stateOf(id)).toBe('consulted');
    expect(await steps(lodged.id)).toContain('referral_grounded ombudsman');
    await accept(ben, id);
    expect((await open(ben, id)).status).toBe(204);
    const person = await Person.of(desk, lodged);
    await expect(person.takeBack(id)).rejects.toMatchObject({ code: 'impossible_move' });
    await person.agree(id);
    expect(await stateOf(id)).toBe('opened');
    const { consents } = (await ben.client.get(`/staff/api/cases/${lodged.id}`)).json() as SealedCase;
    expect(consents).toHaveLength(1);
  });

  it('is not proposed while it is proposed already, to itself, or to a closed door', async () => {
    const lodged = await complaint();
    const sent = await sealedProposal(ana, lodged, 'hdc');
    const path = `/staff/api/cases/${lodged.id}/referrals`;
    expect((await ana.client.post(path, { ...sent, to: 'ombudsman' })).status).toBe(422);
    expect((await ana.client.post(path, { ...sent, to: 'nobody' })).status).toBe(422);
    await desk.rows(`UPDATE agencies SET open_for_intake = false WHERE id = 'hdc'`);
    expect((await ana.client.post(path, sent)).status).toBe(422);
    expect((await ana.client.get(`/staff/api/cases/${lodged.id}/receivers/hdc`)).status).toBe(404);
    await desk.rows(`UPDATE agencies SET open_for_intake = true WHERE id = 'hdc'`);
    expect((await ben.client.post(path, sent)).status).toBe(404);
    expect((await ana.client.post(path, { ...sent, grants: sent.grants.slice(1) })).status).toBe(422);
    expect((await ana.client.post(path, { ...sent, shareIdentity: true })).status).toBe(409);
    expect((await ana.client.post(path, { ...sent, epoch: { ...sent.epoch, grants: [] } })).status).toBe(422);
    expect((await ari.client.post(path, sent)).status).toBe(422);
    for (let time = 1; time <= 2; time++) expect((await ana.client.post(path, sent)).status).toBe(204);
    const again = await propose(ana, lodged, 'ipca');
    expect(again.answer.json()).toMatchObject({ code: 'referral_under_way' });
    expect(await desk.rows('SELECT 1 FROM referrals WHERE case_id = $1', [lodged.id])).toHaveLength(1);
  });

  it('is taken back by its sender until it was opened, and what was released goes with it', async () => {
    const lodged = await complaint();
    const { id } = await propose(ana, lodged, 'hdc');
    await (await Person.of(desk, lodged)).agree(id);
    await accept(ben, id);
    const opening = await sealedOpening(ben, id);
    await desk.app.get(ReferralsService).withdraw(ari.who.actor, id);
    expect(await grantsTo(lodged.id, 'hdc')).toEqual(['referral#1']);
    expect((await ben.client.post(`/staff/api/referrals/${id}/opening`, opening)).status).toBe(404);
    expect(await desk.rows('SELECT agency_id FROM cases WHERE id = $1', [lodged.id])).toEqual([
      { agency_id: 'ombudsman' },
    ]);
  });
});

describe('a request that is sent twice', () => {
  it('is answered as the first time, at every step', async () => {
    const lodged = await complaint();
    const { id } = await propose(ana, lodged, 'hdc');
    const person = await Person.of(desk, lodged);
    await person.agree(id);
    await person.agree(id);
    for (let time = 1; time <= 2; time++) expect((await accept(ben, id)).status).toBe(204);
    const opening = await sealedOpening(ben, id);
    for (let time = 1; time <= 2; time++) {
      expect((await ben.client.post(`/staff/api/referrals/${id}/opening`, opening)).status).toBe(204);
    }
    expect((await accept(ben, id)).status).toBe(204);
    expect((await steps(lodged.id)).filter((step) => !step.startsWith('lodged') && !step.startsWith('placed'))).toEqual(
      ['referral_proposed ombudsman', 'referral_consented ombudsman', 'referral_accepted hdc', 'handed_over hdc'],
    );
  });
});

describe('s 16: a disclosure that is handed on', () => {
  it('goes only after the receiver and the person were consulted, is read by the disclosure officers there alone, and is in nobody else’s lists', async () => {
    const officer = await seat(desk, 'hdc', ['officer', 'lead']);
    const lead = await seat(desk, 'triage', ['system_lead']);
    const lodged = await lodge(desk, { agencyId: 'ombudsman', path: 'disclosure', says: 'Wrongdoing' });
    const today = lodged.lodging.opening.day;
    const refused = await propose(ana, lodged, 'hdc');
    expect(refused.answer.json()).toMatchObject({ errors: [{ field: 'recipientConsultedOn', code: 'required' }] });
    const change = (sent: object) => ({ ...sent, recipientConsultedOn: today });
    const { id, answer } = await propose(ana, lodged, 'hdc', { change });
    expect(answer.status).toBe(204);
    const service = desk.app.get(ReferralsService);
    for (const ground of REFERRAL_GROUNDS) {
      await expect(service.ground(ana.who.actor, id, ground)).rejects.toMatchObject({ code: 'invalid' });
    }
    await (await Person.of(desk, lodged)).agree(id);
    const coming = (who: AtDesk, path: 'complaint' | 'disclosure', direction: 'coming' | 'going') =>
      service.list(who.who.actor, { direction, path }).then(
        ({ rows }) => rows.some((row) => row.id === id),
        () => false,
      );
    expect(await coming(ben, 'disclosure', 'coming')).toBe(true);
    expect(await coming(ana, 'disclosure', 'going')).toBe(true);
    for (const someone of [officer, lead]) {
      expect(await coming(someone, 'disclosure', 'coming')).toBe(false);
      expect(await coming(someone, 'complaint', 'coming')).toBe(false);
      expect((await someone.client.get(`/staff/api/referrals/${id}`)).status).toBe(404);
      expect((await accept(someone, id)).status).toBe(404);
    }
    expect((await accept(ben, id)).status).toBe(204);
    expect((await open(ben, id)).status).toBe(204);
    for (const someone of [ben, bob]) {
      const words = await wordsOf(someone.client, lodged.id, await someone.keys());
      expect(words[0]?.[1]).toMatchObject({ whatHappened: 'Wrongdoing' });
    }
    expect((await officer.client.get(`/staff/api/cases/${lodged.id}`)).status).toBe(404);
    expect((await ana.client.get(`/staff/api/cases/${lodged.id}`)).status).toBe(404);
    expect((await ana.client.get('/staff/disclosures')).text).not.toContain(lodged.id);
    expect(await desk.rows('SELECT 1 FROM lead_reviews WHERE case_id = $1', [lodged.id])).toEqual([]);
    expect(
      await desk.rows('SELECT action FROM audit_entries WHERE case_id = $1 AND happened_at IS NOT NULL', [lodged.id]),
    ).toEqual([]);
    expect(await desk.rows('SELECT kind, round FROM clocks WHERE case_id = $1 ORDER BY round', [lodged.id])).toEqual([
      { kind: 's13', round: 0 },
      { kind: 's13', round: 1 },
    ]);
  });
});
