import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { releaseCases } from '../../src/cases/leaving/end-membership.js';
import type { Role } from '../../src/staff/roles.js';
import { dayInAuckland } from '../../src/web/day.js';
import { DeskClient, startDesk, SYSTEM, type Desk } from './desk.js';
import { openAgency, seat, type AtDesk } from './handing-on.js';
import { lodge } from './sealed-cases.js';

let desk: Desk;
let officer: AtDesk;
let lead: AtDesk;
let admin: AtDesk;
/** Of another agency. */
let stranger: AtDesk;

beforeAll(async () => {
  desk = await startDesk();
  [officer, lead] = await openAgency(desk, 'ombudsman');
  admin = await seat(desk, 'ombudsman', ['admin']);
  stranger = await seat(desk, 'ipca', ['lead']);
});

afterAll(async () => {
  await desk.close();
});

const idOf = ({ who }: AtDesk): string => who.actor.staffId;
const inDays = (days: number): string => dayInAuckland(new Date(Date.now() + days * 86_400_000));
const OVERDUE = '/staff/overdue';

const statusOf = async ({ client }: AtDesk, path: string): Promise<number> => (await client.get(path)).status;

function lend(by: AtDesk, to: AtDesk, untilDay = inDays(3)): Promise<number> {
  return by.client.submit('/staff/delegations', { toId: idOf(to), untilDay }).then(({ status }) => status);
}

async function loanOf(to: AtDesk): Promise<string> {
  const [row] = await desk.rows<{ id: string }>(`SELECT id FROM delegations WHERE to_id = $1 AND ended_on IS NULL`, [
    idOf(to),
  ]);
  return row?.id ?? randomUUID();
}

afterEach(async () => {
  await desk.rows('DELETE FROM delegations');
});

describe('a lead who is away', () => {
  it('lets an officer act as lead, in sessions that are open already, until the last day is over', async () => {
    expect(await statusOf(officer, OVERDUE)).toBe(404);
    expect(await lend(lead, officer)).toBe(303);
    expect(await statusOf(officer, OVERDUE)).toBe(200);
    expect((await officer.client.get('/staff/inbox')).text).toContain('href="/staff/overdue"');

    // It is its last day; then the day is over, though nobody signed out.
    const move = (day: string) => desk.rows('UPDATE delegations SET until_day = $1', [day]);
    await move(inDays(0));
    expect(await statusOf(officer, OVERDUE)).toBe(200);
    await move(inDays(-1));
    expect(await statusOf(officer, OVERDUE)).toBe(404);
    expect(await statusOf(officer, '/staff/inbox')).toBe(200);
  });

  it('has it recorded in whose place the officer acts', async () => {
    const found = await lodge(desk, { agencyId: 'ombudsman', path: 'complaint' });
    const other = await seat(desk, 'ombudsman', ['officer']);
    await officer.client.submit(`/staff/cases/${found.id}/walls`, { staffId: idOf(other), reason: 'named' });
    const [wall] = await desk.rows<{ id: string }>('SELECT id FROM case_walls WHERE case_id = $1', [found.id]);
    const lift = `/staff/cases/${found.id}/walls/${wall?.id ?? ''}/lift`;
    expect((await officer.client.submit(lift)).status).toBe(404);
    await lend(lead, officer);
    expect((await officer.client.submit(lift)).status).toBe(303);
    const logged = await desk.rows(
      `SELECT action, actor_id, subject FROM audit_entries WHERE case_id = $1 AND action = ANY ($2) ORDER BY action`,
      [found.id, ['case.wall_lifted', 'staff.acted_as_delegate']],
    );
    expect(logged).toEqual([
      { action: 'case.wall_lifted', actor_id: idOf(officer), subject: idOf(other) },
      { action: 'staff.acted_as_delegate', actor_id: idOf(officer), subject: idOf(lead) },
    ]);
  });

  it('is shown on the page of the people, to the administrator', async () => {
    await lend(lead, officer);
    const { text } = await admin.client.get('/staff/people');
    expect(text).toContain(`Lead for ${lead.who.actor.displayName} until`);
  });

  it.each([
    ['the lead', () => lead],
    ['the officer', () => officer],
    ['an administrator', () => admin],
  ])('is taken back early by %s', async (_, by) => {
    await lend(lead, officer);
    const loan = await loanOf(officer);
    expect((await stranger.client.submit(`/staff/delegations/${loan}/end`)).status).toBe(404);
    expect(await statusOf(officer, OVERDUE)).toBe(200);
    expect((await by().client.submit(`/staff/delegations/${loan}/end`)).status).toBe(303);
    expect(await statusOf(officer, OVERDUE)).toBe(404);
  });

  it('lends nothing for more than 90 days, for a day that is over, or for no day', async () => {
    for (const day of [inDays(91), inDays(-1), '2026-02-31x', '']) expect(await lend(lead, officer, day)).toBe(422);
    expect(await lend(lead, officer, inDays(90))).toBe(303);
    expect(await lend(lead, officer, inDays(0))).toBe(303);
    const standing = await desk.rows(`SELECT until_day::text FROM delegations WHERE ended_on IS NULL`);
    expect(standing).toEqual([{ until_day: inDays(0) }]);
  });

  it('lends to nobody who holds no key to complaints, is a lead, or works elsewhere, and what is lent is not lent on', async () => {
    // Somebody of other roles, of another agency, each in turn.
    const other = await seat(desk, 'ombudsman', ['officer']);
    const is = (roles: Role[], agencyId = 'ombudsman') =>
      desk.rows('UPDATE staff SET roles = $2, agency_id = $3 WHERE id = $1', [idOf(other), roles, agencyId]);
    for (const roles of [['disclosure_officer'], ['lead'], ['analyst'], ['auditor'], ['admin']] as Role[][]) {
      await is(roles);
      expect(await lend(lead, other)).toBe(422);
    }
    await is(['officer'], 'ipca');
    expect(await lend(lead, other)).toBe(422);
    await is(['officer']);
    expect(await lend(lead, lead)).toBe(422);
    for (const nobody of [admin, other]) expect(await lend(nobody, officer)).toBe(404);
    expect(await lend(lead, officer)).toBe(303);
    expect(await lend(officer, other)).toBe(404);
  });

  it('lends nothing any more once they are no lead themself', async () => {
    const second = await seat(desk, 'ombudsman', ['lead', 'officer']);
    await lend(second, officer);
    expect(await statusOf(officer, OVERDUE)).toBe(200);
    await admin.client.submit(`/staff/people/${idOf(second)}/roles`, { roles: 'officer' });
    expect(await statusOf(officer, OVERDUE)).toBe(404);
  });
});

