import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { AgenciesService } from '../../src/agencies/agencies.service.js';
import { Invitations } from '../../src/staff/invitations.js';
import type { Role } from '../../src/staff/roles.js';
import { expectNoAxeViolations } from '../support/axe.js';
import { openBrowser } from '../support/browser.js';
import { until } from '../support/until.js';
import { VirtualAuthenticator } from '../support/virtual-authenticator.js';
import { keptKeys } from './kept-keys.js';
import { startStaffApp, SYSTEM, type StaffApp } from './staff-app.js';

let staff: StaffApp;
let browser: Browser;

beforeAll(async () => {
  staff = await startStaffApp({ PASSKEY_REQUIRED_FOR: 'disclosure_officer,admin' });
  await staff.app.get(AgenciesService).connect(SYSTEM, { id: 'ombudsman' });
  browser = await openBrowser();
});

afterAll(async () => {
  await browser.close();
  await staff.close();
});

/** A new page that keeps what it sends and whatever goes wrong in it. */
async function openPage(): Promise<{ page: Page; sent: string[]; wrong: string[] }> {
  const page = await (await browser.newContext()).newPage();
  const sent: string[] = [];
  const wrong: string[] = [];
  page.on('request', (request) => sent.push(request.postData() ?? ''));
  page.on('pageerror', (error) => wrong.push(error.message));
  return { page, sent, wrong };
}

async function goToJoin(page: Page, roles: readonly Role[]): Promise<void> {
  const { link } = await staff.app.get(Invitations).invite(SYSTEM, { agencyId: 'ombudsman', roles });
  await page.goto(link);
  await page.locator('#form').waitFor();
}

const at = (page: Page, path: string): Promise<void> => page.waitForURL(({ pathname }) => pathname === path);

it('somebody joins with a passkey, signs in without a username, locks and unlocks', async () => {
  const { page, sent, wrong } = await openPage();
  const authenticator = await VirtualAuthenticator.plugInto(page);

  await goToJoin(page, ['officer', 'disclosure_officer']);
  expect(await page.locator('#choice').isVisible()).toBe(false);
  await expectNoAxeViolations(page);
  await page.fill('#displayName', 'Hana Reedy');
  await page.fill('#username', 'hana.reedy');
  await page.fill('#label', 'Blue key');
  await page.click('#join button');
  await page.locator('#joined').waitFor();
  expect(await authenticator.count()).toBe(1);

  await page.goto(`${staff.staffOrigin}/staff/sign-in?next=/staff/keys`);
  await page.click('#enter-passkey');
  await at(page, '/staff/keys');
  await until('the keys are there', async () => (await keptKeys(page)).length === 2);
  expect(await keptKeys(page)).toEqual(['held', 'held']);

  await page.click('#lock');
  await at(page, '/staff/unlock');
  expect(await keptKeys(page)).toEqual([]);
  await expectNoAxeViolations(page);
  expect(await page.locator('#passphrase').isVisible()).toBe(false);
  await page.click('#enter-passkey');
  await at(page, '/staff/keys');
  expect(await keptKeys(page)).toEqual(['held', 'held']);

  // Long after, something dangerous asks once more who is there.
  await staff.owner.query(`UPDATE staff_sessions SET proved_at = now() - interval '1 hour'`);
  await page.goto(`${staff.staffOrigin}/staff/step-up?next=/staff/sessions`);
  await expectNoAxeViolations(page);
  await page.click('#prove-passkey button');
  await at(page, '/staff/sessions');
  const { rows } = await staff.owner.query(
    `SELECT bool_or(proved_at > now() - interval '1 minute') AS fresh FROM staff_sessions`,
  );
  expect(rows).toEqual([{ fresh: true }]);

  // The browser is closed, and every sessionStorage gone.
  await page.close();
  const next = await page.context().newPage();
  await next.goto(`${staff.staffOrigin}/staff/keys`);
  await until('what was left behind is wiped', async () => (await keptKeys(next)).length === 0);

  await next.click('#sign-out button');
  await at(next, '/staff/sign-in');
  expect(wrong).toEqual([]);
  // What the PRF answered is in no request: the results of extensions are not sent at all.
  expect(sent.join('\n')).not.toMatch(/clientExtensionResults|"prf"|results/);
  expect(sent.join('\n')).toMatch(/attestationObject[^]*authenticatorData/);
});

it('a passkey that cannot unlock is no only way in, and whoever cancels can go on', async () => {
  const { page } = await openPage();
  const weak = await VirtualAuthenticator.plugInto(page, { prf: false });
  await goToJoin(page, ['officer']);
  await page.fill('#displayName', 'Rangi Tahi');
  await page.fill('#username', 'rangi.tahi');
  await page.click('#join button');
  await page.locator('#told').waitFor();
  expect(await page.locator('#told').textContent()).toContain('it cannot be your only way in');
  await weak.unplug();
  const strong = await VirtualAuthenticator.plugInto(page);
  await page.click('#join button');
  await page.locator('#joined').waitFor();
  expect(await strong.count()).toBe(1);
});
