import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ReferralsService } from '../../src/cases/referrals/referrals.service.js';
import type { SealedCase } from '../../src/cases/sealed-case.js';
import { plusDays } from '../../src/clocks/holidays.js';
import { todayInAuckland } from '../../src/clocks/calendar.js';
import { bundleOf } from '../../src/delivery/webhook-bundle.js';
import { readEpochRecord } from '../../src/vault/epochs.js';
import { startDesk, SYSTEM, type Desk } from './desk.js';
import {
  accept,
  decline,
  handOver,
  openAgency,
  Person,
  propose,
  referralState,
  seat,
  sealedReferral,
  sendAgain,
  type AtDesk,
} from './handing-on.js';
import { lodge, type LodgedCase } from './sealed-cases.js';

let desk: Desk;
let ana: AtDesk;
let ari: AtDesk;
let ben: AtDesk;
let cas: AtDesk;
let service: ReferralsService;

beforeAll(async () => {
  desk = await startDesk();
  [ana, ari] = await openAgency(desk, 'ombudsman');
  [ben] = await openAgency(desk, 'hdc');
  [cas] = await openAgency(desk, 'ipca');
  service = desk.app.get(ReferralsService);
});

afterAll(async () => {
  await desk.close();
});

const complaint = (): Promise<LodgedCase> => lodge(desk, { agencyId: 'ombudsman', path: 'complaint' });
const stateOf = (id: string): Promise<unknown> => referralState(desk, id);
const wayOf = async (by: AtDesk, id: string): Promise<unknown> => {
  const { path, handOffs, bounceBacks, timesRetold } = (await service.read(by.who.actor, id)).journey;
  return { path: path.map(({ agencyId, to }) => [agencyId, to !== null]), handOffs, bounceBacks, timesRetold };
};
const agreedTo = async (lodged: LodgedCase, by: AtDesk, to: string): Promise<string> => {
  const { id, answer } = await propose(by, lodged, to);
  if (answer.status !== 204) throw new Error(answer.text);
  await (await Person.of(desk, lodged)).agree(id);
  return id;
};
/** As if everything that happened about a case had happened that many days earlier. */
const longAgo = async (caseId: string, days: number): Promise<void> => {
  await desk.rows('UPDATE case_events SET happened_on = happened_on - $2::int WHERE case_id = $1', [caseId, days]);
  await desk.rows('UPDATE referrals SET proposed_on = proposed_on - $2::int WHERE case_id = $1', [caseId, days]);
};

describe('an agency that does not have the case', () => {
  it('sees neither where it went afterwards, nor who was asked, nor who signed that, whether it declined or had it', async () => {
    const lodged = await complaint();
    const declined = await agreedTo(lodged, ana, 'hdc');
    expect((await decline(ben, declined)).status).toBe(204);
    const opened = await handOver(desk, lodged, ana, cas);
    await (await Person.of(desk, lodged)).retell(opened);
    const later = await agreedTo(lodged, cas, 'hdc');
    expect((await decline(ben, later)).status).toBe(204);

    const asItWas = { path: [['ombudsman', false]], handOffs: 0, bounceBacks: 1, timesRetold: 0 };
    for (const by of [ana, ben]) expect(await wayOf(by, declined)).toEqual(asItWas);
    expect(await wayOf(ana, opened)).toEqual({
      path: [['ombudsman', true]],
      handOffs: 1,
      bounceBacks: 1,
      timesRetold: 0,
    });
    expect((await service.ofCase(cas.who.actor, lodged.id)).journey).toMatchObject({
      handOffs: 1,
      bounceBacks: 2,
      timesRetold: 1,
    });

    const signerOf = async (id: string): Promise<string> => {
      const epochs = (await sealedReferral(cas, later)).epochs.map(({ record }) => readEpochRecord(record));
      const { number } = await sealedReferral(ben, id);
      return epochs.find(({ epoch }) => epoch === number)?.signedBy ?? '';
    };
    for (const [by, id, number] of [
      [ben, declined, 1],
      [ana, declined, 1],
      [ana, opened, 2],
    ] as const) {
      const sealed = await sealedReferral(by, id);
      expect(sealed.epochs.map(({ epoch }) => epoch)).toEqual(Array.from({ length: number }, (_, at) => at + 1));
      expect(sealed.grants.every(({ epoch }) => epoch <= number)).toBe(true);
      expect(sealed.staffSigning.map(({ kid }) => kid)).not.toContain(await signerOf(later));
    }
    expect((await sealedReferral(ben, later)).epochs).toHaveLength(3);
  });

  it('is sent no date of its own once another agency has the case', async () => {
    const lodged = await complaint();
    await handOver(desk, lodged, ana, ben);
    await desk.rows(`UPDATE clocks SET due_on = due_on - 30 WHERE case_id = $1 AND stopped_on IS NOT NULL`, [
      lodged.id,
    ]);
    await desk.rows(`UPDATE clocks SET due_on = '2027-03-01' WHERE case_id = $1 AND stopped_on IS NULL`, [lodged.id]);
    const place = { caseId: lodged.id, agencyId: 'hdc', itemId: null };
    const bundle = await desk.database.asActor(SYSTEM, (manager) => bundleOf(manager, place));
    expect(bundle?.dueOn).toBe('2027-03-01');
    expect(bundle?.consents).toHaveLength(1);
  });
});

