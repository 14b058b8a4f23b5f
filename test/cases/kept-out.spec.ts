import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { sealNote, sealReply } from '../../src/cases/seal-words.js';
import { todayInAuckland } from '../../src/clocks/calendar.js';
import { atOnce, startDesk, type Answer, type Desk, type DeskClient } from './desk.js';
import {
  accept,
  handOver,
  open,
  openAgency,
  Person,
  propose,
  seat,
  sealedProposal,
  type AtDesk,
} from './handing-on.js';
import { fetchSealed, lodge, type LodgedCase } from './sealed-cases.js';
import { split } from './splitting.js';

let desk: Desk;
/** An officer and a lead, each a disclosure officer too. */
let ana: AtDesk;
let ben: AtDesk;
/** Who is kept out. */
let cat: AtDesk;
let hana: AtDesk;
let hone: AtDesk;

beforeAll(async () => {
  desk = await startDesk();
  cat = await seat(desk, 'ombudsman', ['officer', 'lead', 'disclosure_officer']);
  [ana, ben] = await openAgency(desk, 'ombudsman');
  [hana, hone] = await openAgency(desk, 'hdc');
});

afterAll(async () => {
  await desk.close();
});

const idOf = ({ who }: AtDesk): string => who.actor.staffId;
const complaint = (): Promise<LodgedCase> => lodge(desk, { agencyId: 'ombudsman', path: 'complaint' });
const disclosure = (): Promise<LodgedCase> => lodge(desk, { agencyId: 'ombudsman', path: 'disclosure' });

/** The kid of an agency's recovery key, which reads every disclosure that comes to it. */
async function onPaper(agencyId: string): Promise<string> {
  const [row] = await desk.rows<{ kid: string }>(
    `SELECT kid FROM recovery_keys WHERE agency_id = $1 AND purpose = 'disclosures'`,
    [agencyId],
  );
  return row?.kid ?? '';
}

/** Of a disclosure the receiver is asked first (s 16). */
const consulted = (sent: object): object => ({ ...sent, recipientConsultedOn: todayInAuckland() });

function wall(by: AtDesk, { id }: Pick<LodgedCase, 'id'>, who: AtDesk, reason = 'named'): Promise<Answer> {
  return by.client.submit(`/staff/cases/${id}/walls`, { staffId: idOf(who), reason });
}

function recuse(who: AtDesk, { id }: Pick<LodgedCase, 'id'>, reason = 'knows_person'): Promise<Answer> {
  return who.client.submit(`/staff/cases/${id}/recusal`, { reason });
}

async function lift(by: AtDesk, { id }: Pick<LodgedCase, 'id'>, who: AtDesk): Promise<number> {
  const [found] = await desk.rows<{ id: string }>(
    `SELECT id FROM case_walls WHERE case_id = $1 AND staff_id = $2 ORDER BY lifted_on IS NULL DESC LIMIT 1`,
    [id, idOf(who)],
  );
  return (await by.client.submit(`/staff/cases/${id}/walls/${found?.id ?? randomUUID()}/lift`)).status;
}

/** An answer without what differs in any two: the address itself, the token, the correlation id. */
function shown({ status, text }: Answer, id: string): string {
  return `${status.toString()} ${text}`
    .replaceAll(id, 'ID')
    .replace(/(?:content|value)="[\w-]{43}"/g, 'TOKEN')
    .replace(/"(correlation|correlationId|instance)":"[^"]*"/g, '"$1"');
}

