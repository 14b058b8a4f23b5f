import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '../../config/database.js';
import { AgenciesService } from '../../src/agencies/agencies.service.js';
import { AgencyKeysService } from '../../src/agencies/agency-keys.service.js';
import { makeAgencyKey } from '../../src/agencies/make-agency-key.js';
import { confirmGrants, makeKits } from '../../src/demo/hold-ceremony.js';
import { currentReaders } from '../../src/agencies/readers.js';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import { openAgencyKey, regrantAgencyKey } from '../../src/vault/agency-keys.js';
import { importPrivateKey, type HeldKey } from '../../src/vault/keys.js';
import { Forbidden, Invalid } from '../../src/web/errors.js';
import { enrol, startStaffApp, SYSTEM, type StaffApp } from './staff-app.js';

let staff: StaffApp;
let agencies: AgenciesService;
let keys: AgencyKeysService;

beforeAll(async () => {
  staff = await startStaffApp();
  agencies = staff.app.get(AgenciesService);
  keys = staff.app.get(AgencyKeysService);
});

afterAll(async () => {
  await staff.close();
});

/** An officer opens the agency's key as their browser does. */
async function opens(officer: EnrolledStaffMember): Promise<HeldKey[]> {
  const { privateKey } = await importPrivateKey(officer.agreement.privateJwk, 'agreement');
  const reader = officer.agreement.kid;
  return Promise.all(
    (await keys.ownGrants(officer.actor)).map(({ kid, jwe }) =>
      openAgencyKey({ jwe, privateKey, expect: { reader, sealed: kid } }),
    ),
  );
}

