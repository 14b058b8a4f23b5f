import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ReferralsService } from '../../src/cases/referrals/referrals.service.js';
import { atOnce, enrol, renewKey, startDesk, type Answer, type Desk } from './desk.js';
import {
  accept,
  decline,
  open,
  openAgency,
  Person,
  propose,
  sealedOpening,
  sealedReferral,
  sendAgain,
  type AtDesk,
} from './handing-on.js';
import { lodge, wordsOf, type LodgedCase } from './sealed-cases.js';

let desk: Desk;
let ana: AtDesk;
let ari: AtDesk;
let ben: AtDesk;
let bob: AtDesk;

beforeAll(async () => {
  desk = await startDesk();
  [ana, ari] = await openAgency(desk, 'ombudsman');
  [ben, bob] = await openAgency(desk, 'hdc');
});

afterAll(async () => {
  await desk.close();
});

interface Agreed {
  readonly lodged: LodgedCase;
  readonly id: string;
  readonly person: Person;
}

/** A case that the person agreed to be handed on. */
async function agreed(path: 'complaint' | 'disclosure' = 'complaint'): Promise<Agreed> {
  const lodged = await lodge(desk, { agencyId: 'ombudsman', path });
  const { day } = lodged.lodging.opening;
  const change = (sent: object): object => (path === 'complaint' ? sent : { ...sent, recipientConsultedOn: day });
  const { id, answer } = await propose(ana, lodged, 'hdc', { change });
  if (answer.status !== 204) throw new Error(answer.text);
  const person = await Person.of(desk, lodged);
  await person.agree(id);
  return { lodged, id, person };
}

const rowOf = async (id: string): Promise<Record<string, unknown>> =>
  (await desk.rows('SELECT state, accepted_by, consent IS NOT NULL AS agreed FROM referrals WHERE id = $1', [id]))[0] ??
  {};
const grants = async (caseId: string): Promise<string[]> =>
  (
    await desk.rows<{ line: string }>(
      `SELECT g.key || '#' || g.epoch AS line FROM case_grants g
        WHERE g.case_id = $1 AND g.key IN ('case', 'identity') AND g.reader IN (
              SELECT kid FROM agency_keys WHERE agency_id = 'hdc'
              UNION ALL SELECT k.kid FROM staff_keys k JOIN staff p ON p.id = k.staff_id WHERE p.agency_id = 'hdc')`,
      [caseId],
    )
  ).map(({ line }) => line);
const withheld = async (id: string): Promise<number> =>
  (await desk.rows('SELECT 1 FROM referral_grants WHERE referral_id = $1', [id])).length;
const statuses = (answers: readonly Answer[]): number[] => answers.map(({ status }) => status).sort();

describe('two at the receiver', () => {
  it('who accept the same referral at once: one has it, and the other is told so', async () => {
    const { lodged, id } = await agreed();
    const answers = await atOnce(
      desk,
      lodged.id,
      [ben, bob].map((one) => () => accept(one, id)),
    );
    expect(statuses(answers)).toEqual([204, 409]);
    expect(answers.find(({ status }) => status === 409)?.json()).toMatchObject({ code: 'accepted_by_another' });
    const [winner, loser] = answers[0]?.status === 204 ? [ben, bob] : [bob, ben];
    expect(await rowOf(id)).toMatchObject({ state: 'granted', accepted_by: winner.who.actor.staffId });
    expect((await loser.client.get(`/staff/api/referrals/${id}/case`)).status).toBe(404);
    const opening = await sealedOpening(winner, id);
    expect((await loser.client.post(`/staff/api/referrals/${id}/opening`, opening)).status).toBe(409);
    expect((await decline(loser, id)).json()).toMatchObject({ code: 'accepted_by_another' });
    expect((await winner.client.post(`/staff/api/referrals/${id}/opening`, opening)).status).toBe(204);
    expect(
      await desk.rows(`SELECT 1 FROM case_events WHERE case_id = $1 AND kind = 'referral_accepted'`, [lodged.id]),
    ).toHaveLength(1);
  });

  it('of whom one accepts and one declines at once: it is one of the two', async () => {
    const { lodged, id } = await agreed();
    const answers = await atOnce(desk, lodged.id, [() => accept(ben, id), () => decline(bob, id)]);
    expect(statuses(answers)).toEqual([204, 409]);
    const { state } = await rowOf(id);
    expect(await grants(lodged.id)).toEqual(state === 'granted' ? ['case#1'] : []);
  });
});

