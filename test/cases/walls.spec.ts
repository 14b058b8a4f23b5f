import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import { enrol, holdCeremony, startDesk, DeskClient, type Answer, type Desk } from './desk.js';
import { lodge, type LodgedCase } from './sealed-cases.js';

let desk: Desk;
let officer: EnrolledStaffMember;
let firstDiscloser: EnrolledStaffMember;
let secondDiscloser: EnrolledStaffMember;
let leftOut: EnrolledStaffMember;
let administrator: EnrolledStaffMember;
let stranger: EnrolledStaffMember;
let complaint: LodgedCase;
let disclosure: LodgedCase;

beforeAll(async () => {
  desk = await startDesk();
  officer = await enrol(desk, 'ombudsman', ['officer', 'lead']);
  firstDiscloser = await enrol(desk, 'ombudsman', ['disclosure_officer']);
  secondDiscloser = await enrol(desk, 'ombudsman', ['disclosure_officer', 'officer']);
  administrator = await enrol(desk, 'ombudsman', ['admin']);
  stranger = await enrol(desk, 'ipca', ['officer', 'disclosure_officer', 'lead']);
  await holdCeremony(desk, officer);
  complaint = await lodge(desk, { agencyId: 'ombudsman', path: 'complaint' });
  disclosure = await lodge(desk, { agencyId: 'ombudsman', path: 'disclosure' });
  // Came after the disclosure was sealed, so it is not granted to this person.
  leftOut = await enrol(desk, 'ombudsman', ['disclosure_officer']);
});

afterAll(async () => {
  await desk.close();
});

/** Every way to a case: pages, the script's calls, every act. */
const ways = (id: string): ((client: DeskClient) => Promise<Answer>)[] => {
  const item = { id: randomUUID(), jwe: 'a.a.a.a.a' };
  return [
    ...['', '/acknowledge', '/reply', '/note', '/assign'].map(
      (rest) => (client: DeskClient) => client.get(`/staff/cases/${id}${rest}`),
    ),
    (client) => client.get(`/staff/api/cases/${id}`),
    (client) => client.get(`/staff/api/cases/${id}?after=${randomUUID()}`),
    (client) => client.submit(`/staff/cases/${id}/acknowledge`),
    (client) => client.submit(`/staff/cases/${id}/take`, { heldBy: '' }),
    (client) => client.submit(`/staff/cases/${id}/assign`, { to: officer.actor.staffId, heldBy: '' }),
    (client) => client.post(`/staff/api/cases/${id}/acknowledgement`, {}),
    (client) => client.post(`/staff/api/cases/${id}/replies`, { item }),
    (client) => client.post(`/staff/api/cases/${id}/notes`, { item }),
  ];
};

/** An answer without what differs in any two answers: the address itself, the token, the correlation id. */
function shown({ status, text }: Answer, id: string): string {
  return `${status.toString()} ${text}`
    .replaceAll(id, 'ID')
    .replace(/content="[\w-]{43}"/g, 'TOKEN')
    .replace(/value="[\w-]{43}"/g, 'TOKEN')
    .replace(/"(correlation|correlationId|instance)":"[^"]*"/g, '"$1"');
}

async function everyAnswer(who: EnrolledStaffMember, id: string): Promise<string[]> {
  const client = await DeskClient.of(desk, who);
  const answers: string[] = [];
  for (const way of ways(id)) answers.push(shown(await way(client), id));
  return answers;
}

describe('a case that somebody may not know of', () => {
  const refused: [string, () => EnrolledStaffMember, () => LodgedCase][] = [
    ['a complaint, to an officer of another agency', () => stranger, () => complaint],
    ['a disclosure, to a disclosure officer of another agency', () => stranger, () => disclosure],
    ['a complaint, to an administrator', () => administrator, () => complaint],
    ['a disclosure, to an administrator', () => administrator, () => disclosure],
    ['a complaint, to one who is a disclosure officer only', () => firstDiscloser, () => complaint],
    ['a disclosure, to an officer and lead', () => officer, () => disclosure],
    ['a disclosure, to a disclosure officer it was not granted to', () => leftOut, () => disclosure],
  ];
  it.each(refused)('looks like none at all: %s', async (_, who, found) => {
    const real = await everyAnswer(who(), found().id);
    const none = await everyAnswer(who(), randomUUID());
    expect(real).toEqual(none);
    expect(real.every((answer) => answer.startsWith('404 '))).toBe(true);
    expect(await desk.rows('SELECT status FROM cases WHERE id = $1', [found().id])).toEqual([{ status: 'placed' }]);
    const acts = await desk.rows<{ action: string }>(
      `SELECT action FROM audit_entries WHERE case_id = $1 AND actor_id = $2`,
      [found().id, who().actor.staffId],
    );
    expect(acts.filter(({ action }) => !action.startsWith('refused.'))).toEqual([]);
  });

  it('is none for an id that is no id', async () => {
    const client = await DeskClient.of(desk, officer);
    for (const id of ['1', 'x'.repeat(150), "'--", '%00', '..%2f']) {
      expect((await client.get(`/staff/cases/${id}`)).status).toBe(404);
      expect((await client.get(`/staff/api/cases/${id}`)).status).toBe(404);
    }
  });
});