describe('changing what somebody may do', () => {
  const change = (by: AtDesk, of: AtDesk, ...roles: Role[]) =>
    by.client.submit(`/staff/people/${idOf(of)}/roles`, { roles: roles as unknown as string });
  const rolesOf = async (who: AtDesk): Promise<unknown> =>
    (await desk.rows<{ roles: Role[] }>('SELECT roles FROM staff WHERE id = $1', [idOf(who)]))[0]?.roles;

  it('counts at once: the sessions of the person end, and what they were is gone', async () => {
    const person = await seat(desk, 'ombudsman', ['lead']);
    const elsewhere = await DeskClient.of(desk, person.who);
    expect(await statusOf(person, OVERDUE)).toBe(200);
    expect((await change(admin, person, 'officer')).status).toBe(303);
    for (const client of [person.client, elsewhere]) {
      expect(await client.get(OVERDUE)).toMatchObject({
        status: 303,
        location: `/staff/sign-in?next=${encodeURIComponent(OVERDUE)}`,
      });
    }
    expect((await DeskClient.of(desk, person.who).then((anew) => anew.get(OVERDUE))).status).toBe(404);
    const logged = await desk.rows(
      `SELECT action, subject FROM audit_entries WHERE subject LIKE $1 || ':%' ORDER BY action`,
      [idOf(person)],
    );
    expect(logged).toEqual([
      { action: 'staff.role_given', subject: `${idOf(person)}:officer` },
      { action: 'staff.role_taken', subject: `${idOf(person)}:lead` },
    ]);
  });

  it('lets go of the cases that they may read no more, and of no other', async () => {
    const person = await seat(desk, 'ombudsman', ['officer', 'disclosure_officer']);
    const [kept, lost] = [
      await lodge(desk, { agencyId: 'ombudsman', path: 'disclosure' }),
      await lodge(desk, { agencyId: 'ombudsman', path: 'complaint' }),
    ];
    await desk.rows('UPDATE cases SET assigned_to = $1 WHERE id = ANY ($2)', [idOf(person), [kept.id, lost.id]]);
    await desk.rows(`DELETE FROM outbox WHERE name = 'release_cases'`);
    await change(admin, person, 'disclosure_officer');
    expect(await desk.rows(`SELECT queue FROM outbox WHERE name = 'release_cases'`)).toEqual([{ queue: 'routing' }]);
    for (let time = 1; time <= 2; time++) await desk.database.asActor(SYSTEM, releaseCases);
    const held = async ({ id }: { id: string }) => desk.rows('SELECT assigned_to FROM cases WHERE id = $1', [id]);
    expect([await held(kept), await held(lost)]).toEqual([[{ assigned_to: idOf(person) }], [{ assigned_to: null }]]);
  });

  it('is for an administrator of the same agency, and never about themself', async () => {
    const person = await seat(desk, 'ombudsman', ['officer']);
    const elsewhere = await seat(desk, 'ipca', ['admin']);
    for (const [by, of] of [
      [elsewhere, person],
      [lead, person],
      [admin, admin],
    ] as const) {
      expect((await change(by, of, 'officer')).status).toBe(404);
      expect((await by.client.get(`/staff/people/${idOf(of)}/roles`)).status).toBe(404);
    }
    expect((await admin.client.get(`/staff/people/${idOf(person)}/roles`)).text).toContain('value="officer" checked');
    for (const roles of [['admin', 'officer'], ['system_lead'], ['triage'], []] as Role[][]) {
      expect((await change(admin, person, ...roles)).status).toBe(422);
    }
    expect(await rolesOf(person)).toEqual(['officer']);
  });

  it('takes a second administrator where a grave role is given, and one where it is taken', async () => {
    const [first, person] = [await seat(desk, 'hdc', ['admin']), await seat(desk, 'hdc', ['officer'])];
    // There is nobody else to ask.
    expect((await change(first, person, 'disclosure_officer')).location).toBe('/staff/people');
    expect(await rolesOf(person)).toEqual(['disclosure_officer']);
    await change(first, person, 'officer');
    expect(await rolesOf(person)).toEqual(['officer']);

    const second = await seat(desk, 'hdc', ['admin']);
    expect((await change(first, person, 'disclosure_officer')).location).toBe('/staff/role-changes');
    expect((await change(second, person, 'disclosure_officer')).status).toBe(409);
    expect(await rolesOf(person)).toEqual(['officer']);
    const [waiting] = await desk.rows<{ id: string }>(
      'SELECT id FROM role_changes WHERE staff_id = $1 AND decided_on IS NULL',
      [idOf(person)],
    );
    const page = `/staff/role-changes/${waiting?.id ?? ''}`;
    expect((await first.client.get('/staff/role-changes')).text).not.toContain(`${page}/approve`);
    expect((await second.client.get('/staff/role-changes')).text).toContain(`${page}/approve`);
    for (const by of [first, admin]) expect((await by.client.submit(`${page}/approve`)).status).toBe(404);
    expect((await second.client.submit(`${page}/approve`)).status).toBe(303);
    expect(await rolesOf(person)).toEqual(['disclosure_officer']);
    expect((await second.client.submit(`${page}/approve`)).status).toBe(404);

    await change(second, person, 'officer');
    expect(await rolesOf(person)).toEqual(['officer']);
    await change(second, person, 'admin');
    const [again] = await desk.rows<{ id: string }>(
      'SELECT id FROM role_changes WHERE staff_id = $1 AND decided_on IS NULL',
      [idOf(person)],
    );
    expect((await first.client.submit(`/staff/role-changes/${again?.id ?? ''}/refuse`)).status).toBe(303);
    expect(await rolesOf(person)).toEqual(['officer']);
  });
});