describe('what is accepted', () => {
  it('while it is taken back: it is the one or the other, and taken back nothing was released', async () => {
    const { lodged, id } = await agreed();
    const withdraw = async (): Promise<Answer> => {
      await desk.app.get(ReferralsService).withdraw(ana.who.actor, id);
      return { status: 204, text: '', location: null, headers: new Headers(), json: () => null };
    };
    const [accepted] = await atOnce(desk, lodged.id, [() => accept(ben, id), withdraw]);
    expect([204, 404, 409]).toContain(accepted?.status);
    expect(await rowOf(id)).toMatchObject({ state: 'withdrawn' });
    expect(await grants(lodged.id)).toEqual([]);
    expect(await withheld(id)).toBe(0);
    expect((await ben.client.get(`/staff/api/referrals/${id}/case`)).status).toBe(404);
  });

  it('after the person took consent back: nothing is released', async () => {
    const { lodged, id, person } = await agreed();
    await person.takeBack(id);
    await person.takeBack(id);
    expect((await accept(ben, id)).status).toBe(404);
    expect(await rowOf(id)).toMatchObject({ state: 'withdrawn' });
    expect(await grants(lodged.id)).toEqual([]);
    expect(await withheld(id)).toBe(0);
    await expect(person.agree(id)).rejects.toMatchObject({ code: 'impossible_move' });
  });

  it('and given back by the person before it was opened: what was released is deleted again', async () => {
    const { lodged, id, person } = await agreed();
    await accept(ben, id);
    const opening = await sealedOpening(ben, id);
    await person.takeBack(id);
    expect(await grants(lodged.id)).toEqual([]);
    expect((await ben.client.post(`/staff/api/referrals/${id}/opening`, opening)).status).toBe(404);
    expect((await wordsOf(ana.client, lodged.id, await ana.keys()))[0]?.[1]).not.toBeNull();
  });

  it('with a consent that is not the person’s is not released', async () => {
    const { lodged, id } = await agreed();
    const other = await agreed();
    await desk.rows(`UPDATE referrals SET consent = (SELECT consent FROM referrals WHERE id = $1) WHERE id = $2`, [
      other.id,
      id,
    ]);
    expect((await accept(ben, id)).json()).toMatchObject({ code: 'grant_again' });
    expect(await grants(lodged.id)).toEqual([]);
  });
});

