import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AgenciesService } from '../../src/agencies/agencies.service.js';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import { makePersonalKeys } from '../../src/staff/make-personal-keys.js';
import type { PasskeyQuestion } from '../../src/staff/passkeys/passkey.js';
import type { OwnKeys, UnlockingWay } from '../../src/staff/personal-key.js';
import type { Role } from '../../src/staff/roles.js';
import type { PasskeyToMake } from '../../src/staff/ways-in.js';
import { openPrivateKeys, resealPrivateKeys } from '../../src/vault/keys.js';
import { wrappingKeyOf } from '../../src/vault/passkey.js';
import type { Bytes } from '../../src/vault/suite.js';
import { totpCode } from '../../src/staff/totp.js';
import { stretched } from '../support/passphrases.js';
import { ownKeys, signedInWithPasskey, signInWithPasskey } from './passkey-people.js';
import { SoftPasskey } from './soft-passkey.js';
import { enrol, StaffClient, startStaffApp, SYSTEM, type StaffApp } from './staff-app.js';

let staff: StaffApp;

beforeAll(async () => {
  staff = await startStaffApp({ PASSKEY_REQUIRED_FOR: 'disclosure_officer,admin' });
  await staff.app.get(AgenciesService).connect(SYSTEM, { id: 'ombudsman' });
});

afterAll(async () => {
  await staff.close();
});

const client = (): Promise<StaffClient> => new StaffClient(staff.staffOrigin).begin();
const codeOf = async (response: Response): Promise<unknown> => [
  response.status,
  response.status === 204 ? '' : ((await response.json()) as { code: string }).code,
];

/** Enrolled as an officer with a passphrase, and signed in with it; has these roles since. */
async function withPassphrase(roles: readonly Role[]): Promise<{ browser: StaffClient; who: EnrolledStaffMember }> {
  const who = await enrol(staff, 'ombudsman', ['officer']);
  await staff.owner.query('UPDATE staff SET roles = $2 WHERE id = $1', [who.actor.staffId, roles]);
  const browser = await client();
  expect((await browser.signIn(who)).status).toBe(200);
  return { browser, who };
}

/** What the page does to add a passkey, with the secret of one of the ways. */
async function add(
  browser: StaffClient,
  added: SoftPasskey,
  by: { way: UnlockingWay; secret: Bytes } | null,
): Promise<Response> {
  const answer = await browser.post('/staff/api/ways-in/offer', {});
  if (answer.status !== 200) return answer;
  const offer = (await answer.json()) as PasskeyToMake;
  const to = await wrappingKeyOf(added.prf(offer.prfSalt));
  const sealed = (by?.way.sealed ?? []).map(async ({ kid, sealedPrivate }) => ({
    kid,
    sealedPrivate: await resealPrivateKeys({ wrappingKey: by?.secret ?? to, purpose: 'staff', sealedPrivate, to }),
  }));
  return browser.post('/staff/api/ways-in', {
    label: 'Another',
    passkey: added.make(offer),
    sealed: await Promise.all(sealed),
  });
}

async function opened(
  way: UnlockingWay | undefined,
  passkey: SoftPasskey,
): Promise<{ way: UnlockingWay; secret: Bytes }> {
  if (!way) throw new Error('this is no way in');
  return { way, secret: await wrappingKeyOf(passkey.prf(way.salt)) };
}

/** What the page does to remove a way: new keys, sealed for each that is kept. */
async function remove(
  browser: StaffClient,
  id: string,
  kept: readonly { way: UnlockingWay; secret: Bytes }[],
): Promise<Response> {
  const made = await makePersonalKeys(new Uint8Array(32));
  const under = (sealedPrivate: string, to: Bytes): Promise<string> =>
    resealPrivateKeys({ wrappingKey: new Uint8Array(32), purpose: 'staff', sealedPrivate, to });
  return browser.post(`/staff/api/ways-in/${id}/removal`, {
    agreement: { jwk: made.agreement.jwk },
    signing: { jwk: made.signing.jwk },
    sealed: await Promise.all(
      kept.map(async ({ way, secret }) => ({
        way: way.id,
        agreement: await under(made.agreement.sealedPrivate, secret),
        signing: await under(made.signing.sealedPrivate, secret),
      })),
    ),
  });
}

