import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import { enrol, StaffClient, startStaffApp, type StaffApp } from './staff-app.js';

// Stretching a passphrase takes its time, and more of it on a busy machine.
jest.setTimeout(60_000);

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
});