/** Every way to a case, or to a referral of it. */
function ways(id: string, referral: string): ((client: DeskClient) => Promise<Answer>)[] {
  const item = { id: randomUUID(), jwe: 'a.a.a.a.a' };
  const pages = [
    '',
    '/acknowledge',
    '/reply',
    '/note',
    '/assign',
    '/close',
    '/split',
    '/link',
    '/refer',
    '/correction',
  ];
  return [
    ...[...pages, '/walls'].map((rest) => (client: DeskClient) => client.get(`/staff/cases/${id}${rest}`)),
    (client) => client.get(`/staff/api/cases/${id}`),
    (client) => client.get(`/staff/api/cases/${id}/receivers/hdc`),
    (client) => client.get(`/staff/referrals/${referral}`),
    (client) => client.get(`/staff/api/referrals/${referral}`),
    (client) => client.get(`/staff/api/referrals/${referral}/case`),
    (client) => client.submit(`/staff/referrals/${referral}/withdraw`),
    (client) => client.submit(`/staff/cases/${id}/acknowledge`),
    (client) => client.submit(`/staff/cases/${id}/take`, { heldBy: '' }),
    (client) => client.submit(`/staff/cases/${id}/assign`, { to: idOf(ana), heldBy: '' }),
    (client) => client.submit(`/staff/cases/${id}/reopen`),
    (client) => client.submit(`/staff/cases/${id}/links/${randomUUID()}/remove`),
    (client) => client.submit(`/staff/cases/${id}/recusal`, { reason: 'other' }),
    (client) => client.submit(`/staff/cases/${id}/walls`, { staffId: idOf(ana), reason: 'other' }),
    (client) => client.submit(`/staff/cases/${id}/walls/${randomUUID()}/lift`),
    (client) => client.post(`/staff/api/cases/${id}/acknowledgement`, {}),
    (client) => client.post(`/staff/api/cases/${id}/replies`, { item }),
    (client) => client.post(`/staff/api/cases/${id}/notes`, { item }),
    (client) => client.post(`/staff/api/cases/${id}/closing`, { outcome: 'upheld', item }),
  ];
}

async function everyAnswer(who: AtDesk, id: string, referral: string): Promise<string[]> {
  const answers: string[] = [];
  for (const way of ways(id, referral)) answers.push(shown(shownFor(await way(who.client), referral), id));
  return answers;
}

const shownFor = (answer: Answer, referral: string): Answer => ({
  ...answer,
  text: answer.text.replaceAll(referral, 'REFERRAL'),
});

/** References on a list, walked from its first page to its last, page by page. */
async function pagesOf({ client }: AtDesk, path: string): Promise<string[][]> {
  const pages: string[][] = [];
  for (let next: string | undefined = path; next !== undefined;) {
    const { text } = await client.get(next);
    pages.push([...text.matchAll(/>(W[0-9a-f]{12})</g)].map(([, reference]) => reference ?? ''));
    next = /rel="next" href="([^"]+)"/.exec(text)?.[1]?.replaceAll('&amp;', '&');
  }
  return pages;
}

/** Complaints that are long past their date. */
async function insertOverdue(count: number): Promise<string[]> {
  const rows = await desk.rows<{ id: string }>(
    `WITH made AS (
       INSERT INTO cases (id, reference, agency_id, path, delivery, facets, ruleset, rules, sealed_where, status, lodged_on)
       SELECT gen_random_uuid(), 'W' || substr(md5(random()::text || n), 1, 12), 'ombudsman', 'complaint', 'direct', '{}',
              't', '{}', 'browser', 'placed', '2031-01-01'::date + n
         FROM generate_series(1, $1) n RETURNING id, lodged_on)
     , clocked AS (
       INSERT INTO clocks (case_id, kind, basis, started_on, due_on)
       SELECT id, 'answer', 'our_aim', '2026-01-01', '2026-01-05' FROM made)
     SELECT id FROM made ORDER BY lodged_on DESC`,
    [count],
  );
  return rows.map(({ id }) => id);
}

