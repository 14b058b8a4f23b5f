import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AgencyKeysService } from '../../src/agencies/agency-keys.service.js';
import { makeAgencyKey } from '../../src/agencies/make-agency-key.js';
import { makeRecoveryKey } from '../../src/agencies/make-recovery-key.js';
import { proveShares } from '../../src/agencies/prove-shares.js';
import { RecoveryKeysService } from '../../src/agencies/recovery-keys.service.js';
import { confirmGrants, holdCeremony } from '../../src/demo/hold-ceremony.js';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import { grantAgencyKey, openAgencyKey, regrantAgencyKey } from '../../src/vault/agency-keys.js';
import { signKeyStatement, type KeySaying } from '../../src/vault/key-statements.js';
import { importPrivateKey, makeKeyPair } from '../../src/vault/keys.js';
import { combineShares } from '../../src/vault/recovery-shares.js';
import { Forbidden, Invalid } from '../../src/web/errors.js';
import { enrol, startStaffApp, type StaffApp } from './staff-app.js';

let staff: StaffApp;
let keys: AgencyKeysService;
let recovery: RecoveryKeysService;

beforeAll(async () => {
  staff = await startStaffApp();
  keys = staff.app.get(AgencyKeysService);
  recovery = staff.app.get(RecoveryKeysService);
});

afterAll(async () => {
  await staff.close();
});

async function says(who: EnrolledStaffMember, key: string, said: KeySaying, day?: string): Promise<string> {
  const signer = await importPrivateKey(who.signing.privateJwk, 'signing');
  const { today } = await keys.state(who.actor);
  return signKeyStatement({ agency: who.actor.agencyId, key, said, day: day ?? today, signer });
}

