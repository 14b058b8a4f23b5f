import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { todayInAuckland } from '../../src/clocks/calendar.js';
import { plusDays } from '../../src/clocks/holidays.js';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import { signIn } from '../browser/visit.js';
import { DeskClient, enrol, holdCeremony, startDesk, type Desk } from '../cases/desk.js';
import { lodge, unlock, wordsOf, type LodgedCase } from '../cases/sealed-cases.js';
import { expectNoAxeViolations } from '../support/axe.js';
import { openBrowser } from '../support/browser.js';

let desk: Desk;
let ana: EnrolledStaffMember;
let browser: Browser;
let page: Page;
let disclosure: LodgedCase;
const complaints: string[] = [];
const sent: string[] = [];

beforeAll(async () => {
  desk = await startDesk();
  ana = await enrol(desk, 'ombudsman', ['officer', 'disclosure_officer']);
  await holdCeremony(desk, ana);
  disclosure = await lodge(desk, { agencyId: 'ombudsman', path: 'disclosure' });
  await desk.rows('UPDATE staff SET totp_last_step = 0');
  browser = await openBrowser();
  page = await browser.newPage({ viewport: { width: 360, height: 740 } });
  page.on('console', (message) => {
    // A field that the server finds wrong is answered so, and the page says it.
    if (message.type() === 'error' && !message.text().includes('422')) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => sent.push(request.url(), request.postData() ?? ''));
  await signIn(page, desk.staffOrigin, ana);
});

afterAll(async () => {
  await browser.close();
  await desk.close();
});

const press = (name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();
const atSteps = (): Promise<void> => page.waitForURL('**/duties');
const told = (): Promise<string | null> => page.textContent('#told:not([hidden])');

/** Looks at a page for what a screen reader or a phone would stumble over. */
async function look(): Promise<void> {
  if (await page.locator('#words').count()) await page.waitForSelector('#words[data-state="opened"]');
  await expectNoAxeViolations(page);
  expect(await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')).toBe(0);
}

/** Goes from the page of the steps to that of the next one. */
async function next(name: string): Promise<void> {
  await look();
  await press(name);
  await page.waitForSelector('#step');
  await look();
}

describe('s 13, s 15 and ss 20-24: a disclosure officer’s browser', () => {
  it('takes every step, each on a page of its own, and sends no word of it unsealed', async () => {
    await page.goto(`${desk.staffOrigin}/staff/disclosures`);
    await look();
    await page.getByRole('link', { name: disclosure.reference }).click();
    await look();
    await press('Steps of the law');
    await atSteps();

    await next('Acknowledge the disclosure');
    await page.check('#orally');
    await press('Acknowledge it');
    expect(await told()).toContain('write how you understood it');
    await page.fill('#text', 'Sentinel: you told us');
    await page.fill('#received-on', plusDays(todayInAuckland(), 1));
    await press('Acknowledge it');
    await page.waitForSelector('#told:not([hidden])');
    expect(await page.inputValue('#text')).toBe('Sentinel: you told us');
    await page.fill('#received-on', todayInAuckland());
    await press('Acknowledge it');
    await atSteps();

    await next('Consider whether it warrants investigation');
    await page.fill('#text', 'Sentinel: it does');
    await press('Keep the conclusion');
    await atSteps();

    await next('Check whether it was disclosed elsewhere');
    await page.fill('#text', 'Sentinel: they said so');
    await press('Send it');
    expect(await told()).toContain('Choose how you know');
    await page.check('#how-known');
    await press('Send it');
    await atSteps();

    await page.getByRole('link', { name: 'Say that it takes longer' }).click();
    await look();
    await page.fill('#text', 'Sentinel: many papers');
    await page.fill('#expected-on', plusDays(todayInAuckland(), 120));
    await press('Tell the person');
    await atSteps();
    await next('Tell the person how it goes');
    await page.fill('#text', 'Sentinel: half of them');
    await press('Tell the person');
    await atSteps();

    await page.getByRole('link', { name: 'Say how you deal with it' }).click();
    await look();
    await page.check('#action-referring');
    await page.fill('#discloser-consulted-on', todayInAuckland());
    await press('Record it');
    expect(await told()).toContain('on which the receiver was consulted');
    await page.uncheck('#action-referring');
    await page.check('#action-no_action');
    await press('Record it');
    expect(await told()).toContain('Choose why no action is required');
    await page.check('#reason-too_long_ago');
    await press('Record it');
    await atSteps();
    await next('Tell the person what you did');
    await page.fill('#text', 'Sentinel: it was so long ago');
    await press('Tell the person');
    await atSteps();

    await page.getByRole('link', { name: 'Look at support and protection' }).click();
    await look();
    await press('Assess what the person risks');
    await look();
    await page.fill('#who', 'Sentinel: their manager');
    await page.fill('#protects', 'Sentinel: nobody can guess');
    await press('Seal and keep it');
    expect(await told()).toContain('How likely is it?');
    await page.check('#likely-low');
    await page.check('#bad-high');
    await page.fill('#next-on', todayInAuckland());
    await press('Seal and keep it');
    await page.waitForSelector('#told:has-text("no more than a year ahead")');
    await page.fill('#next-on', plusDays(todayInAuckland(), 30));
    await press('Seal and keep it');
    await page.waitForURL('**/support');
    await look();
    await press('Plan how the person is supported');
    for (const field of ['supporter', 'contact', 'agreed']) await page.fill(`#${field}`, `Sentinel: ${field}`);
    await press('Seal and keep it');
    await page.waitForURL('**/support');
    await look();

    await page.goto(`${desk.staffOrigin}/staff/cases/${disclosure.id}/duties`);
    await look();
    await press('Close the disclosure');
    await page.waitForSelector('text=This disclosure is closed.');
    await look();
    for (const path of ['due', 'registers', 'registers/no-action']) {
      await page.goto(`${desk.staffOrigin}/staff/disclosures/${path}`);
      await look();
    }
    const client = await DeskClient.of(desk, ana);
    const words = await wordsOf(client, disclosure.id, await unlock(client, ana));
    expect(words.slice(1).filter(([kind]) => kind !== 'countersignature')).toMatchObject([
      ['reply', { text: 'Sentinel: you told us' }],
      ['note', { text: 'Sentinel: it does' }],
      ['note', { text: 'Sentinel: they said so' }],
      ['reply', { text: 'Sentinel: many papers' }],
      ['reply', { text: 'Sentinel: half of them' }],
      ['reply', { text: 'Sentinel: it was so long ago' }],
      ['note', { text: expect.stringMatching(/manager\n\nHow likely is it\?\nLow\n\nHow bad would it be\?\nHigh/) }],
      ['note', { text: expect.stringMatching(/^Support plan\n\nWho supports the person\?\nSentinel: supporter\n/) }],
    ]);
    expect(sent.filter((one) => one.includes('Sentinel'))).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