describe('a case that somebody is kept out of', () => {
  it.each(['complaint', 'disclosure'] as const)('looks like none at all: a %s', async (path) => {
    const found = await lodge(desk, { agencyId: 'ombudsman', path });
    const { id: referral, answer } = await propose(
      ana,
      found,
      'hdc',
      path === 'disclosure' ? { change: consulted } : {},
    );
    expect(answer.status).toBe(204);
    const list = path === 'complaint' ? '/staff/inbox' : '/staff/disclosures';
    const lists = [list, `/staff/referrals?direction=going&path=${path}`, `${list}?holder=mine`];
    await cat.client.submit(`/staff/cases/${found.id}/take`, { heldBy: '' });
    for (const one of lists) expect((await cat.client.get(one)).text).toContain(found.reference);

    expect((await wall(ana, found, cat)).status).toBe(303);
    for (const one of lists) expect((await cat.client.get(one)).text).not.toContain(found.reference);
    const real = await everyAnswer(cat, found.id, referral);
    expect(real).toEqual(await everyAnswer(cat, randomUUID(), randomUUID()));
    expect(real.filter((one) => !one.startsWith('404 '))).toEqual([]);
    expect(await desk.rows(`SELECT assigned_to FROM cases WHERE id = $1`, [found.id])).toEqual([{ assigned_to: null }]);

    for (const who of [ana, ben]) expect((await who.client.get(`/staff/cases/${found.id}`)).status).toBe(200);
    const walls = await ben.client.get(`/staff/cases/${found.id}/walls`);
    expect(walls.text).toContain(`${cat.who.actor.displayName} has been kept out`);
    const logged = await desk.rows(
      `SELECT subject, happened_at FROM audit_entries WHERE case_id = $1 AND action = $2`,
      [found.id, 'case.walled_off'],
    );
    const at = path === 'complaint' ? (expect.any(Date) as unknown) : null;
    expect(logged).toEqual([{ subject: idOf(cat), happened_at: at }]);
  });

  it('leaves no gap, no short page and no other count in the lists', async () => {
    const ids = await insertOverdue(60);
    const out = ids.filter((_, at) => at % 3 !== 1);
    for (const id of out) expect((await recuse(cat, { id }, 'conflict_of_interest')).status).toBe(303);
    const all = new Set((await pagesOf(ben, '/staff/inbox')).flat());
    const hidden = new Set(
      (await desk.rows<{ reference: string }>('SELECT reference FROM cases WHERE id = ANY ($1)', [out])).map(
        ({ reference }) => reference,
      ),
    );
    const pages = await pagesOf(cat, '/staff/inbox');
    const others = (await pagesOf(ben, '/staff/inbox')).flat().filter((reference) => !hidden.has(reference));
    expect(all.size - hidden.size).toBe(20);
    expect(pages.flat()).toEqual(others);
    // These 20 are the newest of the inbox: all of them stand on the first page, with older cases behind them.
    expect(pages[0]).toHaveLength(20);

    const overdue = (text: string): number => [...text.matchAll(/>W[0-9a-f]{12}</g)].length;
    expect(overdue((await ben.client.get('/staff/overdue')).text)).toBe(50);
    const { text } = await cat.client.get('/staff/overdue');
    expect(overdue(text)).toBe(20);
    expect(text).not.toContain('rel="next"');
    await desk.rows(`DELETE FROM clocks WHERE case_id = ANY ($1)`, [ids]);
  });

  it('is not given to them, nor are they among those it could be given to', async () => {
    const found = await complaint();
    const page = `/staff/cases/${found.id}/assign`;
    expect((await ana.client.get(page)).text).toContain(idOf(cat));
    await wall(ana, found, cat);
    expect((await ana.client.get(page)).text).not.toContain(idOf(cat));
    expect((await ana.client.submit(page, { to: idOf(cat), heldBy: '' })).status).toBe(422);
  });

  it('is not given to them either at the very moment when they are kept out', async () => {
    const found = await complaint();
    const [, assigned] = await atOnce(desk, found.id, [
      () => wall(ana, found, cat),
      () => ben.client.submit(`/staff/cases/${found.id}/assign`, { to: idOf(cat), heldBy: '' }),
    ]);
    expect([303, 422]).toContain(assigned?.status);
    expect(await desk.rows(`SELECT assigned_to FROM cases WHERE id = $1`, [found.id])).toEqual([{ assigned_to: null }]);
  });

  it('is not among what belongs to another case, and linking it says nothing', async () => {
    const [known, secret] = [await complaint(), await complaint()];
    await wall(ana, secret, cat);
    const link = (by: AtDesk) =>
      by.client.submit(`/staff/cases/${known.id}/links`, { reference: secret.reference, kind: 'related' });
    const looks = async () => (await cat.client.get(`/staff/cases/${known.id}`)).text;
    expect((await link(ana)).status).toBe(303);
    expect(await looks()).not.toContain(secret.reference);
    // Said by them, it is there as any reference would be, and leads nowhere.
    expect((await link(cat)).status).toBe(303);
    expect(await looks()).toContain(secret.reference);
    expect(await looks()).not.toContain(secret.id);
  });

  it('keeps its parts from them too, those made before and those made after', async () => {
    const whole = await complaint();
    const before = await split(ana, whole);
    await wall(ana, before, cat);
    const after = await split(ana, whole);
    for (const { id } of [whole, before, after]) {
      expect((await cat.client.get(`/staff/cases/${id}`)).status).toBe(404);
      expect((await ben.client.get(`/staff/cases/${id}`)).status).toBe(200);
    }
  });

  it('stays kept from them when it comes back from another agency', async () => {
    const found = await complaint();
    await wall(ana, found, cat);
    await handOver(desk, found, ana, hana);
    const { id: referral } = await propose(hone, found, 'ombudsman');
    const lead = await seat(desk, 'triage', ['system_lead']);
    const [review] = await desk.rows<{ id: string }>('SELECT id FROM lead_reviews WHERE referral_id = $1', [referral]);
    await lead.client.submit(`/staff/lead/${review?.id ?? ''}`, { decision: 'go_on' });
    await (await Person.of(desk, found)).agree(referral);
    const coming = '/staff/referrals?direction=coming&path=complaint';
    expect((await ben.client.get(coming)).text).toContain(found.reference);
    expect((await cat.client.get(coming)).text).not.toContain(found.reference);
    expect([await accept(ben, referral), await open(ben, referral)]).toMatchObject([{ status: 204 }, { status: 204 }]);
    expect((await ben.client.get(`/staff/cases/${found.id}`)).status).toBe(200);
    expect((await cat.client.get(`/staff/cases/${found.id}`)).status).toBe(404);
    expect((await cat.client.get(`/staff/referrals/${referral}`)).status).toBe(404);
  });
});