describe('a disclosure whose newest key somebody was not granted', () => {
  it('is no longer there for them, nor given to them, though an older key was theirs', async () => {
    const { id, reference } = await lodge(desk, { agencyId: 'ombudsman', path: 'disclosure' });
    await desk.rows(`INSERT INTO case_epochs (case_id, key, epoch, record) VALUES ($1, 'case', 2, 'record')`, [id]);
    await desk.rows(
      `INSERT INTO case_grants (case_id, key, epoch, reader, wrapped) VALUES ($1, 'case', 2, $2, 'wrapped')`,
      [id, firstDiscloser.agreement.kid],
    );
    const seconds = await DeskClient.of(desk, secondDiscloser);
    expect((await seconds.get(`/staff/cases/${id}`)).status).toBe(404);
    expect((await seconds.get('/staff/disclosures')).text).not.toContain(reference);

    const firsts = await DeskClient.of(desk, firstDiscloser);
    expect((await firsts.get(`/staff/cases/${id}`)).status).toBe(200);
    expect((await firsts.get('/staff/disclosures')).text).toContain(reference);
    expect((await firsts.get(`/staff/cases/${id}/assign`)).text).not.toContain(secondDiscloser.actor.staffId);
    const to = secondDiscloser.actor.staffId;
    expect((await firsts.submit(`/staff/cases/${id}/assign`, { to, heldBy: '' })).status).toBe(422);
  });
});

describe('the list of disclosures', () => {
  it('is not there for anybody but disclosure officers', async () => {
    for (const who of [officer, administrator]) {
      const client = await DeskClient.of(desk, who);
      const list = shown(await client.get('/staff/disclosures'), 'disclosures');
      expect(list).toBe(shown(await client.get('/staff/nothing-of-the-kind'), 'nothing-of-the-kind'));
      expect(list).toMatch(/^404 /);
    }
  });

  it('shows a disclosure to those it was granted to and to no other disclosure officer', async () => {
    for (const who of [firstDiscloser, secondDiscloser]) {
      const { status, text } = await (await DeskClient.of(desk, who)).get('/staff/disclosures');
      expect(status).toBe(200);
      expect(text).toContain(disclosure.reference);
      expect(text).not.toContain(complaint.reference);
    }
    const { status, text } = await (await DeskClient.of(desk, leftOut)).get('/staff/disclosures');
    expect(status).toBe(200);
    expect(text).not.toContain(disclosure.reference);
  });

  it('is nowhere hinted at on the pages of others', async () => {
    const client = await DeskClient.of(desk, officer);
    for (const path of ['/staff/inbox', `/staff/cases/${complaint.id}`, `/staff/cases/${complaint.id}/assign`]) {
      const { text } = await client.get(path);
      expect(text).not.toContain(disclosure.reference);
      expect(text).not.toContain('/staff/disclosures');
    }
  });
});

describe('the inbox', () => {
  it('shows the complaints of the own agency and nothing else', async () => {
    const own = await (await DeskClient.of(desk, officer)).get('/staff/inbox');
    expect(own.text).toContain(complaint.reference);
    const others = await (await DeskClient.of(desk, stranger)).get('/staff/inbox');
    expect(others.status).toBe(200);
    expect(others.text).not.toContain(complaint.reference);
    expect((await (await DeskClient.of(desk, administrator)).get('/staff/inbox')).status).toBe(404);
  });

  it('leads one who reads only disclosures to their own list', async () => {
    const { status, location } = await (await DeskClient.of(desk, firstDiscloser)).get('/staff/inbox');
    expect([status, location]).toEqual([303, '/staff/disclosures']);
  });
});
