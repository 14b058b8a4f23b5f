import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AgenciesService } from '../../src/agencies/agencies.service.js';
import { Enrolment } from '../../src/staff/enrolment.js';
import { enrolStaffMember } from '../../src/staff/enrol-staff-member.js';
import { AskedInvitations } from '../../src/staff/asked-invitations/asked-invitations.service.js';
import { Invitations } from '../../src/staff/invitations.js';
import { makePersonalKeys } from '../../src/staff/make-personal-keys.js';
import type { JoiningByPassphrase } from '../../src/staff/personal-key.js';
import { MOST_DISCLOSURE_OFFICERS, type Role } from '../../src/staff/roles.js';
import { totpCode } from '../../src/staff/totp.js';
import { Forbidden, Invalid, NotFound } from '../../src/web/errors.js';
import { knownPassphrase } from '../support/passphrases.js';
import { enrol, startStaffApp, SYSTEM, type StaffApp } from './staff-app.js';

let staff: StaffApp;
let invitations: Invitations;
let asked: AskedInvitations;
let enrolment: Enrolment;

beforeAll(async () => {
  staff = await startStaffApp();
  invitations = staff.app.get(Invitations);
  asked = staff.app.get(AskedInvitations);
  enrolment = staff.app.get(Enrolment);
});

afterAll(async () => {
  await staff.close();
});

async function joining(
  username: string,
  to: { agencyId: string; roles: Role[] } = { agencyId: 'ombudsman', roles: ['officer'] },
): Promise<JoiningByPassphrase> {
  const { token } = await invitations.invite(SYSTEM, to);
  const { offer, totpSecret } = await enrolment.begin(token);
  const { salt, auth, unlock } = knownPassphrase(0).salted;
  const { agreement, signing } = await makePersonalKeys(unlock);
  const code = totpCode(totpSecret);
  return { token, offer, displayName: 'A Person', username, salt, auth, code, agreement, signing };
}

