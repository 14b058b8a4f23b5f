import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AgenciesService } from '../../src/agencies/agencies.service.js';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import { saltPassphrase, type SaltedPassphrase } from '../../src/staff/make-personal-keys.js';
import type { OwnKeys } from '../../src/staff/personal-key.js';
import { totpCode } from '../../src/staff/totp.js';
import { openPrivateKeys, resealPrivateKeys } from '../../src/vault/keys.js';
import { wrappingKeyOf } from '../../src/vault/passkey.js';
import { stretched } from '../support/passphrases.js';
import { ownKeys, signedInWithPasskey } from './passkey-people.js';
import type { SoftPasskey } from './soft-passkey.js';
import { enrol, StaffClient, startStaffApp, SYSTEM, type StaffApp } from './staff-app.js';

let staff: StaffApp;
let salted: SaltedPassphrase;

beforeAll(async () => {
  salted = await saltPassphrase(NEW);
  staff = await startStaffApp({ PASSKEY_REQUIRED_FOR: 'disclosure_officer,admin' });
  await staff.app.get(AgenciesService).connect(SYSTEM, { id: 'ombudsman' });
});
afterAll(async () => {
  await staff.close();
});

const NEW = 'quite another set of words';
const client = (): Promise<StaffClient> => new StaffClient(staff.staffOrigin).begin();
const timePasses = (): Promise<unknown> => staff.owner.query('UPDATE staff SET totp_last_step = 0');
const codeOf = async (response: Response): Promise<unknown> => [
  response.status,
  ((await response.json()) as { code: string }).code,
];

async function withPassphrase(): Promise<{ browser: StaffClient; who: EnrolledStaffMember }> {
  const who = await enrol(staff, 'ombudsman', ['officer']);
  const browser = await client();
  await timePasses();
  expect((await browser.signIn(who)).status).toBe(200);
  return { browser, who };
}

/** What the page makes of a new passphrase, by the one there is. */
async function made(
  browser: StaffClient,
  passphrase: string,
): Promise<{ salt: string; auth: string; sealed: object[] }> {
  const { salt, auth, unlock: to } = salted;
  const [way] = (await ownKeys(browser)).ways;
  if (!way) throw new Error('there is no way in');
  const { unlock: wrappingKey } = await stretched({ passphrase, salt: way.salt });
  const sealed = way.sealed.map(async ({ kid, sealedPrivate }) => ({
    kid,
    sealedPrivate: await resealPrivateKeys({ wrappingKey, purpose: 'staff', sealedPrivate, to }),
  }));
  return { salt, auth, sealed: await Promise.all(sealed) };
}

/** The secret and the offer that a page shows. */
async function offered(browser: StaffClient, path: string): Promise<{ offer: string; secret: string }> {
  const html = await (await browser.get(path)).text();
  const [, offer = ''] = /data-offer="([^"]+)"/.exec(html) ?? [];
  const [, typed = ''] = /id="totp-secret">([^<]+)</.exec(html) ?? [];
  return { offer, secret: typed.replaceAll(' ', '') };
}

