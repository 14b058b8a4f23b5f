import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import { openBrowser } from '../support/browser.js';
import { goTo, signInThere, startOpenIdScene, through } from './openid-scene.js';
import { enrol, StaffClient, type StaffApp } from './staff-app.js';

const SESSION = 'onedoor-staff';
const ERRAND = 'onedoor-staff-errand';
const HANA = { account: 'hana@ombudsman' };

let scene: StaffApp;
let officer: EnrolledStaffMember;

const someone = (): Promise<StaffClient> => new StaffClient(scene.staffOrigin).begin();

/** Forgets which codes were used, as if time had passed. */
const timePasses = (): Promise<unknown> => scene.owner.query('UPDATE staff SET totp_last_step = 0');

async function signedIn(who: EnrolledStaffMember): Promise<StaffClient> {
  await timePasses();
  const client = await someone();
  expect((await client.signIn(who)).status).toBe(200);
  return client;
}

async function linked(): Promise<string[]> {
  const { rows } = await scene.owner.query<{ line: string }>(
    `SELECT issuer || ' ' || subject AS line FROM staff_identities WHERE staff_id = $1`,
    [officer.actor.staffId],
  );
  return rows.map(({ line }) => line.replace(/^http:\/\/127\.0\.0\.1:\d+\/ /, ''));
}

/** Comes back with an answer that must count for nothing. */
async function expectNothing(client: StaffClient, path: string): Promise<void> {
  const answer = await client.get(path);
  expect(answer.status).toBe(403);
  expect(await answer.text()).toContain('Signing in there did not work');
  expect(client.cookie(SESSION)).toBeUndefined();
}

beforeAll(async () => {
  scene = await startOpenIdScene();
  officer = await enrol(scene, 'ombudsman', ['officer', 'lead']);
  const client = await signedIn(officer);
  expect((await through(client, 'alpha/link', HANA)).status).toBe(200);
});

afterAll(async () => {
  await scene.close();
});