describe('inviting somebody to a grave role', () => {
  const invite = (by: AtDesk, agencyId: string, roles: Role, forWhom = 'Hemi of the board') =>
    by.client.submit('/staff/people/invite', { agencyId, roles, forWhom });
  const WAITING = '/staff/role-changes';

  async function waiting(): Promise<string> {
    const [row] = await desk.rows<{ id: string }>('SELECT id FROM asked_invitations');
    return `/staff/asked-invitations/${row?.id ?? ''}`;
  }

  it('takes a second administrator, where there is one, who alone is shown the link', async () => {
    const first = await seat(desk, 'acc', ['admin']);
    // There is nobody else to ask.
    expect((await invite(first, 'acc', 'admin', '')).text).toContain('/staff/join#');
    const second = await seat(desk, 'acc', ['admin']);
    await desk.rows('DELETE FROM staff_invitations');
    for (const role of ['admin', 'disclosure_officer'] as const) {
      expect((await invite(first, 'acc', role, ' ')).status).toBe(422);
      expect((await invite(first, 'acc', role)).location).toBe(WAITING);
      const asked = await waiting();
      expect(await desk.rows('SELECT FROM staff_invitations')).toEqual([]);
      const [mine, theirs] = [await first.client.get(WAITING), await second.client.get(WAITING)];
      expect([mine.text, theirs.text].map((text) => text.includes(`${asked}/approve`))).toEqual([false, true]);
      expect(theirs.text).toContain('Hemi of the board');
      expect((await admin.client.get(WAITING)).text).not.toContain('Hemi');
      for (const by of [first, admin, officer]) {
        expect((await by.client.submit(`${asked}/approve`)).status).toBe(404);
      }
      const answers = await Promise.all([1, 2].map(() => second.client.submit(`${asked}/approve`)));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 404]);
      expect(answers.map(({ text }) => text).join()).toMatch(/\/staff\/join#[A-Za-z0-9_-]{43}/);
      expect(await desk.rows('SELECT roles FROM staff_invitations')).toEqual([{ roles: [role] }]);
      expect(await desk.rows('SELECT FROM asked_invitations')).toEqual([]);
      await desk.rows('DELETE FROM staff_invitations');
    }
    expect((await invite(first, 'acc', 'officer', '')).text).toContain('/staff/join#');
    const logged = await desk.rows<{ action: string }>(
      `SELECT action FROM audit_entries WHERE action LIKE 'staff.invit%' AND actor_id = ANY ($1) ORDER BY action`,
      [[idOf(first), idOf(second)]],
    );
    expect(logged.map(({ action }) => action)).toEqual([
      ...Array<string>(2).fill('staff.invitation_approved'),
      ...Array<string>(2).fill('staff.invitation_asked'),
      ...Array<string>(4).fill('staff.invited'),
    ]);
  });

  it('is refused by either, is gone with who asked, and ends after seven days', async () => {
    const [first, second] = [await seat(desk, 'moe', ['admin']), await seat(desk, 'moe', ['admin'])];
    for (const by of [first, second]) {
      await invite(first, 'moe', 'admin');
      expect((await by.client.submit(`${await waiting()}/refuse`)).location).toBe(WAITING);
      expect(await desk.rows('SELECT FROM asked_invitations')).toEqual([]);
    }
    await invite(first, 'moe', 'admin');
    const asked = await waiting();
    await desk.rows(`UPDATE asked_invitations SET expires_at = now() - interval '1 second'`);
    expect((await second.client.submit(`${asked}/approve`)).status).toBe(404);
    await desk.rows(`UPDATE asked_invitations SET expires_at = now() + interval '1 hour'`);
    await desk.rows(`UPDATE staff SET roles = '{officer}' WHERE id = $1`, [idOf(first)]);
    expect((await second.client.submit(`${asked}/approve`)).status).toBe(404);
    await desk.rows('UPDATE staff SET active = false WHERE id = $1', [idOf(first)]);
    expect((await second.client.get(WAITING)).text).not.toContain('Hemi');
    expect(await desk.rows(`SELECT FROM staff_invitations WHERE agency_id = 'moe'`)).toEqual([]);
    await desk.rows('DELETE FROM asked_invitations');
  });

  it('of another agency is looked at by the operator’s, while nobody is there', async () => {
    const [first, second] = [await seat(desk, 'triage', ['admin']), await seat(desk, 'triage', ['admin'])];
    await first.client.submit('/staff/people/connect', { id: 'hrc', noticeEmail: '' });
    expect((await invite(first, 'hrc', 'admin')).location).toBe(WAITING);
    expect((await second.client.submit(`${await waiting()}/approve`)).text).toContain('/staff/join#');
    await invite(first, 'hrc', 'admin');
    await seat(desk, 'hrc', ['admin']);
    expect((await second.client.submit(`${await waiting()}/approve`)).status).toBe(404);
  });
});
