import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AddressInfo } from 'node:net';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import { Settings } from '../../config/settings.js';
import { totpCode } from '../../src/staff/totp.js';
import { enrol, StaffClient, startStaffApp, type StaffApp } from './staff-app.js';

const COOKIE = 'onedoor-staff';

let staff: StaffApp;
let officer: EnrolledStaffMember;
let admin: EnrolledStaffMember;

beforeAll(async () => {
  staff = await startStaffApp();
  officer = await enrol(staff, 'ombudsman', ['officer']);
  admin = await enrol(staff, 'ombudsman', ['admin']);
});

afterAll(async () => {
  await staff.close();
});

/** Forgets which codes were used, as if time had passed. */
async function timePasses(): Promise<void> {
  await staff.owner.query('UPDATE staff SET totp_last_step = 0');
}

async function signedIn(who: EnrolledStaffMember): Promise<StaffClient> {
  await timePasses();
  const client = await new StaffClient(staff.staffOrigin).begin();
  expect((await client.signIn(who)).status).toBe(200);
  return client;
}

/** As if the person had last shown who they are this long ago. */
async function provedAgo(minutes: number): Promise<void> {
  await staff.owner.query(`UPDATE staff_sessions SET proved_at = now() - make_interval(mins => $1)`, [minutes]);
  await timePasses();
}

const stands = async (client: StaffClient): Promise<boolean> =>
  (await client.get('/staff/api/own-keys')).status === 200;

async function actions(): Promise<string[]> {
  const { rows } = await staff.owner.query<{ action: string }>('SELECT action FROM audit_entries');
  return rows.map(({ action }) => action);
}

describe('a person’s own sessions', () => {
  it('are listed with times and the way in, and with no address and no browser', async () => {
    const here = await signedIn(officer);
    await signedIn(officer);
    const page = await (await here.get('/staff/sessions')).text();
    expect(page.match(/Last used/g)?.length).toBeGreaterThanOrEqual(2);
    expect(page).toContain('This browser');
    const { rows } = await staff.owner.query<{ name: string }>(
      `SELECT attname AS name FROM pg_attribute
        WHERE attrelid = 'staff_sessions'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attname`,
    );
    const columns = 'created_at expires_at id method proved_at resists_phishing seen_at staff_id token_hash';
    expect(rows.map(({ name }) => name).join(' ')).toBe(columns);
  });

  it('can be ended one by one, or all but the one in use', async () => {
    await staff.owner.query('DELETE FROM staff_sessions');
    const [here, one, two, three] = [
      await signedIn(officer),
      await signedIn(officer),
      await signedIn(officer),
      await signedIn(officer),
    ];
    const page = await (await here.get('/staff/sessions')).text();
    const [first] = /\/staff\/sessions\/[0-9a-f-]{36}\/end/.exec(page) ?? [];
    expect((await here.postForm(first ?? '', {})).status).toBe(303);
    expect((await Promise.all([one, two, three].map(stands))).filter((standing) => !standing)).toHaveLength(1);
    expect((await here.postForm('/staff/sessions/end-others', {})).status).toBe(303);
    expect(await Promise.all([here, one, two, three].map(stands))).toEqual([true, false, false, false]);
  });

  it('are nobody else’s to end', async () => {
    const theirs = await signedIn(officer);
    const { rows } = await staff.owner.query<{ id: string }>(
      'SELECT id FROM staff_sessions WHERE staff_id = $1 ORDER BY seen_at DESC',
      [officer.actor.staffId],
    );
    const stranger = await signedIn(admin);
    expect((await stranger.postForm(`/staff/sessions/${rows[0]?.id ?? ''}/end`, {})).status).toBe(404);
    expect(await stands(theirs)).toBe(true);
  });

  it('are never more than eight: one more ends the one unused for longest', async () => {
    await staff.owner.query('DELETE FROM staff_sessions');
    const oldest = await signedIn(officer);
    await staff.owner.query(`UPDATE staff_sessions SET seen_at = now() - interval '1 minute'`);
    await staff.owner.query(
      `INSERT INTO staff_sessions (token_hash, staff_id, id, method, resists_phishing, created_at, seen_at, expires_at, proved_at)
       SELECT sha256(n::text::bytea), $1, gen_random_uuid(), 'passphrase', false, now(), now(), now() + interval '1 hour', now()
         FROM generate_series(1, 7) n`,
      [officer.actor.staffId],
    );
    expect(await stands(await signedIn(officer))).toBe(true);
    expect(await stands(oldest)).toBe(false);
    const { rows } = await staff.owner.query<{ n: number }>('SELECT count(*)::int AS n FROM staff_sessions');
    expect(rows[0]?.n).toBe(8);
  });

  it('are all ended by an administrator of the agency, and by no other', async () => {
    const theirs = await signedIn(officer);
    const end = `/staff/people/${officer.actor.staffId}/end-sessions`;
    const elsewhere = await signedIn(await enrol(staff, 'psc', ['admin']));
    expect((await elsewhere.postForm(end, {})).status).toBe(404);
    expect((await theirs.postForm(`/staff/people/${admin.actor.staffId}/end-sessions`, {})).status).toBe(404);
    expect(await stands(theirs)).toBe(true);
    expect((await (await signedIn(admin)).postForm(end, {})).status).toBe(303);
    expect(await stands(theirs)).toBe(false);
    expect(await actions()).toContain('staff.sessions_ended');
  });
});

