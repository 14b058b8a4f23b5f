import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import {
  makePersonalKeys,
  saltPassphrase,
  type MadePersonalKeys,
  type SaltedPassphrase,
} from '../../src/staff/make-personal-keys.js';
import { totpCode } from '../../src/staff/totp.js';
import { visit } from '../browser/visit.js';
import { expectNoAxeViolations } from '../support/axe.js';
import { openBrowser } from '../support/browser.js';
import { enrol, StaffClient, startStaffApp, type StaffApp } from './staff-app.js';

const CHECKED = { checked: 'yes' };
const NEW_PASSPHRASE = 'quite another five words altogether';

let staff: StaffApp;
let lost: EnrolledStaffMember;
let admin: EnrolledStaffMember;
let officer: EnrolledStaffMember;
let salted: SaltedPassphrase;
let made: MadePersonalKeys & { readonly salt: string; readonly auth: string };

beforeAll(async () => {
  salted = await saltPassphrase(NEW_PASSPHRASE);
  staff = await startStaffApp();
  admin = await enrol(staff, 'ombudsman', ['admin']);
  officer = await enrol(staff, 'ombudsman', ['officer']);
  lost = await enrol(staff, 'ombudsman', ['officer']);
});

afterAll(async () => {
  await staff.close();
});

beforeEach(async () => {
  await staff.owner.query('DELETE FROM account_recoveries');
  await staff.owner.query('UPDATE staff SET totp_last_step = 0');
});

async function signedIn(who: Parameters<StaffClient['signIn']>[0]): Promise<StaffClient> {
  await staff.owner.query('UPDATE staff SET totp_last_step = 0');
  const client = await new StaffClient(staff.staffOrigin).begin();
  expect((await client.signIn(who)).status).toBe(200);
  return client;
}

/** Begins it; gives its id. */
async function begin(client: StaffClient): Promise<string> {
  const answer = await client.postForm('/staff/recoveries', { ...CHECKED, staffId: lost.actor.staffId });
  expect(answer.status).toBe(303);
  const { rows } = await staff.owner.query<{ id: string }>('SELECT id FROM account_recoveries');
  return rows[0]?.id ?? '';
}

const approve = (client: StaffClient, id: string): Promise<Response> =>
  client.postForm(`/staff/recoveries/${id}/approve`, CHECKED);

async function tokenIn(answer: Response): Promise<string> {
  return /\/staff\/recover#([\w-]{43})/.exec(await answer.text())?.[1] ?? '';
}

/** What the page of whoever holds the link does. */
async function takeUp(token: string): Promise<{ status: number; totpSecret: string }> {
  const client = await new StaffClient(staff.staffOrigin).begin();
  const begun = await client.post('/staff/api/recover/begin', { token });
  if (begun.status !== 200) return { status: begun.status, totpSecret: '' };
  const { offer, totpSecret } = (await begun.json()) as { offer: string; totpSecret: string };
  const { salt, auth, agreement, signing } = made;
  const { status } = await client.post('/staff/api/recover', {
    token,
    offer,
    salt,
    auth,
    code: totpCode(totpSecret, new Date(Date.now() - 30_000)),
    agreement: { jwk: agreement.jwk, sealedPrivate: agreement.sealedPrivate },
    signing: { jwk: signing.jwk, sealedPrivate: signing.sealedPrivate },
  });
  return { status, totpSecret };
}