describe('a recovery kit', () => {
  it('gives the complaints key back from any two sheets, and from nothing that lies on the server', async () => {
    const officer = await enrol(staff, 'ipca', ['officer', 'disclosure_officer']);
    const { complaints } = await holdCeremony(staff.app, [officer]);
    const state = await keys.state(officer.actor);
    const key = state.recovery.complaints;
    if (!complaints || !key) throw new Error('There is no kit.');
    const { rows } = await staff.owner.query<{ jwe: string }>(
      'SELECT jwe FROM recovery_grants WHERE recovery_kid = $1',
      [key.kid],
    );
    for (const pair of [
      [complaints[0], complaints[1]],
      [complaints[2], complaints[0]],
    ] as const) {
      const { privateKey } = await importPrivateKey(await combineShares(pair, key), 'agreement');
      const expected = { reader: key.kid, sealed: state.kid ?? '' };
      expect((await openAgencyKey({ jwe: rows[0]?.jwe ?? '', privateKey, expect: expected })).kid).toBe(state.kid);
    }
    expect(key.proofs.map(({ share, by }) => [share, by])).toEqual(
      [1, 2, 3].map((n) => [n, officer.actor.displayName]),
    );
  });

  it('counts only once all three shares were typed back, each by a signed word of today', async () => {
    const officer = await enrol(staff, 'hdc', ['officer']);
    const other = await enrol(staff, 'hdc', ['officer']);
    const { made, shares } = await makeRecoveryKey('complaints');
    await recovery.make(officer.actor, made);
    const { agencyId: agency, today: day } = await keys.state(officer.actor);
    const signer = await importPrivateKey(officer.signing.privateJwk, 'signing');
    const [one = '', two = '', three = ''] = await proveShares({ typed: shares, key: made, agency, day, signer });
    expect(await recovery.prove(officer.actor, made.kid, [one, two])).toBe(false);
    expect((await keys.state(officer.actor)).recovery.complaints).toBeNull();
    const wrong = [
      await says(other, made.kid, 'share_3'),
      await says(officer, made.kid, 'holds'),
      await says(officer, made.kid, 'share_3', '2026-01-01'),
      await says(officer, officer.agreement.kid, 'share_3'),
    ];
    for (const statement of wrong) {
      await expect(recovery.prove(officer.actor, made.kid, [statement])).rejects.toBeInstanceOf(Invalid);
    }
    expect(await recovery.prove(other.actor, made.kid, [await says(other, made.kid, 'share_3')])).toBe(true);
    expect(await recovery.prove(officer.actor, made.kid, [three])).toBe(true);
    expect((await keys.state(officer.actor)).recovery.complaints?.kid).toBe(made.kid);
  });

  it('of another key, mixed up or mistyped is not proven', async () => {
    const [first, second] = [await makeRecoveryKey('complaints'), await makeRecoveryKey('complaints')];
    const signer = await importPrivateKey((await makeKeyPair('signing')).privateJwk, 'signing');
    const about = { key: first.made, agency: 'ipca', day: '2026-11-28', signer } as const;
    const [one, two, three] = first.shares;
    const others = [
      [[one, two, second.shares[2]], 'other_key'],
      [[two, one, three], 'wrong_place'],
      [[one, two, three.replace(/.$/, (last) => (last === '0' ? '1' : '0'))], 'mistyped'],
    ] as const;
    for (const [typed, fault] of others) {
      await expect(proveShares({ ...about, typed })).rejects.toMatchObject({ fault });
    }
  });

  it('is made by who may read what it gives back, and by nobody else', async () => {
    const officer = await enrol(staff, 'psc', ['officer']);
    const trusted = await enrol(staff, 'psc', ['disclosure_officer']);
    const admin = await enrol(staff, 'psc', ['admin']);
    const [complaints, disclosures] = [await makeRecoveryKey('complaints'), await makeRecoveryKey('disclosures')];
    for (const [who, kit] of [
      [officer, disclosures],
      [trusted, complaints],
      [admin, complaints],
      [admin, disclosures],
    ] as const) {
      await expect(recovery.make(who.actor, kit.made)).rejects.toBeInstanceOf(Forbidden);
    }
    await recovery.make(officer.actor, complaints.made);
    const stranger = await enrol(staff, 'ombudsman', ['officer']);
    await expect(
      recovery.prove(stranger.actor, complaints.made.kid, [await says(stranger, complaints.made.kid, 'share_1')]),
    ).rejects.toBeInstanceOf(Forbidden);
  });

  it('is what every new complaints key is granted to', async () => {
    const officer = await enrol(staff, 'msd', ['officer', 'disclosure_officer']);
    await holdCeremony(staff.app, [officer]);
    await staff.owner.query(`UPDATE agency_keys SET retired_at = now() WHERE agency_id = 'msd'`);
    const { people } = await keys.recipients(officer.actor);
    const without = await makeAgencyKey({ people, recovery: null });
    await expect(keys.makeKey(officer.actor, without)).rejects.toMatchObject({ fields: [{ field: 'recovery' }] });
    const elsewhere = await makeAgencyKey({ people, recovery: await makeKeyPair('agreement') });
    await expect(keys.makeKey(officer.actor, elsewhere)).rejects.toMatchObject({ fields: [{ field: 'recovery' }] });
  });
});