describe('what the person signed', () => {
  it('is handed out only while it stands, and to a system only by what the case came', async () => {
    const lodged = await complaint();
    const consents = async (): Promise<number> =>
      ((await ana.client.get(`/staff/api/cases/${lodged.id}`)).json() as SealedCase).consents.length;
    const bundled = async (): Promise<number | undefined> => {
      const place = { caseId: lodged.id, agencyId: 'ombudsman', itemId: null };
      return (await desk.database.asActor(SYSTEM, (manager) => bundleOf(manager, place)))?.consents.length;
    };
    const id = await agreedTo(lodged, ana, 'hdc');
    expect([await consents(), await bundled()]).toEqual([1, 0]);
    await (await Person.of(desk, lodged)).takeBack(id);
    expect([await consents(), await bundled()]).toEqual([0, 0]);
  });
});

describe('that the person does not answer', () => {
  const shares = async (id: string): Promise<unknown> =>
    desk.rows('SELECT DISTINCT key FROM referral_grants WHERE referral_id = $1 ORDER BY key', [id]);

  it('is a ground only after ten working days, counted from when they were last asked, and shares no name', async () => {
    const lodged = await complaint();
    const { id } = await propose(ana, lodged, 'hdc', { shareIdentity: true });
    const ground = () => service.ground(ana.who.actor, id, 'same_purpose');
    await expect(ground()).rejects.toMatchObject({ code: 'still_to_answer' });
    await longAgo(lodged.id, 11);
    await expect(ground()).rejects.toMatchObject({ code: 'still_to_answer' });
    await longAgo(lodged.id, 40);
    await desk.rows(
      `INSERT INTO case_events (id, case_id, kind, happened_on, agency_id, position)
       SELECT gen_random_uuid(), case_id, kind, $2, agency_id, 99 FROM case_events
        WHERE case_id = $1 AND kind = 'referral_proposed'`,
      [lodged.id, plusDays(todayInAuckland(), -5)],
    );
    await expect(ground()).rejects.toMatchObject({ code: 'still_to_answer' });
    await longAgo(lodged.id, 40);
    await ground();
    expect(await stateOf(id)).toBe('consulted');
    expect(await shares(id)).toEqual([{ key: 'case' }]);
    expect((await service.read(ana.who.actor, id)).shared).toEqual(['case']);
    expect((await accept(ben, id)).status).toBe(204);
    expect((await service.read(ben.who.actor, id)).shared).toEqual(['case']);
  });

  it('is none once they have said no to that agency, by refusing or by taking their yes back', async () => {
    for (const no of ['refuse', 'takeBack'] as const) {
      const lodged = await complaint();
      const person = await Person.of(desk, lodged);
      const first = await propose(ana, lodged, 'hdc');
      if (no === 'takeBack') await person.agree(first.id);
      await person[no](first.id);
      const { id } = await propose(ana, lodged, 'hdc');
      await longAgo(lodged.id, 60);
      await expect(service.ground(ana.who.actor, id, 'same_purpose')).rejects.toMatchObject({
        code: 'asked_and_refused',
      });
      await service.ground(ari.who.actor, id, 'serious_threat');
      expect(await stateOf(id)).toBe('consulted');
    }
  });

  it('is one where it was the sender that took an earlier proposal back', async () => {
    const lodged = await complaint();
    const first = await agreedTo(lodged, ana, 'hdc');
    await service.withdraw(ana.who.actor, first);
    const { id } = await propose(ana, lodged, 'hdc');
    await longAgo(lodged.id, 60);
    await service.ground(ana.who.actor, id, 'same_purpose');
    expect(await stateOf(id)).toBe('consulted');
  });
});

