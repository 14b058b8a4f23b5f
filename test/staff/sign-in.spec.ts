import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import { tokenHash } from '../../src/staff/token.js';
import { totpCode } from '../../src/staff/totp.js';
import { enrol, StaffClient, startStaffApp, type StaffApp } from './staff-app.js';

let staff: StaffApp;
let officer: EnrolledStaffMember;

beforeAll(async () => {
  staff = await startStaffApp();
  officer = await enrol(staff, 'ombudsman', ['officer']);
});

afterAll(async () => {
  await staff.close();
});

const client = (): Promise<StaffClient> => new StaffClient(staff.staffOrigin).begin();

/** Forgets which codes were used, as if time had passed. */
async function timePasses(): Promise<void> {
  await staff.owner.query('UPDATE staff SET totp_last_step = 0');
  await staff.owner.query('DELETE FROM slowed_tries');
}

async function shape(response: Response): Promise<object> {
  const body = (await response.json()) as Record<string, unknown>;
  return {
    status: response.status,
    body: { ...body, instance: undefined, correlation: undefined },
    headers: [...response.headers.keys()].sort(),
  };
}

describe('signing in', () => {
  it('lets in who has the passphrase and the code, and gives their sealed keys', async () => {
    await timePasses();
    const browser = await client();
    const answer = await browser.signIn(officer);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      staffId: officer.actor.staffId,
      agreement: { kid: officer.agreement.kid },
      signing: { kid: officer.signing.kid },
    });
    expect((await browser.get('/staff/api/own-keys')).status).toBe(200);
  });

  it('keeps no token, passphrase, auth or TOTP secret as it was sent', async () => {
    await timePasses();
    const browser = await client();
    await browser.signIn(officer);
    const token = browser.cookie('onedoor-staff') ?? '';
    const { rows } = await staff.owner.query<{ dump: string }>(
      `SELECT (SELECT json_agg(s)::text FROM staff s) || (SELECT json_agg(t)::text FROM staff_sessions t) AS dump`,
    );
    const dump = rows[0]?.dump ?? '';
    expect(dump).toContain(tokenHash(token).toString('hex'));
    for (const secret of [token, officer.passphrase, officer.totpSecret]) expect(dump).not.toContain(secret);
  });

  it('answers the same to an unknown name, a wrong passphrase, a wrong code and a used code', async () => {
    await timePasses();
    const used = totpCode(officer.totpSecret);
    expect((await (await client()).signIn(officer, used)).status).toBe(200);
    const wrongCode = used === '000000' ? '000001' : '000000';
    const tries = [
      { ...officer, username: 'nobody.at.all' },
      { ...officer, passphrase: 'another passphrase entirely' },
    ].map(async (who) =>
      shape(await (await client()).signIn(who, totpCode(officer.totpSecret, new Date(Date.now() + 30_000)))),
    );
    tries.push(shape(await (await client()).signIn(officer, wrongCode)));
    tries.push(shape(await (await client()).signIn(officer, used)));
    const [first, ...others] = await Promise.all(tries);
    expect(first).toMatchObject({ status: 401 });
    for (const other of others) expect(other).toEqual(first);
  });

  it('lets one of several concurrent tries use a code', async () => {
    await timePasses();
    const browsers = await Promise.all(Array.from({ length: 5 }, client));
    const code = totpCode(officer.totpSecret);
    const [first] = browsers;
    const auth = (await first?.authOf(officer)) ?? '';
    const sent = { username: officer.username, auth, code };
    const answers = await Promise.all(browsers.map((browser) => browser.post('/staff/api/sign-in', sent)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401, 401]);
  });

  it('gives a name nobody has a salt that stays the same and looks like any other', async () => {
    const browser = await client();
    const salt = async (username: string): Promise<string> =>
      ((await (await browser.post('/staff/api/sign-in/salt', { username })).json()) as { salt: string }).salt;
    const made = await salt('who.is.this');
    expect(made).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(await salt(' WHO.is.this ')).toBe(made);
    expect(await salt('somebody.else')).not.toBe(made);
    expect(await salt(officer.username)).toMatch(/^[A-Za-z0-9_-]{22}$/);
  });

  it('records what was tried, and no name that was typed', async () => {
    await (await client()).signIn({ ...officer, username: 'a.secret.name' });
    const { rows } = await staff.owner.query<{ dump: string }>(
      `SELECT json_agg(e)::text AS dump FROM audit_entries e WHERE action LIKE 'staff.%'`,
    );
    expect(rows[0]?.dump).toContain('staff.sign_in_refused');
    expect(rows[0]?.dump).toContain('staff.signed_in');
    expect(rows[0]?.dump).not.toContain('a.secret.name');
  });
});