describe('a changed passphrase', () => {
  it('takes the place of the old one, opens the same keys, and ends every other session', async () => {
    const { browser, who } = await withPassphrase();
    const elsewhere = await client();
    await timePasses();
    expect((await elsewhere.signIn(who)).status).toBe(200);
    const before = browser.cookie('onedoor-staff');
    expect((await browser.post('/staff/api/passphrase/change', await made(browser, who.passphrase))).status).toBe(204);
    expect(browser.cookie('onedoor-staff')).not.toBe(before);
    expect((await browser.get('/staff/api/own-keys')).status).toBe(200);
    expect((await elsewhere.get('/staff/api/own-keys')).status).toBe(401);

    await timePasses();
    expect((await (await client()).signIn(who)).status).toBe(401);
    const fresh = await client();
    const keys = (await (await fresh.signIn({ ...who, passphrase: NEW })).json()) as OwnKeys;
    expect(keys.agreement.kid).toBe(who.agreement.kid);
    expect(keys.ways).toHaveLength(1);
    const { unlock: wrappingKey } = await stretched({ passphrase: NEW, salt: keys.ways[0]?.salt ?? '' });
    for (const { kid, sealedPrivate } of keys.ways[0]?.sealed ?? []) {
      const held = await openPrivateKeys({ wrappingKey, purpose: 'staff', sealedPrivate });
      expect((held.agreement ?? held.signing)?.kid).toBe(kid);
    }
    const { rows } = await staff.owner.query(
      `SELECT action FROM audit_entries WHERE actor_id = $1 AND action = 'staff.passphrase_changed'`,
      [who.actor.staffId],
    );
    expect(rows).toHaveLength(1);
  });

  it('needs a fresh proof, and every key of its owner', async () => {
    const { browser, who } = await withPassphrase();
    const { salt, auth, sealed } = await made(browser, who.passphrase);
    const some = { salt, auth, sealed: sealed.slice(1) };
    expect(await codeOf(await browser.post('/staff/api/passphrase/change', some))).toEqual([409, 'keys_changed']);
    await staff.owner.query(`UPDATE staff_sessions SET proved_at = now() - interval '6 minutes'`);
    for (const path of ['/staff/api/passphrase', '/staff/api/passphrase/change', '/staff/api/passphrase/code']) {
      expect(await codeOf(await browser.post(path, { salt, auth, sealed }))).toEqual([403, 'step_up']);
    }
    for (const path of ['passphrase', 'code']) {
      const answer = await browser.get(`/staff/ways-in/${path}`);
      expect(answer.headers.get('location')).toBe(
        `/staff/step-up?next=${encodeURIComponent(`/staff/ways-in/${path}`)}`,
      );
    }
    await timePasses();
    expect((await (await client()).signIn(who)).status).toBe(200);
  });

  it('is not for a thief of passphrase and code, where the owner has a role that needs a passkey and has one', async () => {
    const { who } = await withPassphrase();
    await staff.owner.query(`UPDATE staff SET roles = '{admin}' WHERE id = $1`, [who.actor.staffId]);
    await staff.owner.query(
      `INSERT INTO staff_authenticators (id, staff_id, kind, label, added_on, credential_id, public_key, counter)
       VALUES (gen_random_uuid(), $1, 'passkey', 'Mine', '2026-01-01', 'theirs', 'x', 0)`,
      [who.actor.staffId],
    );
    await timePasses();
    const thief = await client();
    expect((await thief.signIn(who)).status).toBe(200);
    for (const path of ['passphrase', 'code']) expect((await thief.get(`/staff/ways-in/${path}`)).status).toBe(404);
    const form = await made(thief, who.passphrase);
    expect((await thief.post('/staff/api/passphrase/change', form)).status).toBe(404);
  });
});

describe('a changed authenticator app', () => {
  it('gives the codes that count from then on, and ends every other session', async () => {
    const { browser, who } = await withPassphrase();
    const elsewhere = await client();
    await timePasses();
    await elsewhere.signIn(who);
    const { offer, secret } = await offered(browser, '/staff/ways-in/code');
    expect(secret).not.toBe(who.totpSecret);
    const wrong = { offer, code: totpCode(who.totpSecret) };
    expect(await codeOf(await browser.post('/staff/api/passphrase/code', wrong))).toEqual([422, 'invalid']);
    const shown = { offer, code: totpCode(secret) };
    expect((await browser.post('/staff/api/passphrase/code', shown)).status).toBe(204);
    expect((await elsewhere.get('/staff/api/own-keys')).status).toBe(401);
    expect((await browser.get('/staff/api/own-keys')).status).toBe(200);
    expect((await (await client()).signIn(who, shown.code)).status).toBe(401);
    await timePasses();
    expect((await (await client()).signIn(who)).status).toBe(401);
    expect((await (await client()).signIn({ ...who, totpSecret: secret })).status).toBe(200);
  });

  it('is one that was offered in this session, to this person', async () => {
    const [mine, other] = [await withPassphrase(), await withPassphrase()];
    const { offer, secret } = await offered(other.browser, '/staff/ways-in/code');
    const shown = { offer, code: totpCode(secret) };
    expect(await codeOf(await mine.browser.post('/staff/api/passphrase/code', shown))).toEqual([409, 'offer_over']);
    expect((await other.browser.post('/staff/api/passphrase/code', shown)).status).toBe(204);
  });
});