describe('a case', () => {
  it('is proposed three times a day at most', async () => {
    const lodged = await complaint();
    const person = await Person.of(desk, lodged);
    for (let time = 1; time <= 3; time++) {
      const { id, answer } = await propose(ana, lodged, 'hdc');
      expect(answer.status).toBe(204);
      await person.refuse(id);
    }
    const { answer } = await propose(ana, lodged, 'ipca');
    expect([answer.status, answer.json()]).toEqual([409, expect.objectContaining({ code: 'enough_today' })]);
    await longAgo(lodged.id, 1);
    expect((await propose(ana, lodged, 'ipca')).answer.status).toBe(204);
  });

  it('is proposed twenty times at most', async () => {
    const lodged = await complaint();
    const person = await Person.of(desk, lodged);
    for (let time = 1; time <= 20; time++) {
      const { id, answer } = await propose(ana, lodged, 'hdc');
      expect(answer.status).toBe(204);
      await person.refuse(id);
      await longAgo(lodged.id, 1);
    }
    const { answer } = await propose(ana, lodged, 'hdc');
    expect([answer.status, answer.json()]).toEqual([409, expect.objectContaining({ code: 'too_many_referrals' })]);
  });

  it('is proposed also where an answer of the person’s is one that is not asked for any more', async () => {
    const lodged = await complaint();
    const facets = (more: object): Promise<unknown> =>
      desk.rows('UPDATE cases SET facets = facets || $2 WHERE id = $1', [lodged.id, JSON.stringify(more)]);
    await facets({ topic: 'no_longer_asked', about: 'hdc', stage: 'unsafe' });
    expect((await propose(ana, lodged, 'hdc')).answer.json()).toMatchObject({
      errors: [{ field: 'to', code: 'withheld' }],
    });
    expect((await propose(ana, lodged, 'ipca')).answer.status).toBe(204);
  });
});