describe('a session', () => {
  let officer: EnrolledStaffMember;

  beforeAll(async () => {
    officer = await enrol(staff, 'ombudsman', ['officer']);
  });

  const signedIn = async (): Promise<StaffClient> => {
    await timePasses();
    const browser = await client();
    expect((await browser.signIn(officer)).status).toBe(200);
    return browser;
  };

  it('is needed: pages lead to the sign-in page, everything else is refused', async () => {
    const browser = await client();
    const page = await browser.get('/staff/keys?x=1');
    expect([page.status, page.headers.get('location')]).toEqual([303, '/staff/sign-in?next=%2Fstaff%2Fkeys']);
    expect((await browser.get('/staff/api/own-keys')).status).toBe(401);
    expect((await browser.post('/staff/sign-out', {})).status).toBe(401);
  });

  it('ends when it was idle for 30 minutes', async () => {
    const browser = await signedIn();
    await staff.owner.query(`UPDATE staff_sessions SET seen_at = now() - interval '29 minutes'`);
    expect((await browser.get('/staff/api/own-keys')).status).toBe(200);
    await staff.owner.query(`UPDATE staff_sessions SET seen_at = now() - interval '31 minutes'`);
    expect((await browser.get('/staff/api/own-keys')).status).toBe(401);
  });

  it('ends 12 hours after signing in, however busy', async () => {
    const browser = await signedIn();
    const { rows } = await staff.owner.query<{ hours: string }>(
      `SELECT extract(epoch FROM expires_at - created_at) / 3600 AS hours FROM staff_sessions
        WHERE token_hash = $1`,
      [tokenHash(browser.cookie('onedoor-staff') ?? '')],
    );
    expect(Number(rows[0]?.hours)).toBe(12);
    await staff.owner.query(`UPDATE staff_sessions SET expires_at = now() - interval '1 second'`);
    expect((await browser.get('/staff/api/own-keys')).status).toBe(401);
  });

  it('is dead after signing out, also for who kept the cookie', async () => {
    const browser = await signedIn();
    const token = browser.cookie('onedoor-staff') ?? '';
    const answer = await browser.post('/staff/sign-out', {});
    expect([answer.status, answer.headers.get('clear-site-data')]).toEqual([303, '"cache", "storage"']);
    expect(browser.cookie('onedoor-staff')).toBeUndefined();
    browser.setCookie('onedoor-staff', token);
    expect((await browser.get('/staff/api/own-keys')).status).toBe(401);
  });

  it('gets a new token at sign-in, and the one before is dead', async () => {
    const browser = await signedIn();
    const before = browser.cookie('onedoor-staff') ?? '';
    await timePasses();
    expect((await browser.signIn(officer)).status).toBe(200);
    expect(browser.cookie('onedoor-staff')).not.toBe(before);
    browser.setCookie('onedoor-staff', before);
    expect((await browser.get('/staff/api/own-keys')).status).toBe(401);
  });

  it('ends for who is no longer active', async () => {
    const browser = await signedIn();
    await staff.owner.query('UPDATE staff SET active = false WHERE id = $1', [officer.actor.staffId]);
    expect((await browser.get('/staff/api/own-keys')).status).toBe(401);
    await staff.owner.query('UPDATE staff SET active = true WHERE id = $1', [officer.actor.staffId]);
  });

  it('gives nothing, as where nothing is, to who has no keys, and lets them in no more', async () => {
    const browser = await signedIn();
    await staff.owner.query('UPDATE staff_keys SET retired_at = now() WHERE staff_id = $1', [officer.actor.staffId]);
    const answer = await browser.get('/staff/api/own-keys');
    expect([answer.status, await answer.json()]).toMatchObject([404, { code: 'not_found' }]);
    await timePasses();
    expect((await (await client()).signIn(officer)).status).toBe(404);
  });
});