describe('an agency’s keys', () => {
  it('open the door only once kits are proven, two have opened the complaints key, two are disclosure officers and there is an address', async () => {
    const first = await enrol(staff, 'ipca', ['officer', 'disclosure_officer', 'lead']);
    await expect(agencies.openForIntake(first.actor)).rejects.toMatchObject({ code: 'kits_unproven' });
    await makeKits(staff.app, [first]);
    await expect(agencies.openForIntake(first.actor)).rejects.toMatchObject({ code: 'too_few_keys' });
    await keys.makeKey(first.actor, await makeAgencyKey(await keys.recipients(first.actor)));
    await confirmGrants(staff.app, first);
    await expect(agencies.openForIntake(first.actor)).rejects.toMatchObject({ code: 'too_few_keys' });

    const second = await enrol(staff, 'ipca', ['officer', 'disclosure_officer']);
    await expect(agencies.openForIntake(first.actor)).rejects.toMatchObject({ code: 'too_few_keys' });
    expect(await opens(second)).toEqual([]);

    const [grant] = await keys.ownGrants(first.actor);
    if (!grant) throw new Error('the maker holds no grant');
    const { privateKey } = await importPrivateKey(first.agreement.privateJwk, 'agreement');
    const expected = { reader: first.agreement.kid, sealed: grant.kid };
    const jwe = await regrantAgencyKey({ jwe: grant.jwe, privateKey, expect: expected, reader: second.agreement });
    await keys.grantKey(first.actor, { kid: grant.kid, staffId: second.actor.staffId, jwe });
    // Granted, but not opened: nobody knows yet what is in it.
    expect((await keys.state(first.actor)).missing).toEqual(['holders']);
    await expect(agencies.openForIntake(first.actor)).rejects.toMatchObject({ code: 'too_few_keys' });
    await confirmGrants(staff.app, second);
    await staff.owner.query(`UPDATE agencies SET notice_email = NULL WHERE id = 'ipca'`);
    await expect(agencies.openForIntake(first.actor)).rejects.toMatchObject({ code: 'no_notice_address' });
    expect((await keys.state(first.actor)).hasNoticeAddress).toBe(false);
    await agencies.connect(SYSTEM, { id: 'ipca', noticeEmail: 'inbox@ipca.test' });
    await agencies.openForIntake(first.actor);

    const [mine] = await opens(first);
    const [theirs] = await opens(second);
    expect(mine?.kid).toBe(grant.kid);
    expect(theirs?.kid).toBe(grant.kid);
    const readers = await staff.app
      .get(Database)
      .asActor({ kind: 'public' }, (manager) => currentReaders(manager, 'ipca'));
    expect(readers).toMatchObject({ open: true, complaints: [{ kid: grant.kid }] });
    const expectedKids = [first.agreement.kid, second.agreement.kid].sort();
    const [onPaper, ...people] = [...(readers?.disclosures ?? [])].reverse();
    expect(people.map(({ kid }) => kid).sort()).toEqual(expectedKids);
    expect(onPaper).toMatchObject({ recovery: true, kid: (await keys.state(first.actor)).recovery.disclosures?.kid });
  });

  it('are made once, by whoever may hold them, for whoever may hold them', async () => {
    const officer = await enrol(staff, 'msd', ['officer']);
    const disclosureOfficer = await enrol(staff, 'msd', ['disclosure_officer']);
    const admin = await enrol(staff, 'msd', ['admin']);
    const recipient = ({ actor, agreement }: EnrolledStaffMember) => ({
      staffId: actor.staffId,
      agreement: { kid: agreement.kid, jwk: agreement.jwk },
    });
    const made = await makeAgencyKey({ people: [recipient(officer)], recovery: null });
    await expect(keys.makeKey(admin.actor, made)).rejects.toBeInstanceOf(Forbidden);
    await expect(keys.makeKey(disclosureOfficer.actor, made)).rejects.toBeInstanceOf(Forbidden);
    const forAdmin = await makeAgencyKey({ people: [recipient(officer), recipient(admin)], recovery: null });
    await expect(keys.makeKey(officer.actor, forAdmin)).rejects.toBeInstanceOf(Forbidden);
    const [, swapped] = forAdmin.grants;
    const misdirected = { ...forAdmin, grants: [{ staffId: officer.actor.staffId, jwe: swapped?.jwe ?? '' }] };
    await expect(keys.makeKey(officer.actor, misdirected)).rejects.toBeInstanceOf(Invalid);
    const twoAtOnce = await Promise.allSettled([
      keys.makeKey(officer.actor, made),
      keys.makeKey(officer.actor, await makeAgencyKey({ people: [recipient(officer)], recovery: null })),
    ]);
    expect(twoAtOnce.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('cannot be granted by who does not hold them, nor to another agency', async () => {
    const stranger = await enrol(staff, 'ombudsman', ['officer']);
    const holder = await enrol(staff, 'psc', ['officer']);
    const other = await enrol(staff, 'psc', ['officer']);
    const made = await makeAgencyKey({
      people: [{ staffId: holder.actor.staffId, agreement: { kid: holder.agreement.kid, jwk: holder.agreement.jwk } }],
      recovery: null,
    });
    await keys.makeKey(holder.actor, made);
    const jwe = made.grants[0]?.jwe ?? '';
    await expect(
      keys.grantKey(other.actor, { kid: made.kid, staffId: other.actor.staffId, jwe }),
    ).rejects.toBeInstanceOf(Forbidden);
    await expect(
      keys.grantKey(holder.actor, { kid: made.kid, staffId: stranger.actor.staffId, jwe }),
    ).rejects.toBeInstanceOf(Forbidden);
    await expect(
      keys.grantKey(holder.actor, { kid: made.kid, staffId: other.actor.staffId, jwe }),
    ).rejects.toBeInstanceOf(Invalid);
  });

  it('stand in the public directory with labels and without names', async () => {
    const answer = await fetch(`${staff.publicOrigin}/api/v1/agencies`);
    const text = await answer.text();
    const { agencies: all } = JSON.parse(text) as { agencies: { id: string; open: boolean; readers: object }[] };
    expect(all.find(({ id }) => id === 'ipca')).toMatchObject({
      open: true,
      readers: {
        complaints: [{ label: 'Complaints officers' }],
        disclosures: [{}, {}, { label: 'Recovery key, kept on paper', recovery: true }],
      },
    });
    expect(all.some(({ id }) => id === 'minister_or_mp')).toBe(false);
    expect(text).not.toMatch(/user\.\d|Person \d/);
  });
});
