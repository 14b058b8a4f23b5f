import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { KeyLogKeeper } from '../../src/agencies/key-log/key-log-keeper.js';
import { confirmGrants, makeKits } from '../../src/demo/hold-ceremony.js';
import { Invitations } from '../../src/staff/invitations.js';
import { totpCode } from '../../src/staff/totp.js';
import { fingerprintWords } from '../../src/vault/fingerprint.js';
import { expectNoAxeViolations } from '../support/axe.js';
import { openBrowser } from '../support/browser.js';
import { keptKeys } from './kept-keys.js';
import { enrol, startStaffApp, SYSTEM, type StaffApp } from './staff-app.js';

const PASSPHRASE = 'four words that do not belong';

let staff: StaffApp;
let browser: Browser;

beforeAll(async () => {
  staff = await startStaffApp();
  browser = await openBrowser();
});

afterAll(async () => {
  await browser.close();
  await staff.close();
});

/** As a worker would, which is not there. */
const keepLog = (): Promise<number> => staff.app.get(KeyLogKeeper, { strict: false }).runOnce();

/** A new page that writes down whatever goes wrong in it, and every address it asks for. */
async function openPage(): Promise<{ page: Page; wrong: string[]; asked: string[]; sent: string[] }> {
  const page = await (await browser.newContext()).newPage();
  const wrong: string[] = [];
  const asked: string[] = [];
  const sent: string[] = [];
  page.on('pageerror', (error) => wrong.push(error.message));
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) wrong.push(message.text());
  });
  page.on('request', (request) => {
    asked.push(request.url());
    sent.push(request.postData() ?? '');
  });
  return { page, wrong, asked, sent };
}

it('lets an invited officer join, sign in, make the agency’s key, lock and unlock, all in their browser', async () => {
  const colleague = await enrol(staff, 'ombudsman', ['officer', 'disclosure_officer']);
  const { link, token } = await staff.app
    .get(Invitations)
    .invite(SYSTEM, { agencyId: 'ombudsman', roles: ['officer', 'disclosure_officer'] });
  const { page, wrong, asked, sent } = await openPage();

  // Joining
  await page.goto(link);
  await page.locator('#form').waitFor();
  expect(new URL(page.url()).hash).toBe('');
  await expectNoAxeViolations(page);
  const secret = ((await page.locator('#totp-secret').textContent()) ?? '').replaceAll(' ', '');
  await page.check('#way-2');
  await page.fill('#displayName', 'Hana Reedy');
  await page.fill('#username', 'hana.reedy');
  await page.fill('#code', totpCode(secret, new Date(Date.now() - 30_000)));
  await page.fill('#passphrase', 'too short');
  await page.fill('#again', 'too short');
  await page.click('#join button');
  await page.getByText('Use at least 16 characters').waitFor();
  await page.fill('#passphrase', PASSPHRASE);
  await page.fill('#again', PASSPHRASE);
  await page.click('#join button');
  await page.locator('#joined').waitFor();

  // Signing in
  await page.click('#joined a');
  await expectNoAxeViolations(page);
  await signIn(page, secret, 'not the right passphrase');
  await page.getByText('The username, the passphrase or the code is not right.').waitFor();
  await page.goto(`${staff.staffOrigin}/staff/sign-in?next=/staff/keys`);
  await signIn(page, secret, PASSPHRASE);
  await page.waitForURL(({ pathname }) => pathname === '/staff/keys');
  expect(await keptKeys(page)).toEqual(['held', 'held']);
  await expectNoAxeViolations(page);

  // The key ceremony: two kits, printed and typed back
  await page.click('a[href="/staff/keys/kits"]');
  await expectNoAxeViolations(page);
  for (const purpose of ['complaints', 'disclosures']) await makeKit(page, purpose);
  await page.click('a[href="/staff/keys"]');
  const own = await page.locator('#own-words').textContent();
  await page.click('#make');
  await page.locator('#compare').waitFor();
  await expectNoAxeViolations(page);
  expect(await page.locator('#compare-list [data-row]', { hasText: 'Hana Reedy' }).textContent()).toContain(own);
  for (const box of await page.locator('#compare-list input').all()) await box.check();
  await keepLog();
  await page.click('#make-for');
  await page.locator('#key-made').waitFor();
  await page.getByText('Holds the key', { exact: true }).waitFor();
  expect(await page.getByText('Was granted it, and has not opened it yet').count()).toBe(1);
  await confirmGrants(staff.app, colleague);
  await page.reload();
  expect(await page.locator('#missing').count()).toBe(0);
  await page.click('form[action="/staff/keys/open"] button');
  await page.getByText('Your agency is open.').waitFor();
  const { rows } = await staff.owner.query<{ staff_id: string }>('SELECT staff_id FROM agency_key_grants');
  expect(rows.map(({ staff_id }) => staff_id)).toContain(colleague.actor.staffId);

  // A later joiner is granted the key by who holds it
  const later = await enrol(staff, 'ombudsman', ['officer']);
  await page.reload();
  await page.click(`button[data-grant="${later.actor.staffId}"]`);
  await page.locator('#grant').waitFor();
  expect(await page.locator('#grant-words').textContent()).toBe(fingerprintWords(later.agreement.kid).join(' '));
  await keepLog();
  await page.click('#grant-to');
  await page.getByText('Was granted it, and has not opened it yet').waitFor();
  await confirmGrants(staff.app, later);
  await page.reload();
  expect(await page.getByText('Holds the key', { exact: true }).count()).toBe(3);

  // Locking and unlocking
  await page.click('#lock');
  await page.waitForURL(({ pathname }) => pathname === '/staff/unlock');
  expect(await keptKeys(page)).toEqual([]);
  await expectNoAxeViolations(page);
  await page.fill('#passphrase', 'not the right passphrase');
  await page.click('#enter');
  await page.getByText('This passphrase does not open your keys.').waitFor();
  await page.fill('#passphrase', PASSPHRASE);
  await page.click('#enter');
  await page.waitForURL(({ pathname }) => pathname === '/staff/keys');
  expect(await keptKeys(page)).toEqual(['held', 'held']);

  // Signing out
  await page.click('#sign-out button');
  await page.waitForURL(({ pathname }) => pathname === '/staff/sign-in');
  await page.goto(`${staff.staffOrigin}/staff/keys`);
  expect(new URL(page.url()).pathname).toBe('/staff/sign-in');
  expect(await keptKeys(page)).toEqual([]);

  expect(wrong).toEqual([]);
  expect(asked.filter((url) => url.includes(token))).toEqual([]);
  expect(sent.filter((body) => body.includes(PASSPHRASE))).toEqual([]);
  // Nothing of a share was sent: not as it is written, nor as it is typed.
  const written = printed.flatMap((share) => [share, ...share.split(' ').slice(0, -2)]);
  expect(written.length).toBeGreaterThan(100);
  const everything = sent.join('\n');
  expect(written.filter((group) => everything.includes(`"${group}`) || everything.includes(`${group} `))).toEqual([]);
});