describe('a grant', () => {
  const remove = (sql: string, values: unknown[]): Promise<unknown> =>
    desk.database.asActor(ana.who.actor, (manager) => manager.query(sql, values));

  it('is never deleted by the application but as a referral takes back what it released', async () => {
    const lodged = await complaint();
    const all = 'DELETE FROM case_grants WHERE case_id = $1';
    await expect(remove(all, [lodged.id])).rejects.toThrow('a grant is kept');
    const id = await agreedTo(lodged, ana, 'hdc');
    await expect(remove(all, [lodged.id])).rejects.toThrow('a grant is kept');
    expect((await accept(ben, id)).status).toBe(204);
    await expect(remove(all, [lodged.id])).rejects.toThrow('a grant is kept');
    await expect(
      remove(`${all} AND reader = ANY (SELECT kid FROM agency_keys WHERE agency_id = $2)`, [lodged.id, 'ombudsman']),
    ).rejects.toThrow('a grant is kept');
    const theirs = `SELECT g.key FROM case_grants g JOIN agency_keys k ON k.kid = g.reader
                     WHERE g.case_id = $1 AND k.agency_id = 'hdc' ORDER BY g.key`;
    expect(await desk.rows(theirs, [lodged.id])).toEqual([{ key: 'case' }, { key: 'referral' }]);
    await service.withdraw(ana.who.actor, id);
    expect(await desk.rows(theirs, [lodged.id])).toEqual([{ key: 'referral' }]);
  });

  it('that no longer fits is audited, with the day alone of a disclosure', async () => {
    for (const path of ['complaint', 'disclosure'] as const) {
      const lodged = await lodge(desk, { agencyId: 'ombudsman', path });
      const change = (sent: object): object =>
        path === 'complaint' ? sent : { ...sent, recipientConsultedOn: todayInAuckland() };
      const { id } = await propose(ana, lodged, 'hdc', { change });
      await (await Person.of(desk, lodged)).agree(id);
      await desk.rows('DELETE FROM referral_grants WHERE referral_id = $1', [id]);
      const answer = await accept(ben, id);
      expect([path, answer.status, answer.text]).toEqual([path, 409, expect.stringContaining('grant_again')]);
      expect(
        await desk.rows(
          `SELECT actor_kind, actor_id, subject, happened_at IS NULL AS "dayOnly" FROM audit_entries
            WHERE case_id = $1 AND action = 'referral.grant_again'`,
          [lodged.id],
        ),
      ).toEqual([
        { actor_kind: 'staff', actor_id: ben.who.actor.staffId, subject: id, dayOnly: path === 'disclosure' },
      ]);
      expect((await sendAgain(ana, id)).status).toBe(204);
      expect(await stateOf(id)).toBe('consulted');
    }
  });
});

describe('a system lead', () => {
  it('who is an officer too decides on nobody’s proposal but another’s, on no closed case, and advises no agency that the person fears', async () => {
    const both = await seat(desk, 'triage', ['officer', 'system_lead']);
    const lead = await seat(desk, 'triage', ['system_lead']);
    await seat(desk, 'ipca', ['officer']);
    const { who, client } = ben;
    const lodged = await complaint();
    await handOver(desk, lodged, ana, ben);
    const { id, answer } = await propose(ben, lodged, 'ombudsman');
    expect([answer.status, await stateOf(id)]).toEqual([204, 'held']);
    // As if the one who is both had proposed it at their own browser.
    await desk.rows('UPDATE referrals SET proposed_by = $2 WHERE id = $1', [id, both.who.actor.staffId]);
    const [review] = await desk.rows<{ id: string }>('SELECT id FROM lead_reviews WHERE referral_id = $1', [id]);
    const path = `/staff/lead/${review?.id ?? ''}`;
    for (const decision of ['go_on', 'stay']) {
      expect((await both.client.submit(path, { decision })).status).toBe(409);
    }
    await expect(service.decide(both.who.actor, review?.id ?? '', { decision: 'go_on' })).rejects.toMatchObject({
      code: 'own_proposal',
    });
    const decide = (decision: 'go_on' | 'elsewhere', advisedAgency?: string) =>
      service.decide(lead.who.actor, review?.id ?? '', { decision, advisedAgency });
    await desk.rows(`UPDATE cases SET facets = facets || '{"about":"ipca","stage":"unsafe"}' WHERE id = $1`, [
      lodged.id,
    ]);
    await expect(decide('elsewhere', 'ipca')).rejects.toMatchObject({ code: 'invalid' });
    await desk.rows(`UPDATE cases SET status = 'closed' WHERE id = $1`, [lodged.id]);
    await expect(decide('go_on')).rejects.toMatchObject({ code: 'case_closed' });
    await desk.rows(`UPDATE cases SET status = 'placed' WHERE id = $1`, [lodged.id]);
    await decide('go_on');
    expect(await stateOf(id)).toBe('proposed');
    expect([who.actor.agencyId, (await client.get(path)).status]).toEqual(['hdc', 404]);
  });
});