describe('a passphrase beside a passkey', () => {
  const adding = async (browser: StaffClient, key: SoftPasskey) => {
    const { offer, secret } = await offered(browser, '/staff/ways-in/passphrase');
    const keys = await ownKeys(browser);
    const [way] = keys.ways;
    const { salt, auth, unlock: to } = salted;
    const wrappingKey = await wrappingKeyOf(key.prf(way?.salt ?? ''));
    const sealed = (way?.sealed ?? []).map(async ({ kid, sealedPrivate }) => ({
      kid,
      sealedPrivate: await resealPrivateKeys({ wrappingKey, purpose: 'staff', sealedPrivate, to }),
    }));
    return { secret, form: { offer, code: totpCode(secret), salt, auth, sealed: await Promise.all(sealed) } };
  };

  it('signs in and unlocks as well, and there is one at most', async () => {
    const { browser, passkey: key } = await signedInWithPasskey(staff, ['officer']);
    const { secret, form } = await adding(browser, key);
    expect((await browser.post('/staff/api/passphrase', form)).status).toBe(204);
    expect(await codeOf(await browser.post('/staff/api/passphrase', form))).toEqual([409, 'has_passphrase']);
    await timePasses();
    const { rows } = await staff.owner.query<{ username: string }>('SELECT username FROM staff WHERE id = $1', [
      (await ownKeys(browser)).staffId,
    ]);
    const who = { username: rows[0]?.username ?? '', passphrase: NEW, totpSecret: secret };
    const keys = (await (await (await client()).signIn(who)).json()) as OwnKeys;
    const way = keys.ways.find(({ kind }) => kind === 'passphrase');
    const { unlock: wrappingKey } = await stretched({ passphrase: NEW, salt: way?.salt ?? '' });
    const sealedPrivate = way?.sealed.find(({ kid }) => kid === keys.agreement.kid)?.sealedPrivate ?? '';
    const held = await openPrivateKeys({ wrappingKey, purpose: 'staff', sealedPrivate });
    expect(held.agreement?.kid).toBe(keys.agreement.kid);
  });

  it('is added once by two who add one at the same moment', async () => {
    const { browser, passkey: key } = await signedInWithPasskey(staff, ['officer']);
    const forms = [await adding(browser, key), await adding(browser, key)];
    const answers = await Promise.all(forms.map(({ form }) => browser.post('/staff/api/passphrase', form)));
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409]);
  });

  it('is not offered to somebody whose role needs a passkey, nor taken from them', async () => {
    const { browser } = await signedInWithPasskey(staff, ['admin']);
    expect(await (await browser.get('/staff/ways-in')).text()).not.toContain('Add a passphrase');
    expect((await browser.get('/staff/ways-in/passphrase')).status).toBe(404);
    expect((await browser.get('/staff/ways-in/code')).status).toBe(409);
    const officer = await signedInWithPasskey(staff, ['officer']);
    expect(await (await officer.browser.get('/staff/ways-in')).text()).toContain('Add a passphrase');
    const { form } = await adding(officer.browser, officer.passkey);
    await staff.owner.query(`UPDATE staff SET roles = '{admin}' WHERE id = $1`, [
      (await ownKeys(officer.browser)).staffId,
    ]);
    expect((await officer.browser.post('/staff/api/passphrase', form)).status).toBe(404);
  });
});
