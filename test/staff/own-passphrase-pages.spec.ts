import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { AgenciesService } from '../../src/agencies/agencies.service.js';
import { Invitations } from '../../src/staff/invitations.js';
import { totpCode } from '../../src/staff/totp.js';
import { expectNoAxeViolations } from '../support/axe.js';
import { openBrowser } from '../support/browser.js';
import { until } from '../support/until.js';
import { VirtualAuthenticator } from '../support/virtual-authenticator.js';
import { keptKeys } from './kept-keys.js';
import { startStaffApp, SYSTEM, type StaffApp } from './staff-app.js';

const FIRST = 'four words that do not belong';
const SECOND = 'quite another set of words';

let staff: StaffApp;
let browser: Browser;
let page: Page;
let authenticator: VirtualAuthenticator;
let secret = '';
const sent: string[] = [];
const wrong: string[] = [];

beforeAll(async () => {
  staff = await startStaffApp();
  await staff.app.get(AgenciesService).connect(SYSTEM, { id: 'ombudsman' });
  browser = await openBrowser();
  page = await (await browser.newContext()).newPage();
  page.on('request', (request) => sent.push(request.postData() ?? ''));
  page.on('pageerror', (error) => wrong.push(error.message));
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) wrong.push(message.text());
  });
  authenticator = await VirtualAuthenticator.plugInto(page);
  const { link } = await staff.app.get(Invitations).invite(SYSTEM, { agencyId: 'ombudsman', roles: ['officer'] });
  await page.goto(link);
  await page.locator('#form').waitFor();
  await page.fill('#displayName', 'Hana Reedy');
  await page.fill('#username', 'hana.reedy');
  await page.click('#join button');
  await page.locator('#joined').waitFor();
  await page.goto(`${staff.staffOrigin}/staff/sign-in?next=/staff/ways-in`);
  await page.click('#enter-passkey');
  await at('/staff/ways-in');
});
afterAll(async () => {
  await browser.close();
  await staff.close();
});

const at = (path: string): Promise<void> => page.waitForURL(({ pathname }) => pathname === path);
const timePasses = (): Promise<unknown> => staff.owner.query('UPDATE staff SET totp_last_step = 0');
const link = (name: string): Promise<void> => page.getByRole('link', { name, exact: true }).click();

async function shownSecret(): Promise<string> {
  return ((await page.locator('#totp-secret').textContent()) ?? '').replaceAll(' ', '');
}

async function typeNew(passphrase: string, again = passphrase): Promise<void> {
  await page.fill('#passphrase', passphrase);
  await page.fill('#again', again);
}

async function signInAnew(passphrase: string): Promise<void> {
  await timePasses();
  await page.context().clearCookies();
  await page.goto(`${staff.staffOrigin}/staff/sign-in?next=/staff/ways-in`);
  await page.fill('#username', 'hana.reedy');
  await page.fill('#passphrase', passphrase);
  await page.fill('#code', totpCode(secret));
  await page.click('#enter');
}

it('somebody with a passkey adds a passphrase and a code, and both unlock', async () => {
  await expectNoAxeViolations(page);
  expect(await page.getByText(/^\d{1,2} \w+ 20\d\d$/).count()).toBeGreaterThan(0);
  await link('Add a passphrase and a code');
  await at('/staff/ways-in/passphrase');
  await expectNoAxeViolations(page);
  secret = await shownSecret();
  await typeNew('hana.reedy hana.reedy');
  await page.click('#enter');
  await page.getByText('The passphrase must not contain your username.').waitFor();
  await typeNew(FIRST, SECOND);
  await page.click('#enter');
  await page.getByText('The two passphrases are not the same.').waitFor();
  await typeNew(FIRST);
  await page.fill('#code', '000000');
  await page.click('#enter');
  await page.getByText('This is not the code that your authenticator shows now.').waitFor();
  await expectNoAxeViolations(page);
  await page.fill('#code', totpCode(secret));
  await page.click('#enter');
  await at('/staff/ways-in');
  expect(await page.getByText('Signs you in and unlocks').count()).toBe(2);

  await signInAnew(FIRST);
  await at('/staff/ways-in');
  await until('the keys are there', async () => (await keptKeys(page)).length === 2);
});

it('they change the passphrase, by the old one or by a passkey, and what they typed wrong is told', async () => {
  await link('Change your passphrase');
  await at('/staff/ways-in/passphrase');
  await expectNoAxeViolations(page);
  await page.fill('#current', 'not the one that it was');
  await typeNew(SECOND);
  await page.click('#enter');
  await page.getByText('This does not open your keys. Check your passphrase.').waitFor();
  await page.fill('#current', FIRST);
  await page.click('#enter');
  await at('/staff/ways-in');
  await signInAnew(FIRST);
  await page.getByText('The username, the passphrase or the code is not right.').waitFor();
  await signInAnew(SECOND);
  await at('/staff/ways-in');
  await until('the keys are there', async () => (await keptKeys(page)).length === 2);

  await link('Change your passphrase');
  await at('/staff/ways-in/passphrase');
  await typeNew(FIRST);
  await authenticator.isTouched(true);
  await page.click('#enter');
  await at('/staff/ways-in');
  await signInAnew(FIRST);
  await at('/staff/ways-in');
});

it('they change their authenticator app', async () => {
  await link('Change your authenticator app');
  await at('/staff/ways-in/code');
  await expectNoAxeViolations(page);
  const next = await shownSecret();
  await page.fill('#code', '000000');
  await page.click('#enter');
  await page.getByText('This is not the code that your authenticator shows now.').waitFor();
  await page.fill('#code', totpCode(next));
  await page.click('#enter');
  await at('/staff/ways-in');
  await signInAnew(FIRST);
  await page.getByText('The username, the passphrase or the code is not right.').waitFor();
  secret = next;
  await signInAnew(FIRST);
  await at('/staff/ways-in');
});

it('nothing of a passphrase was ever sent, and nothing went wrong in a page', () => {
  for (const passphrase of [FIRST, SECOND]) expect(sent.join('\n')).not.toContain(passphrase);
  expect(wrong).toEqual([]);
});