describe('a disclosure that somebody is kept out of', () => {
  it('is written on by the others, and notes are begun anew without who is kept out', async () => {
    const found = await disclosure();
    const note = async (by: AtDesk) => {
      const keys = await by.keys();
      const { sealed, opened } = await fetchSealed(by.client, found.id, keys);
      const made = await sealNote(sealed, opened, keys.signing, 'A note');
      return { made, answer: await by.client.post(`/staff/api/cases/${found.id}/notes`, made) };
    };
    expect((await note(cat)).answer.status).toBe(204);
    expect((await recuse(cat, found)).status).toBe(303);

    // One sealed under the key that they hold is turned away.
    const stale = await note(ana);
    expect(stale.made.desk?.grants.map(({ reader }) => reader).sort()).toEqual(
      [ana.who.agreement.kid, ben.who.agreement.kid, await onPaper('ombudsman')].sort(),
    );
    expect(stale.answer.status).toBe(204);
    const next = await note(ben);
    expect([next.made.desk, next.answer.status]).toEqual([undefined, 204]);

    const keys = await ana.keys();
    const { sealed, opened } = await fetchSealed(ana.client, found.id, keys);
    expect(sealed.keptOut.map(({ kid }) => kid)).toEqual([cat.who.agreement.kid]);
    const item = await sealReply(sealed, opened, keys.signing, 'An answer');
    expect((await ana.client.post(`/staff/api/cases/${found.id}/replies`, { item })).status).toBe(204);
  });

  it('takes no note under the old key once somebody is kept out', async () => {
    const found = await disclosure();
    const keys = await ana.keys();
    const path = `/staff/api/cases/${found.id}/notes`;
    const seal = async () => {
      const { sealed, opened } = await fetchSealed(ana.client, found.id, keys);
      return sealNote(sealed, opened, keys.signing, 'A note');
    };
    expect((await ana.client.post(path, await seal())).status).toBe(204);
    const stale = await seal();
    await wall(ben, found, cat);
    expect(stale.desk).toBeUndefined();
    const answer = await ana.client.post(path, stale);
    expect([answer.status, answer.json()]).toMatchObject([409, { code: 'epoch_closed' }]);
    expect((await ana.client.post(path, await seal())).status).toBe(204);
  });

  it('is passed on to none of a receiver’s people who are kept out there', async () => {
    const found = await disclosure();
    await desk.rows(
      `INSERT INTO case_walls (id, case_id, staff_id, reason, set_by, set_on)
       VALUES (gen_random_uuid(), $1, $2, 'named', $3, current_date)`,
      [found.id, idOf(hana), idOf(hone)],
    );
    const sent = await sealedProposal(ana, found, 'hdc');
    expect(new Set(sent.grants.map(({ reader }) => reader))).toEqual(
      new Set([hone.who.agreement.kid, await onPaper('hdc')]),
    );
    const answer = await ana.client.post(`/staff/api/cases/${found.id}/referrals`, consulted(sent));
    expect(answer.status).toBe(204);
  });
});

