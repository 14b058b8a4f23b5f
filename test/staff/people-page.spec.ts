import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import { enrol, StaffClient, startStaffApp, type StaffApp } from './staff-app.js';

let staff: StaffApp;

beforeAll(async () => {
  staff = await startStaffApp();
});

afterAll(async () => {
  await staff.close();
});

async function signedIn(who: EnrolledStaffMember): Promise<StaffClient> {
  const client = await new StaffClient(staff.staffOrigin).begin();
  expect((await client.signIn(who)).status).toBe(200);
  return client;
}

describe('the page of people', () => {
  it('lets the operator’s administrator connect an agency and invite its first administrator', async () => {
    const client = await signedIn(await enrol(staff, 'triage', ['admin']));
    expect((await client.get('/staff')).headers.get('location')).toBe('/staff/people');
    expect((await client.postForm('/staff/people/connect', { id: 'ombudsman', noticeEmail: '' })).status).toBe(303);
    const refused = await client.postForm('/staff/people/invite', { agencyId: 'ombudsman', roles: 'officer' });
    expect(refused.status).toBe(404);
    const answer = await client.postForm('/staff/people/invite', { agencyId: 'ombudsman', roles: 'admin' });
    expect(await answer.text()).toMatch(/\/staff\/join#[A-Za-z0-9_-]{43}/);
    const nowhere = await client.postForm('/staff/people/connect', { id: 'minister_or_mp', noticeEmail: '' });
    expect(nowhere.status).toBe(422);
    // Once there are people, the agency is no longer among those to invite to, but its notices can be sent elsewhere.
    const places = async (form: string) =>
      new RegExp(`action="/staff/people/${form}"[^]*?</select>`).exec(
        await (await client.get('/staff/people')).text(),
      )?.[0];
    expect(await places('invite')).toContain('value="ombudsman"');
    await enrol(staff, 'ombudsman', ['admin']);
    expect(await places('invite')).not.toContain('value="ombudsman"');
    expect(await places('invite')).toContain('value="triage"');
    expect(await places('connect')).toContain('value="ombudsman"');
  });

  it('is nothing to an officer, and shows an administrator their own agency alone', async () => {
    const officer = await enrol(staff, 'ipca', ['officer', 'lead']);
    const client = await signedIn(officer);
    expect((await client.get('/staff/people')).status).toBe(404);
    const invited = await client.postForm('/staff/people/invite', { agencyId: 'ipca', roles: 'officer' });
    expect(invited.status).toBe(404);

    const admin = await signedIn(await enrol(staff, 'psc', ['admin']));
    const page = await (await admin.get('/staff/people')).text();
    expect(page).not.toContain(officer.actor.displayName);
    expect((await admin.postForm('/staff/people/connect', { id: 'msd', noticeEmail: '' })).status).toBe(404);
  });

  it('lists them in a table, fifty a page, whoever leaves in between', async () => {
    const admin = await enrol(staff, 'oag', ['admin']);
    await staff.owner.query(
      `INSERT INTO staff (id, agency_id, username, display_name, roles, totp_last_step, active)
       SELECT gen_random_uuid(), 'oag', 'many.' || n, 'Name ' || to_char(n / 2, 'FM000'), '{officer}', 0, true
         FROM generate_series(1, 120) n`,
    );
    const client = await signedIn(admin);
    const names: string[] = [];
    for (let at = '/staff/people'; at !== '';) {
      const page = await (await client.get(at)).text();
      const shown = [...page.matchAll(/<th scope="row"[^>]*>([^<]+)</g)].map(([, name = '']) => name);
      expect(shown.length).toBeLessThanOrEqual(50);
      names.push(...shown);
      await staff.owner.query(`UPDATE staff SET active = false WHERE username = 'many.1'`);
      at = /rel="next" href="([^"]+)"/.exec(page)?.[1] ?? '';
    }
    expect(names).toHaveLength(121);
    expect(names).toEqual([...names].sort());
    expect((await client.get('/staff/people?after=x')).status).toBe(422);
  });

  it('has the published name of a disclosure officer set and taken back, and of nobody else', async () => {
    const [admin, officer, reader] = [
      await enrol(staff, 'hdc', ['admin']),
      await enrol(staff, 'hdc', ['officer']),
      await enrol(staff, 'hdc', ['disclosure_officer']),
    ];
    const client = await signedIn(admin);
    const set = async (of: EnrolledStaffMember, publishedAs: string) =>
      (await client.postForm(`/staff/people/${of.actor.staffId}/published-name`, { publishedAs })).status;
    const published = async (): Promise<unknown> => {
      const { rows } = await staff.owner.query(`SELECT published_as FROM staff WHERE id = $1`, [reader.actor.staffId]);
      return (rows as { published_as: unknown }[])[0]?.published_as;
    };
    expect(await set(reader, ' Manager, Integrity ')).toBe(303);
    expect(await published()).toBe('Manager, Integrity');
    expect(await (await client.get('/staff/people')).text()).toContain('Manager, Integrity');
    expect(await set(reader, 'x'.repeat(81))).toBe(422);
    expect(await set(officer, 'Somebody')).toBe(404);
    expect(await set(reader, '')).toBe(303);
    expect(await published()).toBeNull();
    // It goes with the role, and does not come back with it.
    expect(await set(reader, 'Manager')).toBe(303);
    const roles = `/staff/people/${reader.actor.staffId}/roles`;
    expect((await client.postForm(roles, { roles: 'officer' })).status).toBe(303);
    expect(await published()).toBeNull();
    const elsewhere = await signedIn(await enrol(staff, 'acc', ['admin']));
    const path = `/staff/people/${reader.actor.staffId}/published-name`;
    expect((await elsewhere.postForm(path, { publishedAs: 'Theirs' })).status).toBe(404);
    const { rows } = await staff.owner.query(
      `SELECT count(*)::int AS n FROM audit_entries WHERE action = 'staff.published_as' AND subject = $1`,
      [reader.actor.staffId],
    );
    expect(rows).toEqual([{ n: 3 }]);
  });
});