describe('a further way in', () => {
  it('unlocks what the first one does', async () => {
    const { browser, who } = await withPassphrase(['officer']);
    const [way] = (await ownKeys(browser)).ways;
    if (!way) throw new Error('there is no way in');
    const { unlock: secret } = await stretched({ passphrase: who.passphrase, salt: way.salt });
    const added = new SoftPasskey(staff.staffOrigin);
    expect((await add(browser, added, { way, secret })).status).toBe(204);
    const fresh = await client();
    const keys = (await (await signInWithPasskey(fresh, added)).json()) as OwnKeys;
    const passkeyWay = keys.ways.find(({ kind }) => kind === 'passkey');
    const { secret: wrappingKey } = await opened(passkeyWay, added);
    const sealedPrivate = passkeyWay?.sealed.find(({ kid }) => kid === who.agreement.kid)?.sealedPrivate ?? '';
    const held = await openPrivateKeys({ wrappingKey, purpose: 'staff', sealedPrivate });
    expect(held.agreement?.kid).toBe(who.agreement.kid);
  });

  it('without a PRF signs in and is no way to unlock', async () => {
    const { browser } = await signedInWithPasskey(staff, ['officer']);
    const weak = new SoftPasskey(staff.staffOrigin);
    expect((await add(browser, weak, null)).status).toBe(204);
    const page = await (await browser.get('/staff/ways-in')).text();
    expect(page).toContain('It cannot unlock.');
    const fresh = await client();
    const keys = (await (await signInWithPasskey(fresh, weak)).json()) as OwnKeys;
    expect(keys.ways.map((way) => way.kind === 'passkey' && way.credentialId)).not.toContain(weak.id);
  });

  it('is added with every key of its owner, or none, and in the session that asked', async () => {
    const { browser, passkey } = await signedInWithPasskey(staff, ['officer']);
    const by = await opened((await ownKeys(browser)).ways[0], passkey);
    const some = { ...by, way: { ...by.way, sealed: by.way.sealed.slice(1) } };
    expect(await codeOf(await add(browser, new SoftPasskey(staff.staffOrigin), some))).toEqual([409, 'keys_changed']);
    const offer = (await (await browser.post('/staff/api/ways-in/offer', {})).json()) as PasskeyToMake;
    const other = await signedInWithPasskey(staff, ['officer']);
    const stolen = { label: 'Mine', passkey: new SoftPasskey(staff.staffOrigin).make(offer), sealed: [] };
    expect((await other.browser.post('/staff/api/ways-in', stolen)).status).toBe(422);
  });

  it('needs a fresh proof of who asks', async () => {
    const { browser } = await signedInWithPasskey(staff, ['officer']);
    await staff.owner.query(`UPDATE staff_sessions SET proved_at = now() - interval '6 minutes'`);
    expect(await codeOf(await browser.post('/staff/api/ways-in/offer', {}))).toEqual([403, 'step_up']);
  });

  it('takes an own passkey as that proof, once, and nobody else’s', async () => {
    const [{ browser, passkey }, other] = [
      await signedInWithPasskey(staff, ['officer']),
      await signedInWithPasskey(staff, ['officer']),
    ];
    await staff.owner.query(`UPDATE staff_sessions SET proved_at = now() - interval '6 minutes'`);
    const asked = (await (await browser.post('/staff/api/step-up/passkey/begin', {})).json()) as PasskeyQuestion;
    const theirs = other.passkey.answer(asked);
    expect(await codeOf(await browser.post('/staff/api/step-up/passkey', theirs))).toEqual([403, 'proof']);
    const proof = passkey.answer(asked);
    expect(await codeOf(await other.browser.post('/staff/api/step-up/passkey', proof))).toEqual([403, 'proof']);
    expect((await browser.post('/staff/api/step-up/passkey', proof)).status).toBe(204);
    expect((await browser.post('/staff/api/ways-in/offer', {})).status).toBe(200);
    expect(await codeOf(await browser.post('/staff/api/step-up/passkey', proof))).toEqual([403, 'proof']);
  });
});

