import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Enrolment, type EnrolmentOffer } from '../../src/staff/enrolment.js';
import { Invitations } from '../../src/staff/invitations.js';
import type { Assertion } from '../../src/staff/passkeys/passkey.js';
import type { OwnKeys } from '../../src/staff/personal-key.js';
import type { Role } from '../../src/staff/roles.js';
import { openPrivateKeys } from '../../src/vault/keys.js';
import { wrappingKeyOf } from '../../src/vault/passkey.js';
import { AgenciesService } from '../../src/agencies/agencies.service.js';
import { moveBack, moveOn } from '../support/moved-time.js';
import { joiningForm, signInQuestion } from './passkey-people.js';
import { SoftPasskey, type Twist } from './soft-passkey.js';
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

async function beginJoining(roles: readonly Role[]): Promise<{ token: string; begun: EnrolmentOffer }> {
  const { token } = await staff.app.get(Invitations).invite(SYSTEM, { agencyId: 'ombudsman', roles });
  return { token, begun: await staff.app.get(Enrolment).begin(token) };
}

/** Somebody who has joined with a passkey. */
async function joined(roles: readonly Role[] = ['officer', 'disclosure_officer']): Promise<SoftPasskey> {
  const passkey = new SoftPasskey(staff.staffOrigin);
  const answer = await (
    await client()
  ).post('/staff/api/join/passkey', await joiningForm(passkey, await beginJoining(roles)));
  expect(answer.status).toBe(204);
  return passkey;
}

const question = signInQuestion;

const send = async (browser: StaffClient, assertion: Assertion): Promise<number> =>
  (await browser.post('/staff/api/sign-in/passkey', assertion)).status;

describe('joining with a passkey', () => {
  it('is the only way for disclosure officers and administrators, and the invitation stays good for it', async () => {
    const { token } = await staff.app.get(Invitations).invite(SYSTEM, { agencyId: 'ombudsman', roles: ['admin'] });
    const begun = await staff.app.get(Enrolment).begin(token);
    expect(begun.passkeyRequired).toBe(true);
    expect((await beginJoining(['officer'])).begun.passkeyRequired).toBe(false);
    await expect(enrol(staff, 'ombudsman', ['disclosure_officer'])).rejects.toMatchObject({
      fields: [{ field: 'passphrase', code: 'passkey_required' }],
    });
    const answer = await (
      await client()
    ).post('/staff/api/join/passkey', await joiningForm(new SoftPasskey(staff.staffOrigin), { token, begun }));
    expect(answer.status).toBe(204);
  });

  it.each<[string, Twist]>([
    ['made on another site', { origin: 'https://staff.example.org' }],
    ['made for another site', { rpId: 'example.org' }],
    ['whose person was not verified', { flags: 0x01 }],
  ])('refuses one %s', async (_, twist) => {
    const invited = await beginJoining(['officer']);
    const form = await joiningForm(new SoftPasskey(staff.staffOrigin), invited, twist);
    const answer = await (await client()).post('/staff/api/join/passkey', form);
    expect([answer.status, await answer.json()]).toMatchObject([422, { errors: [{ field: 'passkey' }] }]);
  });

  it('refuses one that was made for another invitation, and one that somebody has already', async () => {
    const [mine, other] = [await beginJoining(['officer']), await beginJoining(['officer'])];
    const passkey = new SoftPasskey(staff.staffOrigin);
    const swapped = await joiningForm(passkey, {
      token: mine.token,
      begun: { ...mine.begun, passkey: other.begun.passkey },
    });
    expect((await (await client()).post('/staff/api/join/passkey', swapped)).status).toBe(422);
    const taken = await joined();
    expect((await (await client()).post('/staff/api/join/passkey', await joiningForm(taken, mine))).status).toBe(422);
    expect((await (await client()).post('/staff/api/join/passkey', await joiningForm(passkey, mine))).status).toBe(204);
  });

  it('gives each credential a salt of its own, which whoever joins does not choose', async () => {
    const invited = await beginJoining(['officer']);
    const form = await joiningForm(new SoftPasskey(staff.staffOrigin), invited);
    const chosen = { ...form, prfSalt: 'A'.repeat(43) };
    expect((await (await client()).post('/staff/api/join/passkey', chosen)).status).toBe(422);
    expect((await (await client()).post('/staff/api/join/passkey', form)).status).toBe(204);
    const { rows } = await staff.owner.query<{ prf_salt: string }>(
      `SELECT prf_salt FROM staff_authenticators WHERE kind = 'passkey'`,
    );
    const salts = rows.map(({ prf_salt }) => prf_salt);
    expect(salts).toContain(invited.begun.passkey.prfSalt);
    expect(new Set(salts).size).toBe(salts.length);
  });
});