describe('a session’s cookie', () => {
  it('that was set before signing in is never taken over', async () => {
    await timePasses();
    const planted = 'P'.repeat(43);
    const victim = await new StaffClient(staff.staffOrigin).begin();
    victim.setCookie(COOKIE, planted);
    expect((await victim.signIn(officer)).status).toBe(200);
    expect(victim.cookie(COOKIE)).not.toBe(planted);
    const attacker = await new StaffClient(staff.staffOrigin).begin();
    attacker.setCookie(COOKIE, planted);
    expect(await stands(attacker)).toBe(false);
  });

  it('is for this host, this site and no script alone, wherever the origin is https', async () => {
    const secure = await startStaffApp({ PUBLIC_ORIGIN: 'https://127.0.0.1', STAFF_ORIGIN: 'https://localhost' });
    try {
      const who = await enrol(secure, 'ombudsman', ['officer']);
      const { port } = secure.app.getHttpServer().address() as AddressInfo;
      // As behind a proxy that speaks https for it.
      secure.app.get(Settings).STAFF_ORIGIN = `https://localhost:${port.toString()}`;
      const client = new StaffClient(`http://localhost:${port.toString()}`);
      const answer = await (await client.begin()).signIn(who);
      expect(answer.status).toBe(200);
      const session = answer.headers.getSetCookie().find((line) => line.startsWith(`__Host-${COOKIE}=`));
      const attributes = (session ?? '').split('; ').slice(1).sort();
      expect(attributes).toEqual(['HttpOnly', 'Path=/', 'SameSite=Strict', 'Secure']);
    } finally {
      await secure.close();
    }
  });
});

describe('what is dangerous', () => {
  const invite = { agencyId: 'ombudsman', roles: 'officer' };

  it('is done at once by who has just signed in, and asks who signed in more than five minutes ago', async () => {
    const client = await signedIn(admin);
    await provedAgo(4);
    expect((await client.postForm('/staff/people/invite', invite)).status).toBe(201);
    await provedAgo(6);
    const asked = await client.postForm('/staff/people/invite', invite);
    expect(asked.status).toBe(403);
    const page = await asked.text();
    // What was typed waits in the page, which is sent on once the proof was given.
    expect(page).toContain('action="/staff/people/invite"');
    expect(page).toContain('<input type="hidden" name="roles" value="officer">');
    expect(page).not.toContain('/staff/join#');
    expect(asked.headers.get('content-security-policy')).toContain("'wasm-unsafe-eval'");
    expect((await client.prove(admin)).status).toBe(204);
    expect((await client.postForm('/staff/people/invite', invite)).status).toBe(201);
  });

  it('asks for it at every one of its doors', async () => {
    const client = await signedIn(admin);
    await provedAgo(6);
    const id = officer.actor.staffId;
    for (const path of ['people/invite', 'people/connect', `people/${id}/end-sessions`, 'keys/open', 'keys/close']) {
      expect([path, (await client.postForm(`/staff/${path}`, {})).status]).toEqual([path, 403]);
    }
    for (const path of ['keys', 'keys/grants']) {
      const answer = await client.post(`/staff/api/${path}`, {});
      expect([path, answer.status]).toEqual([path, 403]);
      expect(await answer.json()).toMatchObject({ code: 'step_up' });
    }
  });

  it('is not done by who has a wrong passphrase, a wrong code, or one that was used', async () => {
    const client = await signedIn(admin);
    await provedAgo(6);
    const wrong = await client.prove({ ...admin, passphrase: 'another passphrase entirely' });
    expect([wrong.status, await wrong.json()]).toMatchObject([403, { code: 'proof' }]);
    const code = totpCode(admin.totpSecret);
    expect((await client.prove(admin, code === '000000' ? '000001' : '000000')).status).toBe(403);
    expect((await client.prove(admin, code)).status).toBe(204);
    await staff.owner.query(`UPDATE staff_sessions SET proved_at = now() - interval '1 hour'`);
    expect((await client.prove(admin, code)).status).toBe(403);
    expect((await client.postForm('/staff/people/invite', invite)).status).toBe(403);
    expect(await actions()).toContain('staff.proof_refused');
  });

  it('is not done with a cookie that was stolen before the proof', async () => {
    const client = await signedIn(admin);
    const thief = await new StaffClient(staff.staffOrigin).begin();
    thief.setCookie(COOKIE, client.cookie(COOKIE) ?? '');
    expect(await stands(thief)).toBe(true);
    await provedAgo(6);
    expect((await client.prove(admin)).status).toBe(204);
    expect(await stands(client)).toBe(true);
    expect(await stands(thief)).toBe(false);
  });
});