const printed: string[] = [];

/** Makes a recovery kit, reads its sheets as they are printed, and types them back. */
async function makeKit(page: Page, purpose: string): Promise<void> {
  await page.click(`button[data-make="${purpose}"]`);
  await page.locator('#printing-title').waitFor();
  await expectNoAxeViolations(page);
  const shares = await Promise.all(
    (await page.locator('[data-groups]').all()).map(async (list) =>
      (await list.locator('li').allTextContents()).join(' '),
    ),
  );
  expect(shares).toHaveLength(3);
  printed.push(...shares);
  await page.click('#printed');
  const form = page.locator(`form[data-prove="${purpose}"]`);
  const [first = '', second = '', third = ''] = shares;
  await form.locator('textarea').nth(0).fill(first.toLowerCase());
  await form.locator('textarea').nth(1).fill(second.replaceAll(' ', '-'));
  await form.locator('textarea').nth(2).fill(first);
  await form.locator('button').click();
  await page.getByText('A sheet stands in the place of another').waitFor();
  const wrong = third.replace(/^./, third.startsWith('2') ? '3' : '2');
  await form.locator('textarea').nth(2).fill(wrong);
  await page.getByText('Not as printed, group: 1').waitFor();
  await form.locator('textarea').nth(2).fill(third);
  await form.locator('button').click();
  await page.locator(`#in-use-${purpose}`).waitFor();
}