describe('signing in with a passkey', () => {
  let passkey: SoftPasskey;

  beforeAll(async () => {
    passkey = await joined();
  });

  it('needs no username, and gives the keys that its PRF opens', async () => {
    const browser = await client();
    const answer = await browser.post('/staff/api/sign-in/passkey', passkey.answer(await question(browser)));
    expect(answer.status).toBe(200);
    const keys = (await answer.json()) as OwnKeys;
    const [way] = keys.ways;
    if (way?.kind !== 'passkey') throw new Error('the passkey is no way in');
    const wrappingKey = await wrappingKeyOf(passkey.prf(way.salt));
    for (const { sealedPrivate } of way.sealed) {
      const held = await openPrivateKeys({ wrappingKey, purpose: 'staff', sealedPrivate });
      expect([keys.agreement.kid, keys.signing.kid]).toContain((held.agreement ?? held.signing)?.kid);
    }
    expect((await browser.get('/staff/api/own-keys')).status).toBe(200);
  });

  it('asks the same of everybody: the question names no credential, whether there are any or not', async () => {
    const asked = await question(await client());
    expect(Object.keys(asked).sort()).toEqual(['challenge', 'rpId']);
    expect(asked.rpId).toBe('localhost');
  });

  it('takes an answer once, also when it is sent many times at once', async () => {
    const browser = await client();
    const assertion = passkey.answer(await question(browser));
    const all = await Promise.all(Array.from({ length: 5 }, () => send(browser, assertion)));
    expect(all.sort()).toEqual([200, 401, 401, 401, 401]);
    expect(await send(browser, assertion)).toBe(401);
  });

  it('takes no second answer to an answered question, though its counter has moved on', async () => {
    const browser = await client();
    const asked = await question(browser);
    expect(await send(browser, passkey.answer(asked))).toBe(200);
    expect(await send(browser, passkey.answer(asked))).toBe(401);
  });

  it('takes no answer to a question that is too old, was altered, was asked for something else, or of another browser', async () => {
    const browser = await client();
    const asked = await question(browser);
    const bytes = Buffer.from(asked.challenge, 'base64url');
    const inAnHour = Math.floor(Date.now() / 1000) + 3600;
    bytes.writeUInt32BE(inAnHour);
    expect(await send(browser, passkey.answer({ ...asked, challenge: bytes.toString('base64url') }))).toBe(401);
    const { begun } = await beginJoining(['officer']);
    expect(await send(browser, passkey.answer(begun.passkey))).toBe(401);
    expect(await send(await client(), passkey.answer(asked))).toBe(401);
    moveOn(301);
    try {
      expect(await send(browser, passkey.answer(asked))).toBe(401);
    } finally {
      moveBack();
    }
    expect(await send(browser, passkey.answer(asked))).toBe(200);
  });

  it.each<[string, Twist]>([
    ['from another origin', { origin: 'https://staff.example.org' }],
    ['for another site', { rpId: 'example.org' }],
    ['of a person who was not verified', { flags: 0x01 }],
    ['whose counter stands still', { counter: 1 }],
    ['that says it is somebody else’s', { userHandle: 'A'.repeat(22) }],
    ['that does not say whose it is', { userHandle: '' }],
  ])('refuses an answer %s', async (_, twist) => {
    const browser = await client();
    const { userHandle, ...assertion } = passkey.answer(await question(browser), twist);
    expect(await send(browser, { ...assertion, ...(userHandle && { userHandle }) })).toBe(401);
  });

  it('refuses the copy of a passkey, which counts on by itself', async () => {
    const browser = await client();
    expect(await send(browser, passkey.answer(await question(browser)))).toBe(200);
    passkey.counter -= 2;
    expect(await send(browser, passkey.answer(await question(browser)))).toBe(401);
    passkey.counter += 2;
    expect(await send(browser, passkey.answer(await question(browser)))).toBe(200);
  });

  it('answers an unknown credential as it answers a wrong signature of a known one', async () => {
    const browser = await client();
    const stranger = new SoftPasskey(staff.staffOrigin);
    const shape = async (assertion: Assertion): Promise<object> => {
      const response = await browser.post('/staff/api/sign-in/passkey', assertion);
      const body = (await response.json()) as Record<string, unknown>;
      const headers = [...response.headers.keys()].sort();
      return { status: response.status, body: { ...body, instance: undefined, correlation: undefined }, headers };
    };
    const unknown = await shape(stranger.answer(await question(browser), { userHandle: 'A'.repeat(22) }));
    const { signature } = stranger.answer(await question(browser), { userHandle: 'A'.repeat(22) });
    expect(unknown).toMatchObject({ status: 401 });
    expect(await shape({ ...passkey.answer(await question(browser)), signature })).toEqual(unknown);
  });

  it('gives a new session: what was planted in the browser is good for nothing, before and after', async () => {
    const planted = 'A'.repeat(43);
    const browser = await client();
    browser.setCookie('onedoor-staff', planted);
    expect(await send(browser, passkey.answer(await question(browser)))).toBe(200);
    const first = browser.cookie('onedoor-staff') ?? '';
    expect(first).not.toBe(planted);
    expect(await send(browser, passkey.answer(await question(browser)))).toBe(200);
    expect(browser.cookie('onedoor-staff')).not.toBe(first);
    for (const token of [planted, first]) {
      browser.setCookie('onedoor-staff', token);
      expect((await browser.get('/staff/api/own-keys')).status).toBe(401);
    }
  });

  it('ends with the account', async () => {
    const browser = await client();
    const gone = await joined(['officer']);
    await staff.owner.query(
      `UPDATE staff p SET active = false FROM staff_authenticators a WHERE a.staff_id = p.id AND a.credential_id = $1`,
      [gone.id],
    );
    expect(await send(browser, gone.answer(await question(browser)))).toBe(401);
  });

  it('keeps nothing of questions that nobody answered', async () => {
    const before = await staff.owner.query('SELECT FROM staff_used_challenges');
    const browser = await client();
    for (let n = 0; n < 30; n++) await question(browser);
    await send(
      browser,
      new SoftPasskey(staff.staffOrigin).answer(await question(browser), { userHandle: 'A'.repeat(22) }),
    );
    const after = await staff.owner.query('SELECT FROM staff_used_challenges');
    expect(after.rowCount).toBe(before.rowCount);
  });
});