describe('a role that needs a passkey', () => {
  it('is closed to who signed in with a passphrase, who is led to where they add one', async () => {
    const { browser } = await withPassphrase(['admin']);
    expect((await browser.get('/staff')).headers.get('location')).toBe('/staff/ways-in');
    expect((await browser.get('/staff/people')).status).toBe(404);
    expect(await (await browser.get('/staff/ways-in')).text()).toContain(
      'Your role needs a passkey, and you have none.',
    );
  });

  it('opens once they signed in with the passkey that they added', async () => {
    const { browser, who } = await withPassphrase(['admin']);
    const [way] = (await ownKeys(browser)).ways;
    if (!way) throw new Error('there is no way in');
    const { unlock: secret } = await stretched({ passphrase: who.passphrase, salt: way.salt });
    const added = new SoftPasskey(staff.staffOrigin);
    expect((await add(browser, added, { way, secret })).status).toBe(204);
    expect((await browser.get('/staff/people')).status).toBe(404);
    const fresh = await client();
    await signInWithPasskey(fresh, added);
    expect((await fresh.get('/staff/people')).status).toBe(200);

    // Whoever has the passphrase now, and the code, cannot make themselves a second passkey, nor remove the first.
    await staff.owner.query('UPDATE staff SET totp_last_step = 0 WHERE id = $1', [who.actor.staffId]);
    const thief = await client();
    expect((await thief.signIn(who, totpCode(who.totpSecret))).status).toBe(200);
    const stolen = new SoftPasskey(staff.staffOrigin);
    expect((await add(thief, stolen, { way, secret })).status).toBe(404);
    const passkeyWay = (await ownKeys(thief)).ways.find(({ kind }) => kind === 'passkey');
    expect((await remove(thief, passkeyWay?.id ?? '', [{ way, secret }])).status).toBe(404);
  });

  it('keeps its last passkey', async () => {
    const { browser, passkey } = await signedInWithPasskey(staff, ['admin']);
    const by = await opened((await ownKeys(browser)).ways[0], passkey);
    expect(await codeOf(await remove(browser, by.way.id, [by]))).toEqual([409, 'last_way']);
  });
});

describe('a removed way in', () => {
  it('signs in no more, opens none of the new keys, and every other session is over', async () => {
    const { browser, passkey } = await signedInWithPasskey(staff, ['officer']);
    const by = await opened((await ownKeys(browser)).ways[0], passkey);
    const added = new SoftPasskey(staff.staffOrigin);
    expect((await add(browser, added, by)).status).toBe(204);
    const elsewhere = await client();
    await signInWithPasskey(elsewhere, passkey);
    const before = await ownKeys(browser);
    const kept = await opened(
      before.ways.find((way) => way.kind === 'passkey' && way.credentialId === added.id),
      added,
    );
    expect(await codeOf(await remove(browser, by.way.id, [by, kept]))).toEqual([409, 'ways_changed']);
    const answer = await remove(browser, by.way.id, [kept]);
    expect(answer.status).toBe(200);

    const now = (await answer.json()) as OwnKeys;
    expect(now.agreement.kid).not.toBe(before.agreement.kid);
    expect(now.earlier.map(({ kid }) => kid)).toEqual([before.agreement.kid]);
    expect(now.ways.map(({ id }) => id)).toEqual([kept.way.id]);
    expect((await elsewhere.get('/staff/api/own-keys')).status).toBe(401);
    expect((await browser.get('/staff/api/own-keys')).status).toBe(200);
    expect((await signInWithPasskey(await client(), passkey)).status).toBe(401);
    expect((await signInWithPasskey(await client(), added)).status).toBe(200);
    const { rows } = await staff.owner.query('SELECT FROM staff_sealed_keys WHERE authenticator_id = $1', [by.way.id]);
    expect(rows).toEqual([]);
  });

  it('of somebody else is not there', async () => {
    const [mine, other] = [
      await signedInWithPasskey(staff, ['officer']),
      await signedInWithPasskey(staff, ['officer']),
    ];
    const [way] = (await ownKeys(other.browser)).ways;
    const by = await opened((await ownKeys(mine.browser)).ways[0], mine.passkey);
    expect((await remove(mine.browser, way?.id ?? '', [by])).status).toBe(404);
    expect((await mine.browser.get(`/staff/ways-in/${way?.id ?? ''}`)).status).toBe(404);
  });
});
