import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ReferralsService } from '../../src/cases/referrals/referrals.service.js';
import { startDesk, type Desk } from './desk.js';
import { handOver, openAgency, Person, propose, referralState, seat, type AtDesk } from './handing-on.js';
import { lodge, type LodgedCase } from './sealed-cases.js';

let desk: Desk;
let ana: AtDesk;
let ben: AtDesk;
let cas: AtDesk;
let dee: AtDesk;
let tui: AtDesk;
let lead: AtDesk;
let service: ReferralsService;

beforeAll(async () => {
  desk = await startDesk();
  [ana] = await openAgency(desk, 'ombudsman');
  [ben] = await openAgency(desk, 'hdc');
  [cas] = await openAgency(desk, 'ipca');
  [dee] = await openAgency(desk, 'privacy_commissioner');
  [tui] = await openAgency(desk, 'triage');
  lead = await seat(desk, 'triage', ['system_lead']);
  service = desk.app.get(ReferralsService);
});

afterAll(async () => {
  await desk.close();
});

const complaint = (agencyId = 'ombudsman'): Promise<LodgedCase> => lodge(desk, { agencyId, path: 'complaint' });
const stateOf = (id: string): Promise<unknown> => referralState(desk, id);
const reviews = async (caseId: string): Promise<unknown[]> =>
  desk.rows(
    `SELECT why, referral_id IS NOT NULL AS waits, decision FROM lead_reviews WHERE case_id = $1
      ORDER BY referral_id IS NOT NULL`,
    [caseId],
  );
const reviewOf = async (referral: string): Promise<string> =>
  (await desk.rows<{ id: string }>('SELECT id FROM lead_reviews WHERE referral_id = $1', [referral]))[0]?.id ?? '';