describe('a grant of the agency’s key', () => {
  it('that holds another key, or another private part, never counts as held, and is replaced by one that opens', async () => {
    const holder = await enrol(staff, 'privacy_commissioner', ['officer', 'disclosure_officer']);
    const victim = await enrol(staff, 'privacy_commissioner', ['officer', 'disclosure_officer']);
    await holdCeremony(staff.app, [holder]);
    const { kid, people } = await keys.state(holder.actor);
    if (kid === null) throw new Error('There is no key.');
    expect(people.find(({ staffId }) => staffId === victim.actor.staffId)).toMatchObject({
      granted: true,
      holds: false,
    });

    // Who grants can put anything into a grant; its header can say what it likes.
    const other = await makeKeyPair('agreement');
    const { rows } = await staff.owner.query<{ jwk: { kty: 'EC'; crv: 'P-384'; x: string; y: string } }>(
      'SELECT jwk FROM agency_keys WHERE kid = $1',
      [kid],
    );
    const [row] = rows;
    if (!row) throw new Error('There is no key.');
    const reader = { kid: victim.agreement.kid, jwk: victim.agreement.jwk };
    const jwe = await grantAgencyKey({ privateJwk: { ...row.jwk, d: other.privateJwk.d }, reader });
    await keys.grantKey(holder.actor, { kid, staffId: victim.actor.staffId, jwe });
    await expect(confirmGrants(staff.app, victim)).rejects.toMatchObject({ code: 'cannot_open' });
    expect((await keys.state(holder.actor)).keyHolders).toBe(1);
    expect((await keys.state(holder.actor)).missing).toContain('holders');

    const regranted = await regrant(holder, victim, kid);
    await keys.grantKey(holder.actor, { kid, staffId: victim.actor.staffId, jwe: regranted });
    await confirmGrants(staff.app, victim);
    expect((await keys.state(holder.actor)).keyHolders).toBe(2);
    // What its holder has opened is not replaced any more.
    await keys.grantKey(holder.actor, { kid, staffId: victim.actor.staffId, jwe });
    expect((await keys.ownGrants(victim.actor)).map((grant) => grant.jwe)).toEqual([regranted]);
  });

  it('is confirmed by its holder alone, about this key and no other', async () => {
    const holder = await enrol(staff, 'health_nz', ['officer', 'disclosure_officer']);
    const colleague = await enrol(staff, 'health_nz', ['lead']);
    await holdCeremony(staff.app, [holder]);
    const { kid } = await keys.state(holder.actor);
    if (kid === null) throw new Error('There is no key.');
    const about = (who: EnrolledStaffMember, key: string, said: KeySaying) => says(who, key, said);
    const wrong = [
      await about(holder, kid, 'holds'),
      await about(colleague, colleague.agreement.kid, 'holds'),
      await about(colleague, kid, 'drilled'),
    ];
    for (const statement of wrong) {
      await expect(keys.confirmHolding(colleague.actor, { kid, statement })).rejects.toBeInstanceOf(Invalid);
    }
    const stranger = await enrol(staff, 'ombudsman', ['officer']);
    await expect(
      keys.confirmHolding(stranger.actor, { kid, statement: await about(stranger, kid, 'holds') }),
    ).rejects.toBeInstanceOf(Forbidden);
    await keys.confirmHolding(colleague.actor, { kid, statement: await about(colleague, kid, 'holds') });
    expect((await keys.state(holder.actor)).keyHolders).toBe(2);
  });

  it('to a key that the server swapped after it was shown is refused: it was made for the key that was compared', async () => {
    const holder = await enrol(staff, 'acc', ['officer', 'disclosure_officer']);
    const colleague = await enrol(staff, 'acc', ['officer']);
    await holdCeremony(staff.app, [holder]);
    const { kid } = await keys.state(holder.actor);
    const jwe = await regrant(holder, colleague, kid ?? '');
    const swapped = await makeKeyPair('agreement');
    await staff.owner.query('UPDATE staff_keys SET retired_at = now() WHERE kid = $1', [colleague.agreement.kid]);
    await staff.owner.query(`INSERT INTO staff_keys (kid, staff_id, purpose, jwk) VALUES ($1, $2, 'agreement', $3)`, [
      swapped.kid,
      colleague.actor.staffId,
      swapped.jwk,
    ]);
    await expect(
      keys.grantKey(holder.actor, { kid: kid ?? '', staffId: colleague.actor.staffId, jwe }),
    ).rejects.toBeInstanceOf(Invalid);
  });
});

async function regrant(holder: EnrolledStaffMember, to: EnrolledStaffMember, kid: string): Promise<string> {
  const held = (await keys.ownGrants(holder.actor)).find((grant) => grant.kid === kid);
  const { privateKey } = await importPrivateKey(holder.agreement.privateJwk, 'agreement');
  const expected = { reader: holder.agreement.kid, sealed: kid };
  const reader = { kid: to.agreement.kid, jwk: to.agreement.jwk };
  return regrantAgencyKey({ jwe: held?.jwe ?? '', privateKey, expect: expected, reader });
}