it('asks once more who is there, beside the page or before a form is sent on, and then does what was asked', async () => {
  const colleague = await enrol(staff, 'psc', ['officer', 'disclosure_officer']);
  const officer = await enrol(staff, 'psc', ['officer', 'disclosure_officer']);
  await makeKits(staff.app, [officer]);
  const { page, wrong } = await openPage();
  await page.goto(`${staff.staffOrigin}/staff/sign-in?next=/staff/keys`);
  await page.fill('#username', officer.username);
  await page.fill('#passphrase', officer.passphrase);
  await page.fill('#code', totpCode(officer.totpSecret));
  await page.click('#enter');
  await page.waitForURL(({ pathname }) => pathname === '/staff/keys');
  const later = async (): Promise<void> => {
    await staff.owner.query(`UPDATE staff_sessions SET proved_at = now() - interval '6 minutes'`);
    await staff.owner.query('UPDATE staff SET totp_last_step = 0');
  };
  const prove = async (on: Page): Promise<void> => {
    await on.fill('#passphrase', officer.passphrase);
    await on.fill('#code', totpCode(officer.totpSecret));
    await on.click('#enter');
  };

  // What a script does: it is shown in another tab, and the page goes on by itself.
  await later();
  await page.click('#make');
  await page.locator('#compare').waitFor();
  for (const box of await page.locator('#compare-list input').all()) await box.check();
  await keepLog();
  await page.click('#make-for');
  await page.locator('#step-up').waitFor();
  await expectNoAxeViolations(page);
  const opening = page.waitForEvent('popup');
  await page.click('#step-up a');
  const beside = await opening;
  const closed = beside.waitForEvent('close');
  await prove(beside);
  await page.locator('#key-made').waitFor();
  await closed;
  await page.getByText('Holds the key', { exact: true }).waitFor();
  await confirmGrants(staff.app, colleague);
  await page.reload();

  // A form: it waits in the page that asks, and is sent on.
  await later();
  await page.click('form[action="/staff/keys/open"] button');
  await page.getByText('What you sent waits in this page').waitFor();
  await expectNoAxeViolations(page);
  await prove(page);
  await page.getByText('Your agency is open.').waitFor();

  // The person sees where they are signed in.
  await page.click('header a[href="/staff/sessions"]');
  await page.getByText('This browser', { exact: true }).waitFor();
  await expectNoAxeViolations(page);
  expect(wrong).toEqual([]);
});

it('shares unlocked keys with a new tab, and wipes what a closed browser left behind', async () => {
  const officer = await enrol(staff, 'ombudsman', ['officer']);
  const { page, wrong } = await openPage();
  await page.goto(`${staff.staffOrigin}/staff/sign-in?next=/staff/keys`);
  await page.fill('#username', officer.username);
  await page.fill('#passphrase', officer.passphrase);
  await page.fill('#code', totpCode(officer.totpSecret));
  await page.click('#enter');
  await page.waitForURL(({ pathname }) => pathname === '/staff/keys');

  // A second tab of the same browser asks the first for the tag, and both keep the keys.
  const second = await page.context().newPage();
  await second.goto(`${staff.staffOrigin}/staff/keys`);
  await second.waitForFunction('sessionStorage.length === 1');
  expect(await keptKeys(second)).toEqual(['held', 'held']);

  // Every tab is closed, and every sessionStorage gone; the session's cookie and the key store may still be there.
  await Promise.all([page.close(), second.close()]);
  const third = await page.context().newPage();
  await third.goto(`${staff.staffOrigin}/staff/keys`);
  await expectSoon(() => keptKeys(third), []);
  expect(wrong).toEqual([]);
});

it('locks an idle page, and takes what is open on it off the screen', async () => {
  const officer = await enrol(staff, 'ombudsman', ['officer']);
  const { page } = await openPage();
  await page.clock.install();
  await page.goto(`${staff.staffOrigin}/staff/sign-in?next=/staff/keys`);
  await page.fill('#username', officer.username);
  await page.fill('#passphrase', officer.passphrase);
  await page.fill('#code', totpCode(officer.totpSecret));
  await page.click('#enter');
  await page.waitForURL(({ pathname }) => pathname === '/staff/keys');
  // Each of its scripts has begun its watch: a page that reads the keys only now would keep them for longer.
  await page.locator('#own-words:not(:empty)').waitFor();
  await page.clock.fastForward('14:00');
  expect(await keptKeys(page)).toEqual(['held', 'held']);
  await page.clock.fastForward('02:00');
  await page.waitForURL(({ pathname }) => pathname === '/staff/unlock');
  expect(await keptKeys(page)).toEqual([]);
});

async function expectSoon(look: () => Promise<unknown>, wanted: unknown): Promise<void> {
  const end = Date.now() + 10_000;
  while (JSON.stringify(await look()) !== JSON.stringify(wanted) && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(await look()).toEqual(wanted);
}

async function signIn(page: Page, secret: string, passphrase: string): Promise<void> {
  await page.fill('#username', 'hana.reedy');
  await page.fill('#passphrase', passphrase);
  await page.fill('#code', totpCode(secret));
  await page.click('#enter');
}