describe('a complaint that is sent round', () => {
  it('waits for the system lead at the third hand-off, who sees its way, and goes on when they say so', async () => {
    const lodged = await complaint();
    await handOver(desk, lodged, ana, ben);
    expect(await reviews(lodged.id)).toEqual([]);
    await handOver(desk, lodged, ben, cas);
    expect(await reviews(lodged.id)).toEqual([{ why: 'two_hand_offs', waits: false, decision: null }]);
    const { id, answer } = await propose(cas, lodged, 'privacy_commissioner');
    expect(answer.status).toBe(204);
    expect(await stateOf(id)).toBe('held');
    const person = await Person.of(desk, lodged);
    await expect(person.agree(id)).rejects.toMatchObject({ code: 'impossible_move' });
    await expect(service.ground(cas.who.actor, id, 'serious_threat')).rejects.toMatchObject({
      code: 'impossible_move',
    });
    expect((await dee.client.get(`/staff/api/referrals/${id}`)).status).toBe(404);

    const { rows } = await service.reviews(lead.who.actor);
    const row = rows.find(({ caseId }) => caseId === lodged.id);
    expect(row?.journey?.path.map(({ agencyId }) => agencyId)).toEqual(['ombudsman', 'hdc', 'ipca']);
    const review = await reviewOf(id);
    expect((await service.review(lead.who.actor, review)).choices).toEqual(['go_on', 'stay', 'elsewhere']);
    await expect(service.decide(lead.who.actor, review, { decision: 'noted' })).rejects.toMatchObject({
      code: 'invalid',
    });
    for (let time = 1; time <= 2; time++) await service.decide(lead.who.actor, review, { decision: 'go_on' });
    await expect(service.decide(lead.who.actor, review, { decision: 'stay' })).rejects.toMatchObject({
      code: 'decided',
    });
    expect(await stateOf(id)).toBe('proposed');
    await person.agree(id);
    expect(await stateOf(id)).toBe('consulted');
    expect((await lead.client.get(`/staff/api/cases/${lodged.id}`)).status).toBe(404);
    expect((await lead.client.get(`/staff/api/referrals/${id}`)).status).toBe(404);
  });

  it('waits where it would go back to an agency that had it, and stays when the lead says so', async () => {
    const lodged = await complaint();
    await handOver(desk, lodged, ana, ben);
    const back = await propose(ben, lodged, 'ombudsman');
    expect(await stateOf(back.id)).toBe('held');
    expect(await reviews(lodged.id)).toEqual([{ why: 'return', waits: true, decision: null }]);
    const review = await reviewOf(back.id);
    const advise = (advisedAgency?: string) =>
      service.decide(lead.who.actor, review, { decision: 'elsewhere', advisedAgency });
    for (const wrong of [undefined, 'nobody', 'hdc']) {
      await expect(advise(wrong)).rejects.toMatchObject({ code: 'invalid' });
    }
    await advise('ipca');
    expect(await stateOf(back.id)).toBe('stopped');
    expect(await desk.rows('SELECT 1 FROM referral_grants WHERE referral_id = $1', [back.id])).toEqual([]);
    expect((await service.ofCase(ben.who.actor, lodged.id)).referral?.state).toBe('stopped');
    expect((await propose(ben, lodged, 'ipca')).answer.status).toBe(204);
  });

  it('leaves the lead’s desk when its sender takes the proposal back', async () => {
    const lodged = await complaint();
    await handOver(desk, lodged, ana, ben);
    const { id } = await propose(ben, lodged, 'ombudsman');
    await service.withdraw(ben.who.actor, id);
    expect(await reviews(lodged.id)).toEqual([{ why: 'return', waits: true, decision: 'noted' }]);
    const { rows } = await service.reviews(lead.who.actor);
    expect(rows.map(({ caseId }) => caseId)).not.toContain(lodged.id);
  });

  it('may be passed on by the triage desk, whose work that is', async () => {
    const lodged = await complaint('triage');
    await handOver(desk, lodged, tui, ana);
    await handOver(desk, lodged, ana, ben);
    expect(await reviews(lodged.id)).toEqual([]);
    const { id } = await propose(ben, lodged, 'ipca');
    expect(await stateOf(id)).toBe('proposed');
  });

  it('may go to the triage desk again, and comes from there with its way', async () => {
    const lodged = await complaint('triage');
    await handOver(desk, lodged, tui, ana);
    await handOver(desk, lodged, ana, tui);
    expect(await desk.rows('SELECT delivery FROM cases WHERE id = $1', [lodged.id])).toEqual([
      { delivery: 'triage_desk' },
    ]);
    const back = await propose(tui, lodged, 'ombudsman');
    expect(await stateOf(back.id)).toBe('held');
    expect((await service.ofCase(tui.who.actor, lodged.id)).journey).toMatchObject({ handOffs: 2, bounceBacks: 1 });
  });

  it('is on the desk of nobody but the system lead', async () => {
    for (const someone of [ana, tui]) {
      await expect(service.reviews(someone.who.actor)).rejects.toMatchObject({ code: 'not_found' });
    }
    const [review] = await desk.rows<{ id: string }>('SELECT id FROM lead_reviews LIMIT 1');
    await expect(service.review(ana.who.actor, review?.id ?? '')).rejects.toMatchObject({ code: 'not_found' });
    await expect(service.decide(tui.who.actor, review?.id ?? '', { decision: 'noted' })).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});

describe('a disclosure', () => {
  it('is not passed on a third time, and the lead never learns that there is one', async () => {
    const lodged = await lodge(desk, { agencyId: 'ombudsman', path: 'disclosure' });
    const { day } = lodged.lodging.opening;
    const change = (sent: object): object => ({ ...sent, recipientConsultedOn: day });
    await handOver(desk, lodged, ana, ben, ['case'], change);
    const { answer } = await propose(ben, lodged, 'ombudsman', { change });
    expect([answer.status, (answer.json() as { code: string }).code]).toEqual([409, 'merry_go_round']);
    await handOver(desk, lodged, ben, cas, ['case'], change);
    const third = await propose(cas, lodged, 'privacy_commissioner', { change });
    expect(third.answer.json()).toMatchObject({ code: 'merry_go_round' });
    expect(await reviews(lodged.id)).toEqual([]);
    const { rows } = await service.reviews(lead.who.actor);
    expect(rows.map(({ caseId }) => caseId)).not.toContain(lodged.id);
  });
});