describe('an account of one’s agency', () => {
  it('is linked by the person who is signed in, whose session gets a new token, and then signs in', async () => {
    const client = await signedIn(officer);
    const before = client.cookie(SESSION);
    expect((await through(client, 'beta/link', HANA)).status).toBe(200);
    expect(client.cookie(SESSION)).not.toBe(before);
    expect(await linked()).toEqual(['hana@ombudsman', 'employee of hana@ombudsman']);
    for (const provider of ['alpha', 'beta']) {
      const browser = await someone();
      expect((await through(browser, `${provider}/sign-in`, HANA)).status).toBe(200);
      expect((await browser.get('/staff/sessions')).status).toBe(200);
      expect(browser.cookie(ERRAND)).toBeUndefined();
    }
  });

  it('that nobody linked, that is of another agency, or whose owner has left, is told no more than that', async () => {
    const unlinked = await through(await someone(), 'alpha/sign-in', { account: 'stranger@ombudsman' });
    await scene.owner.query('UPDATE staff SET active = false WHERE id = $1', [officer.actor.staffId]);
    const ended = await through(await someone(), 'alpha/sign-in', HANA);
    await scene.owner.query('UPDATE staff SET active = true WHERE id = $1', [officer.actor.staffId]);
    const shape = async (answer: Response): Promise<unknown> => [
      answer.status,
      [...answer.headers.keys()],
      (await answer.text()).replace(/nonce-[^'"]+/g, ''),
    ];
    const first = await shape(unlinked);
    expect(first).toMatchObject([403, expect.anything(), expect.stringContaining('This account is not linked')]);
    expect(await shape(ended)).toEqual(first);
  });

  it('signs in under a token of its own, whatever somebody planted in the browser beforehand', async () => {
    const theirs = (await signedIn(await enrol(scene, 'ombudsman', ['officer']))).cookie(SESSION) ?? '';
    for (const planted of ['A'.repeat(43), theirs]) {
      const browser = await someone();
      browser.setCookie(SESSION, planted);
      expect((await through(browser, 'alpha/sign-in', HANA)).status).toBe(200);
      const own = (await (await browser.get('/staff/api/own-keys')).json()) as { staffId: string };
      expect([browser.cookie(SESSION) === planted, own.staffId]).toEqual([false, officer.actor.staffId]);
      const attacker = await someone();
      attacker.setCookie(SESSION, planted);
      expect(await (await attacker.get('/staff/api/own-keys')).text()).not.toContain(officer.actor.staffId);
    }
  });

  it('of another agency is not linked, where the provider says which agency it is', async () => {
    const other = await enrol(scene, 'psc', ['officer']);
    const client = await signedIn(other);
    expect((await through(client, 'beta/link', { account: 'tama@ombudsman' })).status).toBe(403);
    expect((await through(await someone(), 'beta/sign-in', { account: 'tama@ombudsman' })).status).toBe(403);
    expect((await through(client, 'beta/link', { account: 'tama@psc' })).status).toBe(200);
  });

  it('is one person’s alone: nobody else can link it', async () => {
    const other = await signedIn(await enrol(scene, 'ombudsman', ['officer']));
    const answer = await through(other, 'alpha/link', HANA);
    expect([answer.status, (await answer.text()).includes('is not linked')]).toEqual([403, true]);
    expect((await other.get('/staff/sessions')).status).toBe(200);
  });

  it('is as good as a passkey only where the provider says that it cannot be phished', async () => {
    for (const amr of ['pwd', 'hwk']) {
      expect((await through(await someone(), 'alpha/sign-in', { ...HANA, amr })).status).toBe(200);
    }
    const { rows } = await scene.owner.query<{ strong: boolean }>(
      `SELECT resists_phishing AS strong FROM staff_sessions WHERE method = 'openid' ORDER BY created_at DESC LIMIT 2`,
    );
    expect(rows.map(({ strong }) => strong)).toEqual([true, false]);
  });

  it('is let go by its owner, who is then signed out everywhere else', async () => {
    const account = { account: 'moana@ombudsman' };
    const client = await signedIn(officer);
    expect((await through(client, 'alpha/link', account)).status).toBe(200);
    const elsewhere = await someone();
    await through(elsewhere, 'alpha/sign-in', account);
    const { rows } = await scene.owner.query<{ id: string }>('SELECT id FROM staff_identities WHERE subject = $1', [
      account.account,
    ]);
    expect((await client.postForm(`/staff/identities/${rows[0]?.id ?? ''}/remove`, {})).status).toBe(303);
    expect((await client.get('/staff/identities')).status).toBe(200);
    expect((await elsewhere.get('/staff/api/own-keys')).status).toBe(401);
    expect((await through(await someone(), 'alpha/sign-in', account)).status).toBe(403);
  });
});

describe('an answer of a provider', () => {
  it('counts only with the state that the browser was given', async () => {
    const client = await someone();
    const back = await signInThere(await goTo(client, 'alpha/sign-in'), HANA);
    await expectNothing(client, back.replace(/state=[^&]+/, `state=${'x'.repeat(43)}`));
  });

  it('counts only with the nonce that the browser was given', async () => {
    const client = await someone();
    const bend = (url: URL): void => {
      url.searchParams.set('nonce', 'x'.repeat(43));
    };
    await expectNothing(client, await signInThere(await goTo(client, 'alpha/sign-in'), { ...HANA, bend }));
  });

  it('counts once', async () => {
    const client = await someone();
    const back = await signInThere(await goTo(client, 'alpha/sign-in'), HANA);
    const errand = client.cookie(ERRAND) ?? '';
    expect((await client.get(back)).status).toBe(200);
    const thief = await someone();
    thief.setCookie(ERRAND, errand);
    await expectNothing(thief, back);
  });

  it('counts in no other browser than the one that was sent, so that nobody is signed in as somebody else', async () => {
    const attacker = await someone();
    const back = await signInThere(await goTo(attacker, 'alpha/sign-in'), HANA);
    await expectNothing(await someone(), back);
    const victim = await someone();
    await goTo(victim, 'alpha/sign-in');
    await expectNothing(victim, back);
  });

  it('is never taken for another provider’s', async () => {
    const client = await someone();
    const there = await goTo(client, 'alpha/sign-in');
    const errand = client.cookie(ERRAND) ?? '';
    const state = there.searchParams.get('state') ?? '';
    const other = await signInThere(await goTo(await someone(), 'beta/sign-in'), HANA);
    const mixedUp = other.replace('/beta/', '/alpha/').replace(/state=[^&]+/, `state=${state}`);
    for (const path of [mixedUp, mixedUp.replace(/&iss=[^&]+/, ''), mixedUp.replace('/alpha/', '/beta/')]) {
      client.setCookie(ERRAND, errand);
      await expectNothing(client, path);
    }
  });

  it('may come ten minutes late at most, and in a cookie that other sites’ pages cannot read', async () => {
    const client = await someone();
    const answer = await client.postForm('/staff/openid/alpha/sign-in', {});
    const line = answer.headers.getSetCookie().find((each) => each.startsWith(ERRAND)) ?? '';
    expect(line.split('; ').slice(1).sort()).toEqual(['HttpOnly', 'Max-Age=600', 'Path=/', 'SameSite=Lax']);
  });

  it('leads to no other site afterwards', async () => {
    for (const next of ['https://elsewhere.test/', '//elsewhere.test', '/staff/../x', '/\\elsewhere.test']) {
      const client = await someone();
      const back = await signInThere(await goTo(client, 'alpha/sign-in', { next }), HANA);
      expect(await (await client.get(back)).text()).toContain('id="go-on" href="/staff"');
    }
  });
});

describe('a provider', () => {
  it('that does not answer is said to be down, and keeps nothing else from working', async () => {
    const client = await someone();
    expect((await client.postForm('/staff/openid/gone/sign-in', {})).status).toBe(503);
    expect((await client.postForm('/staff/openid/unknown/sign-in', {})).status).toBe(403);
    expect((await client.get('/staff/sign-in')).status).toBe(200);
  });

  it('shows anew who is there before what is dangerous, and only by signing in there now', async () => {
    const client = await someone();
    await through(client, 'alpha/sign-in', HANA);
    const old = (): Promise<unknown> =>
      scene.owner.query(`UPDATE staff_sessions SET proved_at = now() - interval '6 minutes'`);
    const dangerous = async (): Promise<number> => (await client.postForm('/staff/keys/close', {})).status;
    await old();
    expect(await dangerous()).toBe(403);
    // Who was there in the morning may not be there now.
    const bend = (url: URL): void => {
      url.searchParams.delete('prompt');
      url.searchParams.delete('max_age');
    };
    expect((await through(client, 'alpha/prove', { ...HANA, bend })).status).toBe(403);
    expect((await through(client, 'alpha/prove', { account: 'stranger@ombudsman' })).status).toBe(403);
    expect(await dangerous()).toBe(403);
    const before = client.cookie(SESSION);
    expect((await through(client, 'alpha/prove', HANA)).status).toBe(200);
    expect(client.cookie(SESSION)).not.toBe(before);
    expect(await dangerous()).not.toBe(403);
  });

  it('leads a real browser back to a page that knows who it is', async () => {
    const browser = await openBrowser();
    try {
      const page = await (await browser.newContext()).newPage();
      await page.setExtraHTTPHeaders({ 'x-account': HANA.account });
      await page.goto(`${scene.staffOrigin}/staff/sign-in?next=/staff/sessions`);
      await page.getByText('Sign in with Alpha').click();
      await page.getByText('This browser', { exact: true }).waitFor();
      expect(new URL(page.url()).pathname).toBe('/staff/sessions');
    } finally {
      await browser.close();
    }
  });
});