describe('joining', () => {
  it('begins with one administrator, invited while there is nobody and never again', async () => {
    const agencies = staff.app.get(AgenciesService);
    const earlier = await agencies.bootstrapInvitation();
    const first = await agencies.bootstrapInvitation();
    await expect(enrolment.begin(earlier?.token ?? '')).rejects.toBeInstanceOf(NotFound);
    await agencies.connect(SYSTEM, { id: 'ombudsman' });
    const elsewhere = await invitations.invite(SYSTEM, { agencyId: 'ombudsman', roles: ['admin'] });
    const here = await invitations.invite(SYSTEM, { agencyId: 'triage', roles: ['officer'] });
    expect(first?.link).toMatch(new RegExp(`^${staff.staffOrigin}/staff/join#[A-Za-z0-9_-]{43}$`));
    const admin = await enrolStaffMember(enrolment, {
      token: first?.token ?? '',
      displayName: 'First',
      username: 'first',
      passphrase: 'correct horse battery staple',
    });
    expect(admin.actor).toMatchObject({ agencyId: 'triage', roles: ['admin'] });
    expect(await agencies.bootstrapInvitation()).toBeNull();
    for (const { token } of [elsewhere, here]) await expect(enrolment.begin(token)).rejects.toBeInstanceOf(NotFound);
  });

  it('lets one be the first of an agency, also when two join with links of their own at once', async () => {
    await staff.app.get(AgenciesService).connect(SYSTEM, { id: 'hdc' });
    const links: string[] = [];
    for (let n = 0; n < 2; n++) {
      links.push((await invitations.invite(SYSTEM, { agencyId: 'hdc', roles: ['admin'] })).token);
    }
    const passphrase = 'correct horse battery staple';
    const both = await Promise.allSettled(
      links.map((token, n) =>
        enrolStaffMember(enrolment, { token, displayName: 'First', username: `hdc-${n.toString()}`, passphrase }),
      ),
    );
    const refused = both.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
    expect(refused).toEqual([expect.any(NotFound)]);
  });

  it('uses an invitation once, also when two join with it at once', async () => {
    await enrol(staff, 'ombudsman', ['officer']);
    const { token } = await invitations.invite(SYSTEM, { agencyId: 'ombudsman', roles: ['officer'] });
    const passphrase = 'correct horse battery staple';
    const both = await Promise.allSettled(
      ['one', 'two'].map((n) =>
        enrolStaffMember(enrolment, { token, displayName: n, username: `user-${n}`, passphrase }),
      ),
    );
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(enrolment.begin(token)).rejects.toBeInstanceOf(NotFound);
  });

  it('refuses an invitation older than seven days', async () => {
    const { token } = await invitations.invite(SYSTEM, { agencyId: 'ombudsman', roles: ['officer'] });
    await staff.owner.query(`UPDATE staff_invitations SET expires_at = expires_at - interval '7 days 1 second'`);
    await expect(enrolment.begin(token)).rejects.toBeInstanceOf(NotFound);
  });

  it('refuses a wrong code, a taken name and what is no key, and leaves the invitation good', async () => {
    const form = await joining('a.new.name');
    await expect(
      enrolment.finish({ ...form, code: form.code === '000000' ? '000001' : '000000' }),
    ).rejects.toBeInstanceOf(Invalid);
    const taken = await enrol(staff, 'ombudsman', ['officer']);
    await expect(enrolment.finish({ ...form, username: taken.username })).rejects.toMatchObject({
      fields: [{ field: 'username', code: 'taken' }],
    });
    const offCurve = { ...form.agreement.jwk, y: form.agreement.jwk.x };
    await expect(enrolment.finish({ ...form, agreement: { ...form.agreement, jwk: offCurve } })).rejects.toMatchObject({
      fields: [{ field: 'agreement' }],
    });
    await expect(enrolment.finish(form)).resolves.toBeDefined();
  });

  it('refuses the offer of another invitation, so that nobody chooses somebody else’s TOTP secret', async () => {
    const [mine, other] = [await joining('mine'), await joining('other')];
    await expect(enrolment.finish({ ...mine, offer: other.offer, code: other.code })).rejects.toBeInstanceOf(NotFound);
  });

  it('keeps administrators apart from every other role, and to their own agency', async () => {
    const admin = await enrol(staff, 'ombudsman', ['admin']);
    const officer = await enrol(staff, 'ombudsman', ['officer']);
    const to = (agencyId: string, roles: ('officer' | 'admin')[]) => ({ agencyId, roles });
    await expect(asked.ask(admin.actor, to('ombudsman', ['admin', 'officer']))).rejects.toBeInstanceOf(Invalid);
    await expect(asked.ask(admin.actor, to('triage', ['officer']))).rejects.toBeInstanceOf(Forbidden);
    await expect(asked.ask(officer.actor, to('ombudsman', ['officer']))).rejects.toBeInstanceOf(Forbidden);
    await expect(asked.ask(admin.actor, to('ombudsman', ['officer']))).resolves.toBeDefined();
  });

  it('lets the operator’s administrator invite elsewhere only an administrator, and only while nobody is there', async () => {
    // With a second there it would wait for that one.
    await staff.owner.query(`UPDATE staff SET active = false WHERE agency_id = 'triage'`);
    const { actor } = await enrol(staff, 'triage', ['admin']);
    await staff.app.get(AgenciesService).connect(SYSTEM, { id: 'oag' });
    const invite = (role: Role) => asked.ask(actor, { agencyId: 'oag', roles: [role] });
    for (const role of ['officer', 'lead', 'disclosure_officer'] as const) {
      await expect(invite(role)).rejects.toBeInstanceOf(Forbidden);
    }
    const spare = await invite('admin');
    const used = await invite('admin');
    const passphrase = 'correct horse battery staple';
    await enrolStaffMember(enrolment, {
      token: used?.token ?? '',
      displayName: 'First',
      username: 'oag.first',
      passphrase,
    });
    await expect(invite('admin')).rejects.toBeInstanceOf(Forbidden);
    await expect(enrolment.begin(spare?.token ?? '')).rejects.toBeInstanceOf(NotFound);
    await expect(asked.ask(actor, { agencyId: 'triage', roles: ['officer'] })).resolves.toBeDefined();
  });

  it('ends at as many disclosure officers as a submission may name', async () => {
    await enrol(staff, 'psc', ['disclosure_officer']);
    const late = await joining('one.too.many', { agencyId: 'psc', roles: ['disclosure_officer'] });
    await staff.owner.query(
      `INSERT INTO staff (id, agency_id, username, display_name, roles, salt, totp_last_step, active)
       SELECT gen_random_uuid(), 'psc', 'psc.' || n, 'Someone', '{disclosure_officer}', '', 0, true
       FROM generate_series(2, $1::int) n`,
      [MOST_DISCLOSURE_OFFICERS],
    );
    const full = { code: 'too_many_disclosure_officers' };
    await expect(enrolment.finish(late)).rejects.toMatchObject(full);
    const to = { agencyId: 'psc', roles: ['officer', 'disclosure_officer'] } as const;
    await expect(invitations.invite(SYSTEM, to)).rejects.toMatchObject(full);
    await expect(invitations.invite(SYSTEM, { agencyId: 'psc', roles: ['officer'] })).resolves.toBeDefined();
    await staff.owner.query(`UPDATE staff SET active = false WHERE username = 'psc.2'`);
    await expect(enrolment.finish(late)).resolves.toBeDefined();
  });
});