describe('a key of the receiver that is renewed', () => {
  it('between proposal and acceptance: the sender grants again, and the person is asked about the new key', async () => {
    const { lodged, id, person } = await agreed();
    await renewKey(desk, ben.who);
    await desk.rows('DELETE FROM outbox');
    const refused = await accept(ben, id);
    expect([refused.status, (refused.json() as { code: string }).code]).toEqual([409, 'grant_again']);
    expect((await accept(bob, id)).json()).toMatchObject({ code: 'grant_again' });
    expect(await rowOf(id)).toMatchObject({ state: 'grant_again', accepted_by: null });
    expect([await withheld(id), await grants(lodged.id)]).toEqual([0, []]);
    expect(await desk.rows('SELECT name FROM outbox WHERE case_id = $1', [lodged.id])).toEqual([
      { name: 'tell_receiver' },
    ]);
    expect((await sealedReferral(ana, id)).readersChanged).toBe(true);
    expect((await sendAgain(ana, id)).status).toBe(204);
    expect(await rowOf(id)).toMatchObject({ state: 'proposed', agreed: false });
    expect((await accept(ben, id)).status).toBe(404);
    await person.agree(id);
    expect((await accept(ben, id)).status).toBe(204);
    expect((await open(ben, id)).status).toBe(204);
    expect((await wordsOf(bob.client, lodged.id, await bob.keys()))[0]?.[1]).not.toBeNull();
  });

  it('before the person answers: their consent is to the new key, and the sender grants again to that', async () => {
    const lodged = await lodge(desk, { agencyId: 'ombudsman', path: 'complaint' });
    const { id } = await propose(ana, lodged, 'hdc');
    await renewKey(desk, ben.who);
    await (await Person.of(desk, lodged)).agree(id);
    expect(await rowOf(id)).toMatchObject({ state: 'grant_again', agreed: true });
    expect((await sendAgain(ana, id)).status).toBe(204);
    expect(await rowOf(id)).toMatchObject({ state: 'consulted', agreed: true });
    expect((await accept(ben, id)).status).toBe(204);
    expect((await open(ben, id)).status).toBe(204);
  });

  it('between acceptance and opening: what was released is deleted, and it starts from the sender again', async () => {
    const { lodged, id } = await agreed();
    await accept(ben, id);
    const opening = await sealedOpening(ben, id);
    await renewKey(desk, ben.who);
    expect((await ben.client.post(`/staff/api/referrals/${id}/opening`, opening)).json()).toMatchObject({
      code: 'grant_again',
    });
    expect(await rowOf(id)).toMatchObject({ state: 'grant_again', accepted_by: null });
    expect(await grants(lodged.id)).toEqual([]);
    expect(await desk.rows('SELECT agency_id FROM cases WHERE id = $1', [lodged.id])).toEqual([
      { agency_id: 'ombudsman' },
    ]);
    await renewKey(desk, ben.who);
    expect((await sendAgain(ana, id)).status).toBe(204);
  });

  it('stays renewed: on a ground that is on record it goes on without asking again', async () => {
    const lodged = await lodge(desk, { agencyId: 'ombudsman', path: 'complaint' });
    const { id } = await propose(ana, lodged, 'hdc', { shareIdentity: true });
    await desk.app.get(ReferralsService).ground(ari.who.actor, id, 'law_requires');
    await renewKey(desk, ben.who);
    expect((await accept(ben, id)).status).toBe(409);
    expect((await sendAgain(ana, id)).status).toBe(204);
    expect(await rowOf(id)).toMatchObject({ state: 'consulted' });
    expect((await accept(ben, id)).status).toBe(204);
    expect(await grants(lodged.id)).toHaveLength(2);
  });
});

describe('somebody who joins the receiver', () => {
  it('does not become a reader of a disclosure that the person agreed to for others', async () => {
    const { lodged, id } = await agreed('disclosure');
    await accept(ben, id);
    const opening = await sealedOpening(ben, id);
    const newcomer = await enrol(desk, 'hdc', ['disclosure_officer']);
    expect((await ben.client.post(`/staff/api/referrals/${id}/opening`, opening)).status).toBe(409);
    expect(await grants(lodged.id)).toEqual([]);
    expect(await rowOf(id)).toMatchObject({ state: 'grant_again' });
    expect((await sendAgain(ana, id)).status).toBe(204);
    expect(await rowOf(id)).toMatchObject({ state: 'proposed', agreed: false });
    await desk.rows('UPDATE staff SET active = false WHERE id = $1', [newcomer.actor.staffId]);
  });
});

describe('a new epoch of the case', () => {
  it('between proposal and acceptance makes the sender grant again, with the note that is there', async () => {
    const { lodged, id } = await agreed();
    await desk.rows(
      `INSERT INTO case_epochs (case_id, key, epoch, record) SELECT case_id, key, 2, record FROM case_epochs
        WHERE case_id = $1 AND key = 'case'`,
      [lodged.id],
    );
    expect((await accept(ben, id)).json()).toMatchObject({ code: 'grant_again' });
    expect((await sealedReferral(ana, id)).readersChanged).toBe(false);
  });
});