describe('letting somebody in again', () => {
  beforeEach(async () => {
    const { salt, auth, unlock } = salted;
    made = { salt, auth, ...(await makePersonalKeys(unlock)) };
  });

  it('takes one who begins and another who agrees, each having said that they checked who it is', async () => {
    const [one, other] = [await signedIn(officer), await signedIn(admin)];
    const unchecked = await one.postForm('/staff/recoveries', { staffId: lost.actor.staffId });
    expect(unchecked.status).toBe(422);
    const id = await begin(one);
    expect((await approve(one, id)).status).toBe(404);
    expect((await other.postForm(`/staff/recoveries/${id}/approve`, {})).status).toBe(422);
    expect(await tokenIn(await approve(other, id))).not.toBe('');
    expect((await approve(other, id)).status).toBe(409);
    // Never without a fresh proof of who it is that says so.
    await staff.owner.query(`UPDATE staff_sessions SET proved_at = now() - interval '6 minutes'`);
    expect((await approve(other, id)).status).toBe(403);
    expect((await one.postForm('/staff/recoveries', { ...CHECKED, staffId: lost.actor.staffId })).status).toBe(403);
  });

  it('is for two of whom one is an administrator, of the same agency, and never oneself', async () => {
    const id = await begin(await signedIn(officer));
    const second = await signedIn(await enrol(staff, 'ombudsman', ['lead']));
    const elsewhere = await signedIn(await enrol(staff, 'psc', ['admin']));
    const oneself = await signedIn(lost);
    for (const client of [second, elsewhere, oneself]) expect((await approve(client, id)).status).toBe(404);
    expect((await elsewhere.get('/staff/recoveries')).status).toBe(200);
    expect(await (await elsewhere.get('/staff/recoveries')).text()).not.toContain(lost.actor.displayName);
  });

  it('gives new keys and a new way in, and ends everything earlier', async () => {
    const before = await signedIn(lost);
    await staff.owner.query(
      `INSERT INTO staff_identities (id, staff_id, issuer, subject, linked_on)
       VALUES (gen_random_uuid(), $1, 'https://sign-in.test/', 'lost', now())`,
      [lost.actor.staffId],
    );
    const token = await tokenIn(await approve(await signedIn(admin), await begin(await signedIn(officer))));
    const { status, totpSecret } = await takeUp(token);
    expect(status).toBe(204);
    // Good once.
    expect((await takeUp(token)).status).toBe(404);

    expect((await before.get('/staff/api/own-keys')).status).toBe(401);
    const stranger = await new StaffClient(staff.staffOrigin).begin();
    expect((await stranger.signIn(lost)).status).toBe(401);
    const { rows } = await staff.owner.query<{ kids: string[]; retired: string[]; identities: number }>(
      `SELECT array_agg(kid) FILTER (WHERE retired_at IS NULL) AS kids,
              array_agg(kid) FILTER (WHERE retired_at IS NOT NULL) AS retired,
              (SELECT count(*)::int FROM staff_identities WHERE staff_id = $1) AS identities
         FROM staff_keys WHERE staff_id = $1`,
      [lost.actor.staffId],
    );
    expect(rows[0]?.kids.sort()).toEqual([made.agreement.kid, made.signing.kid].sort());
    expect(rows[0]?.retired).toEqual(expect.arrayContaining([lost.agreement.kid, lost.signing.kid]));
    expect(rows[0]?.identities).toBe(0);
    lost = { ...lost, passphrase: NEW_PASSPHRASE, totpSecret, agreement: made.agreement, signing: made.signing };
    const client = await signedIn(lost);
    const keys = (await (await client.get('/staff/api/own-keys')).json()) as { ways: unknown[]; earlier: unknown[] };
    expect([keys.ways.length, keys.earlier.length]).toEqual([1, 0]);
  });

  it('is announced to the person on every page, who stops it with one press', async () => {
    const person = await signedIn(lost);
    const one = await signedIn(officer);
    const token = await tokenIn(await approve(await signedIn(admin), await begin(one)));
    for (const path of ['/staff/sessions', '/staff/unlock', '/staff/keys']) {
      expect(await (await person.get(path)).text()).toContain('Colleagues are about to let somebody in as you');
    }
    const { rows } = await staff.owner.query<{ id: string }>('SELECT id FROM account_recoveries');
    // Without any proof: it must be quick.
    await staff.owner.query(`UPDATE staff_sessions SET proved_at = now() - interval '6 minutes'`);
    expect((await person.postForm(`/staff/recoveries/${rows[0]?.id ?? ''}/stop`, {})).status).toBe(303);
    expect((await takeUp(token)).status).toBe(404);
    expect(await (await person.get('/staff/sessions')).text()).not.toContain('about to let somebody in');
  });

  it('is over after a day, begun or approved', async () => {
    const [one, other] = [await signedIn(officer), await signedIn(admin)];
    const id = await begin(one);
    const later = (): Promise<unknown> =>
      staff.owner.query(`UPDATE account_recoveries SET expires_at = expires_at - interval '24 hours'`);
    await later();
    expect((await approve(other, id)).status).toBe(404);
    const token = await tokenIn(await approve(other, await begin(one)));
    await later();
    expect((await takeUp(token)).status).toBe(404);
  });

  it('gives one link where two agree at once, and none or a dead one where one agrees and one stops it', async () => {
    const [one, other] = [await signedIn(officer), await signedIn(admin)];
    const second = await signedIn(await enrol(staff, 'ombudsman', ['admin']));
    const id = await begin(one);
    const answers = await Promise.all([approve(other, id), approve(second, id)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);

    for (let round = 0; round < 5; round++) {
      await staff.owner.query('DELETE FROM account_recoveries');
      const next = await begin(one);
      const [approved, stopped] = await Promise.all([
        approve(other, next),
        one.postForm(`/staff/recoveries/${next}/stop`, {}),
      ]);
      expect(stopped.status).toBe(303);
      expect([201, 404]).toContain(approved.status);
      expect((await takeUp(await tokenIn(approved))).status).not.toBe(204);
    }
  });

  it('gives one of two who take it up at once a way in', async () => {
    const token = await tokenIn(await approve(await signedIn(admin), await begin(await signedIn(officer))));
    const [first, second] = await Promise.all([takeUp(token), takeUp(token)]);
    expect([first.status, second.status].sort()).toEqual([204, 404]);
    // So that the tests after it find who they know.
    const { totpSecret } = first.status === 204 ? first : second;
    lost = { ...lost, passphrase: NEW_PASSPHRASE, totpSecret };
  });

  it('is taken up on a page that shows the new code as a picture and in letters, and leads back to sign-in', async () => {
    const id = await begin(await signedIn(admin));
    const token = await tokenIn(await approve(await signedIn(officer), id));
    const browser = await openBrowser();
    try {
      const { page, wrong } = await visit(browser);
      await page.goto(`${staff.staffOrigin}/staff/recover#${token}`);
      await page.locator('#form').waitFor();
      await expectNoAxeViolations(page);
      expect(page.url()).not.toContain(token);
      expect(await page.getByRole('img', { name: 'QR code' }).isVisible()).toBe(true);
      const secret = ((await page.textContent('#totp-secret')) ?? '').replace(/ /g, '');
      await page.fill('#passphrase', NEW_PASSPHRASE);
      await page.fill('#again', NEW_PASSPHRASE);
      await page.fill('#code', totpCode(secret));
      await page.click('#recover button');
      await page.locator('#recovered').waitFor();
      await expectNoAxeViolations(page);
      expect(wrong).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});
