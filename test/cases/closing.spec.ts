import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OUTCOMES } from '../../src/cases/case-outcome.js';
import { startDesk, atOnce, type Desk } from './desk.js';
import { openAgency, propose, seat, type AtDesk } from './handing-on.js';
import { lodge, wordsOf, type LodgedCase } from './sealed-cases.js';
import { close, sealedReply } from './splitting.js';

let desk: Desk;
let ana: AtDesk;
let ben: AtDesk;
let stranger: AtDesk;

beforeAll(async () => {
  desk = await startDesk();
  [ana, ben] = await openAgency(desk, 'ombudsman');
  [stranger] = await openAgency(desk, 'ipca');
});

afterAll(() => desk.close());

const complaint = (notifySealed?: string): Promise<LodgedCase> =>
  lodge(desk, { agencyId: 'ombudsman', path: 'complaint', ...(notifySealed === undefined ? {} : { notifySealed }) });

interface Standing {
  status: string;
  outcome: string | null;
  closed: boolean;
  events: string[];
  met: boolean;
}

async function standing({ id }: Pick<LodgedCase, 'id'>): Promise<Standing | undefined> {
  const [row] = await desk.rows<{
    status: string;
    outcome: string | null;
    closed: boolean;
    events: string[];
    met: boolean;
  }>(
    `SELECT status, outcome, closed_on IS NOT NULL AS closed,
            (SELECT array_agg(kind ORDER BY position) FROM case_events WHERE case_id = c.id) AS events,
            (SELECT bool_and(met_on IS NOT NULL) FROM clocks WHERE case_id = c.id) AS met
       FROM cases c WHERE id = $1`,
    [id],
  );
  return row;
}

describe('closing a complaint', () => {
  it('gives it an outcome, and the person a final answer; its clock is met and they are told', async () => {
    const found = await complaint('sealed.address');
    expect((await close(ana, found, 'partly_upheld', 'We looked. They were late.')).status).toBe(204);
    expect(await standing(found)).toEqual({
      status: 'closed',
      outcome: 'partly_upheld',
      closed: true,
      events: ['lodged', 'placed', 'reply', 'closed'],
      met: true,
    });
    expect((await wordsOf(ben.client, found.id, await ben.keys())).at(-1)).toMatchObject([
      'reply',
      expect.objectContaining({ text: 'We looked. They were late.' }),
    ]);
    const waiting = await desk.rows(`SELECT 1 FROM outbox WHERE name = 'tell_person' AND case_id = $1`, [found.id]);
    expect(waiting).toHaveLength(1);
    expect(
      await desk.rows(`SELECT subject FROM audit_entries WHERE action = 'case.closed' AND case_id = $1`, [found.id]),
    ).toEqual([{ subject: 'partly_upheld' }]);
    const { text } = await ana.client.get(`/staff/cases/${found.id}`);
    expect(text).toContain('We agree with part of the complaint');
    expect(text).toContain('Take it up again');
  });

  it('twice, also at once, closes it once; with another outcome it is a conflict', async () => {
    const found = await complaint();
    const body = { outcome: 'upheld', item: await sealedReply(ana, found, 'Done.') };
    const send = () => ana.client.post(`/staff/api/cases/${found.id}/closing`, body);
    expect((await atOnce(desk, found.id, [send, send])).map(({ status }) => status)).toEqual([204, 204]);
    expect((await send()).status).toBe(204);
    expect((await standing(found))?.events).toEqual(['lodged', 'placed', 'reply', 'closed']);
    const other = await ana.client.post(`/staff/api/cases/${found.id}/closing`, { outcome: 'resolved' });
    expect([other.status, other.json()]).toMatchObject([409, { code: 'case_closed' }]);
  });

  it.each(OUTCOMES)('as %s takes a final answer while the person has had none', async (outcome) => {
    const found = await complaint();
    const bare = await close(ana, found, outcome, null);
    expect([bare.status, bare.json()]).toMatchObject([422, { errors: [{ field: 'item', code: 'required' }] }]);
    expect((await standing(found))?.status).toBe('placed');
    const item = await sealedReply(ana, found, 'An answer.');
    expect((await ana.client.post(`/staff/api/cases/${found.id}/replies`, { item })).status).toBe(204);
    const mayBeBare = outcome === 'duplicate' || outcome === 'withdrawn';
    expect((await close(ana, found, outcome, null)).status).toBe(mayBeBare ? 204 : 422);
  });

  it('is refused while another agency is asked to take it', async () => {
    const found = await complaint();
    expect((await propose(ana, found, 'ipca')).answer.status).toBe(204);
    const answer = await close(ana, found);
    expect([answer.status, answer.json()]).toMatchObject([409, { code: 'referral_under_way' }]);
  });

  it('is refused where it is a disclosure, whose page does not offer it', async () => {
    const found = await lodge(desk, { agencyId: 'ombudsman', path: 'disclosure' });
    const answer = await close(ana, found);
    expect([answer.status, answer.json()]).toMatchObject([409, { code: 'disclosure_steps' }]);
    const { text } = await ana.client.get(`/staff/cases/${found.id}/close`);
    expect(text).toContain('A disclosure is not closed here');
    expect(text).not.toContain('id="close"');
    expect((await ana.client.get(`/staff/cases/${found.id}`)).text).not.toContain('Close the case');
  });

  it('looks like a case that is not there to those who may not know of it', async () => {
    const found = await complaint();
    const admin = await seat(desk, 'ombudsman', ['admin']);
    const item = await sealedReply(ana, found, 'No.');
    for (const { client } of [stranger, admin]) {
      expect((await client.get(`/staff/cases/${found.id}/close`)).status).toBe(404);
      expect((await client.post(`/staff/api/cases/${found.id}/closing`, { outcome: 'upheld', item })).status).toBe(404);
      expect((await client.submit(`/staff/cases/${found.id}/reopen`)).status).toBe(404);
    }
    expect((await standing(found))?.status).toBe('placed');
  });

  it('takes no outcome that is not one of ours', async () => {
    const found = await complaint();
    const item = await sealedReply(ana, found, 'No.');
    const answer = await ana.client.post(`/staff/api/cases/${found.id}/closing`, { outcome: 'ignored', item });
    expect(answer.status).toBe(422);
  });
});

describe('a closed complaint', () => {
  it('takes nothing more, and cannot be acknowledged back into work', async () => {
    const found = await complaint();
    const item = await sealedReply(ana, found, 'Late.');
    await close(ana, found);
    expect((await ana.client.post(`/staff/api/cases/${found.id}/replies`, { item })).status).toBe(409);
    expect((await ana.client.submit(`/staff/cases/${found.id}/acknowledge`)).status).toBe(409);
    expect((await standing(found))?.status).toBe('closed');
  });

  it('is taken up again at the same agency, without a new clock, and can be closed again', async () => {
    const found = await complaint('sealed.address');
    await close(ana, found);
    expect((await ben.client.submit(`/staff/cases/${found.id}/reopen`)).location).toBe(`/staff/cases/${found.id}`);
    expect(await standing(found)).toEqual({
      status: 'acknowledged',
      outcome: null,
      closed: false,
      events: ['lodged', 'placed', 'reply', 'closed', 'reopened'],
      met: true,
    });
    expect((await ben.client.submit(`/staff/cases/${found.id}/reopen`)).status).toBe(409);
    expect((await close(ben, found, 'resolved', 'It is put right now.')).status).toBe(204);
    expect((await standing(found))?.outcome).toBe('resolved');
  });
});