describe('letting somebody in again', () => {
  it('is for a lead where it is a complaint', async () => {
    const found = await complaint();
    await wall(ana, found, cat);
    const dan = await seat(desk, 'ombudsman', ['officer']);
    expect([await lift(dan, found, cat), await lift(ana, found, cat), await lift(cat, found, cat)]).toEqual([
      404, 404, 404,
    ]);
    expect((await ana.client.get(`/staff/cases/${found.id}/walls`)).text).not.toContain('/lift"');
    expect((await ben.client.get(`/staff/cases/${found.id}/walls`)).text).toContain('/lift"');
    expect([await lift(ben, found, cat), await lift(ben, found, cat)]).toEqual([303, 303]);
    expect((await cat.client.get(`/staff/cases/${found.id}`)).status).toBe(200);
    const logged = await desk.rows(
      `SELECT actor_id FROM audit_entries WHERE case_id = $1 AND action = 'case.wall_lifted'`,
      [found.id],
    );
    expect(logged).toEqual([{ actor_id: idOf(ben) }]);
    // It can be set again, and one that stands is not set twice.
    expect([(await wall(ana, found, cat)).status, (await wall(ben, found, cat)).status]).toEqual([303, 303]);
    const standing = await desk.rows(`SELECT set_by FROM case_walls WHERE case_id = $1 AND lifted_on IS NULL`, [
      found.id,
    ]);
    expect(standing).toEqual([{ set_by: idOf(ana) }]);
  });

  it('takes a second disclosure officer where it is a disclosure', async () => {
    const found = await disclosure();
    await wall(ben, found, cat);
    expect([await lift(ben, found, cat), await lift(cat, found, cat)]).toEqual([404, 404]);
    expect(await lift(ana, found, cat)).toBe(303);
    expect((await cat.client.get(`/staff/cases/${found.id}`)).status).toBe(200);
    await recuse(cat, found);
    expect(await lift(cat, found, cat)).toBe(404);
    expect(await lift(ben, found, cat)).toBe(303);
  });

  it('is for their own agency', async () => {
    const found = await complaint();
    await wall(ana, found, cat);
    await handOver(desk, found, ana, hana);
    expect((await hone.client.get(`/staff/cases/${found.id}/walls`)).text).not.toContain(cat.who.actor.displayName);
    expect(await lift(hone, found, cat)).toBe(404);
  });
});

describe('stepping back', () => {
  it('is for the last reader no way out: somebody must be left', async () => {
    const found = await complaint();
    await desk.rows(`UPDATE staff SET active = false WHERE agency_id = 'ombudsman' AND id <> ALL ($1)`, [
      [idOf(ana), idOf(ben), idOf(cat)],
    ]);
    const [first, second] = [await recuse(cat, found), await recuse(ben, found)];
    expect([first.status, second.status]).toEqual([303, 303]);
    const last = await recuse(ana, found);
    expect(last.status).toBe(409);
    expect((await ana.client.get(`/staff/cases/${found.id}`)).status).toBe(200);
  });

  it('leaves somebody also where the last two step back at once', async () => {
    const found = await complaint();
    await wall(ana, found, cat);
    const answers = await atOnce(desk, found.id, [() => recuse(ana, found), () => recuse(ben, found)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 409]);
  });

  it('asks for a reason, and for a colleague to keep out, of the own agency and not oneself', async () => {
    const found = await complaint();
    expect((await recuse(cat, found, 'none_of_ours')).status).toBe(422);
    for (const who of [hana, ana]) expect((await wall(ana, found, who)).status).toBe(422);
    expect(await desk.rows('SELECT FROM case_walls WHERE case_id = $1', [found.id])).toEqual([]);
  });
});

describe('the desk of the system lead', () => {
  it('does not show them what they are kept out of', async () => {
    const lead = await seat(desk, 'triage', ['system_lead']);
    const found = await complaint();
    const [review] = await desk.rows<{ id: string }>(
      `INSERT INTO lead_reviews (id, case_id, why, opened_on) VALUES (gen_random_uuid(), $1, 'two_hand_offs', current_date)
       RETURNING id`,
      [found.id],
    );
    const page = `/staff/lead/${review?.id ?? ''}`;
    expect((await lead.client.get('/staff/lead')).text).toContain(found.reference);
    expect((await lead.client.get(page)).status).toBe(200);
    await desk.rows(
      `INSERT INTO case_walls (id, case_id, staff_id, reason, set_by, set_on)
       VALUES (gen_random_uuid(), $1, $2, 'named', $3, current_date)`,
      [found.id, idOf(lead), idOf(ana)],
    );
    expect((await lead.client.get('/staff/lead')).text).not.toContain(found.reference);
    expect((await lead.client.get(page)).status).toBe(404);
    expect((await lead.client.submit(page, { decision: 'noted' })).status).toBe(404);
  });
});
