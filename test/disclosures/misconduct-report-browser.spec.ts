import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import { totpCode } from '../../src/staff/totp.js';
import { enrol, holdCeremony, startDesk, type Desk } from '../cases/desk.js';
import { expectNoAxeViolations } from '../support/axe.js';
import { openBrowser } from '../support/browser.js';

let desk: Desk;
let browser: Browser;
const wrong: string[] = [];
const sent: string[] = [];

beforeAll(async () => {
  desk = await startDesk();
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
  await desk.close();
});

/** Somebody at a phone of their own, signed in. */
async function phoneOf(who: EnrolledStaffMember): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 360, height: 740 } });
  page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()));
  page.on('pageerror', (error) => wrong.push(error.message));
  page.on('request', (request) => sent.push(request.url(), request.postData() ?? ''));
  await desk.rows('UPDATE staff SET totp_last_step = 0');
  await page.goto(`${desk.staffOrigin}/staff/sign-in`);
  await page.fill('#username', who.username);
  await page.fill('#passphrase', who.passphrase);
  await page.fill('#code', totpCode(who.totpSecret));
  await page.click('#enter');
  await page.waitForURL((url) => !url.pathname.endsWith('/sign-in'));
  return page;
}

async function look(page: Page): Promise<void> {
  await expectNoAxeViolations(page);
  expect(await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')).toBe(0);
}

describe('oversight: serious misconduct, in two browsers', () => {
  it('is sealed in the one and opened in the other, and not where the log has not the key of who signed', async () => {
    const ana = await enrol(desk, 'msd', ['disclosure_officer']);
    const kiri = await enrol(desk, 'psc', ['officer', 'overseer']);
    await holdCeremony(desk, kiri);
    await desk.rows(`UPDATE agencies SET open_for_intake = true WHERE id = 'psc'`);

    const hers = await phoneOf(ana);
    await hers.goto(`${desk.staffOrigin}/staff/misconduct-report`);
    await hers.waitForSelector('#send:enabled');
    await look(hers);
    await hers.click('#send');
    expect(await hers.textContent('#told:not([hidden])')).toContain('Write what happened');
    await hers.fill('#what', 'Sentinel: gifts <b>were</b> taken');
    await hers.fill('#done', 'Sentinel: it is looked into');
    await hers.click('#send');
    const row = hers.locator('[data-report]');
    await row.waitFor();
    expect(await row.textContent()).toContain('Not yet');
    expect(await hers.inputValue('#what')).toBe('');
    await look(hers);

    const page = await phoneOf(kiri);
    await page.goto(`${desk.staffOrigin}/staff/oversight`);
    await page.getByRole('link', { name: 'Reports of serious misconduct' }).click();
    await page.locator('[data-report] a').waitFor();
    await look(page);
    await page.locator('[data-report] a').click();
    await page.locator('#words:not([hidden])').waitFor();
    expect(await page.textContent('#what')).toBe('Sentinel: gifts <b>were</b> taken');
    expect(await page.textContent('#done')).toBe('Sentinel: it is looked into');
    await look(page);
    await page.getByRole('button', { name: 'Received' }).click();
    await page.locator('#received').waitFor();
    await page.locator('#words:not([hidden])').waitFor();
    await look(page);
    await hers.reload();
    expect(await row.textContent()).not.toContain('Not yet');

    // The server says that it came from elsewhere, and then cannot show that the key is in the log.
    const told = page.locator('#told:not([hidden])');
    await desk.rows(`UPDATE misconduct_reports SET from_agency = 'psc'`);
    await page.reload();
    await told.waitFor();
    expect(await told.textContent()).toContain('cannot be opened');
    await desk.rows(`UPDATE misconduct_reports SET from_agency = 'msd'`);
    await page.route('**/staff/oversight/reports/*', async (route) => {
      const answer = await route.fetch();
      const body = (await answer.text()).replace(/(&quot;proof&quot;:)\{.*?\}\}"/s, '$1null}"');
      await route.fulfill({ response: answer, body });
    });
    await page.reload();
    await told.waitFor();
    expect(await told.textContent()).toContain('not in the public list of keys');
    expect(await page.isHidden('#words')).toBe(true);

    expect(sent.filter((each) => each.includes('Sentinel'))).toEqual([]);
    expect(wrong).toEqual([]);
  });
});
