import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HtmlValidate } from 'html-validate';
import type { Browser, Page } from 'playwright-core';
import { visit, look, type Scripts, type Visit } from '../browser/visit.js';
import { MailboxApp, type LodgedCase } from '../mailbox/mailbox-app.js';
import { openTestAgency } from '../support/app.js';
import { openBrowser } from '../support/browser.js';
import { freshAddress } from '../support/fresh-address.js';
import { OfficerAtPage } from './officer-at-page.js';

const HDC = 'Health and Disability Commissioner';

let served: MailboxApp;
let browser: Browser;
let msd: OfficerAtPage;
let hdc: OfficerAtPage;
let person: Visit;
let lodged: LodgedCase;
let first: string;
let second: string;

beforeAll(async () => {
  [served, browser] = await Promise.all([MailboxApp.start(), openBrowser()]);
  const [officer] = await openTestAgency(served.app, 'hdc');
  if (!officer) throw new Error('The agency has nobody.');
  msd = await OfficerAtPage.signedIn(browser, served.app, served.officer);
  hdc = await OfficerAtPage.signedIn(browser, served.app, officer);
  lodged = await served.lodge({ whatHappened: 'Sentinel: the form, and the nurse', identity: 'Aroha' });
});

afterAll(async () => {
  await browser.close();
  await served.close();
});

async function mailbox(scripts: Scripts): Promise<Visit> {
  const seen = await visit(browser, scripts);
  await seen.page.context().setExtraHTTPHeaders({ 'x-forwarded-for': freshAddress() });
  await seen.page.goto(`${served.origin}/mailbox`);
  if (scripts === 'ours') await seen.page.locator('#tier-browser').waitFor();
  await seen.page.getByLabel('Your eight words').fill(lodged.receipt);
  await press(seen.page, 'Open the mailbox');
  await seen.page.locator('#said .od-item').first().waitFor();
  return seen;
}

function press(page: Page, name: string): Promise<void> {
  return page.getByRole('button', { name, exact: true }).click();
}

async function toSplit(): Promise<void> {
  await msd.goTo(`/staff/cases/${lodged.id}/split`);
  await msd.page.waitForSelector('#split[data-state="opened"]');
}

async function makePart(): Promise<string> {
  await msd.press('Make the part');
  await msd.page.waitForURL((url) => /\/staff\/cases\/[0-9a-f-]{36}$/.test(url.pathname));
  await msd.opened();
  return new URL(msd.page.url()).pathname.split('/').at(-1) ?? '';
}

describe('the officer who splits a case', () => {
  it('chooses what goes into the part, and is told what is missing without losing anything', async () => {
    await msd.goTo(`/staff/cases/${lodged.id}`);
    await look(msd.page);
    await msd.page.getByRole('button', { name: 'Split off a part', exact: true }).click();
    await msd.page.waitForSelector('#split[data-state="opened"]');
    await look(msd.page);
    // Who the person is stays with the whole.
    expect(await msd.page.locator('#items fieldset').count()).toBe(1);
    expect(await msd.page.textContent('#items')).not.toContain('Aroha');
    await msd.press('Make the part');
    expect(await msd.page.textContent('#told')).toBe('Choose what goes into the part. Nothing was sent.');
    await msd.page.getByLabel('Pass it on, but leave words out').check();
    const copy = msd.page.locator('#items textarea');
    expect(await copy.inputValue()).toBe('Sentinel: the form, and the nurse');
    await copy.fill(' ');
    await msd.press('Make the part');
    expect(await msd.page.textContent('#told')).toContain('Nothing is left of one of the texts.');
    await copy.fill('the nurse');
    await look(msd.page);
    await msd.page.route('**/parts', (route) => route.abort());
    await msd.press('Make the part');
    await msd.page.getByText('What you chose is still here').waitFor();
    expect(await copy.inputValue()).toBe('the nurse');
    await msd.page.unroute('**/parts');
  });

  it('makes parts that say of each text whose it is, and sends no word of them in clear', async () => {
    first = await makePart();
    expect(await msd.words()).toEqual(['the nurse']);
    expect(await msd.page.textContent('#said')).toContain('Words may have been left out.');
    expect(await msd.page.textContent('#whole')).toContain('This is part 1 of');
    await look(msd.page);
    await toSplit();
    await msd.page.getByLabel('Pass it on as it was written').check();
    second = await makePart();
    expect(await msd.words()).toEqual(['Sentinel: the form, and the nurse']);
    expect(await msd.page.textContent('#said')).toContain('Their signature was checked.');
    await msd.goTo(`/staff/cases/${lodged.id}`);
    expect(await msd.page.locator('#parts li').count()).toBe(2);
    await look(msd.page);
    expect(msd.visit.sent.filter((text) => /Sentinel|nurse/.test(text))).toEqual([]);
  });

  it('links another case, and takes the link off again', async () => {
    await msd.goTo(`/staff/cases/${lodged.id}/link`);
    await msd.page.fill('#reference', 'wrong');
    await msd.press('Link it');
    await look(msd.page);
    expect(await msd.page.inputValue('#reference')).toBe('wrong');
    await msd.page.fill('#reference', `${lodged.reference}/1`);
    await msd.press('Link it');
    await msd.page.waitForURL('**/staff/cases/*#links');
    await msd.opened();
    await look(msd.page);
    expect(await msd.page.locator('#links a', { hasText: `${lodged.reference}/1` }).count()).toBe(1);
    await msd.page.getByRole('button', { name: `Remove ${lodged.reference}/1` }).click();
    await msd.page.getByText('No other case is linked.').waitFor();
  });
});

describe('the person', () => {
  it('sees one whole: the case and its parts on one page, and writes to a part', async () => {
    person = await mailbox('ours');
    const { page } = person;
    expect(await page.textContent('#part-1-title')).toContain('Part 1: with Ministry of Social Development');
    expect(await page.locator('#part-1-said .od-words').allTextContents()).toEqual(['the nurse']);
    expect(await page.textContent('#part-1-said')).toContain('They may have left words out.');
    expect(await page.textContent('#part-2-said')).toContain('All of it, as you wrote it.');
    expect(await page.locator('#unreadable, #part-1-unreadable').allTextContents()).toEqual(['', '']);
    expect(await page.textContent('#timeline')).toContain('split it into parts');
    await look(page);
    await page.fill('#part-2-text', 'Still being typed');
    await page.fill('#part-1-text', 'Sentinel: her name is Ngaire');
    await page.locator('#part-1-write button').click();
    await page.locator('#part-1-sending', { hasText: 'It was sent.' }).waitFor();
    expect(await page.inputValue('#part-2-text')).toBe('Still being typed');
    expect(await page.locator('#part-1-said .od-words').allTextContents()).toContain('Sentinel: her name is Ngaire');
    await msd.goTo(`/staff/cases/${first}`);
    expect(await msd.words()).toEqual(['the nurse', 'Sentinel: her name is Ngaire']);
    await msd.goTo(`/staff/cases/${lodged.id}`);
    expect(await msd.words()).not.toContain('Sentinel: her name is Ngaire');
  });

  it('sees and does the same without a script', async () => {
    const { page } = await mailbox('off');
    expect(await page.locator('#part-1-said .od-words').allTextContents()).toEqual([
      'the nurse',
      'Sentinel: her name is Ngaire',
    ]);
    expect(await page.textContent('#part-2-said')).toContain('All of it, as you wrote it.');
    const report = await new HtmlValidate({ extends: ['html-validate:standard'] }).validateString(await page.content());
    expect(report.results.flatMap(({ messages }) => messages.filter(({ severity }) => severity > 1))).toEqual([]);
    await page.fill('#part-2-text', ' ');
    await page.locator('#part-2-write button').click();
    await page.locator('a[href="#part-2-text"]').waitFor();
    expect(await page.locator('#part-2-text-error').count()).toBe(1);
    expect(await page.locator('#text-error').count()).toBe(0);
    await page.fill('#part-2-text', 'About the form');
    await page.locator('#part-2-write button').click();
    await page.getByText('It was sent.').waitFor();
    await msd.goTo(`/staff/cases/${second}`);
    expect(await msd.words()).toEqual(['Sentinel: the form, and the nurse', 'About the form']);
  });

  it('says yes to a part going elsewhere, reads there who has it, and writes to them', async () => {
    const referral = await msd.propose(first, { to: 'hdc', note: 'Sentinel: about care' });
    const { page } = person;
    await page.reload();
    person = await mailbox('ours');
    const at = person.page;
    expect(await at.locator('#referral').isVisible()).toBe(false);
    await look(at);
    await at.locator('#part-1-referral-answer').getByRole('button', { name: 'Yes, pass it on', exact: true }).click();
    await at.locator('#part-1-answered', { hasText: 'Your answer was taken.' }).waitFor();
    await hdc.accept(referral);
    await hdc.takeOver(first);
    expect(await hdc.words()).toEqual(['the nurse', 'Sentinel: her name is Ngaire', 'Sentinel: about care']);
    expect(await hdc.page.textContent('#whole')).toContain(lodged.reference);
    expect(await hdc.page.locator('#whole a, #parts').count()).toBe(0);
    await hdc.reply(first, 'We look into it.');
    person = await mailbox('ours');
    expect(await person.page.textContent('#part-1-title')).toBe(`Part 1: with ${HDC}`);
    expect(await person.page.textContent('#part-2-title')).toContain('Ministry of Social Development');
    expect(await person.page.locator('#part-1-said .od-words').allTextContents()).toContain('We look into it.');
    await look(person.page);
    await person.page.fill('#part-1-text', 'Thank you');
    await person.page.locator('#part-1-write button').click();
    await person.page.locator('#part-1-sending', { hasText: 'It was sent.' }).waitFor();
    const off = await mailbox('off');
    expect(await off.page.textContent('#part-1-title')).toBe(`Part 1: with ${HDC}`);
  });
});

describe('the officer who closes a case', () => {
  it('is told that a part is open, closes each part, and then the whole; what was typed stays on a refusal', async () => {
    await msd.goTo(`/staff/cases/${lodged.id}/close`);
    await look(msd.page);
    expect(await msd.page.textContent('main')).toContain('A part of this case is still open.');
    await msd.goTo(`/staff/cases/${second}/close`);
    await look(msd.page);
    await msd.press('Close the case');
    expect(await msd.page.textContent('#told')).toBe('Choose how it ends. Nothing was sent.');
    await msd.page.getByLabel('The person took it back').check();
    await msd.press('Close the case');
    await msd.page.getByText('Write the final answer, with the reasons. Nothing was sent.').waitFor();
    await msd.page.getByLabel('It was put right').check();
    await msd.page.fill('#text', 'Sentinel: the form was found.');
    await msd.page.route('**/closing', (route) => route.abort());
    await msd.press('Close the case');
    await msd.page.getByText('What you wrote is still here').waitFor();
    expect(await msd.page.inputValue('#text')).toBe('Sentinel: the form was found.');
    expect(await msd.page.getByLabel('It was put right').isChecked()).toBe(true);
    await msd.page.unroute('**/closing');
    await msd.press('Close the case');
    await msd.page.waitForURL(`**/staff/cases/${second}`);
    await msd.opened();
    expect(await msd.page.textContent('#outcome')).toContain('It was put right');
    await look(msd.page);
    await close(hdc, first, 'We agree with the complaint');
    await close(msd, lodged.id, 'We agree with part of the complaint');
  });

  it('is read by the person, in plain words and with what they can do next', async () => {
    for (const scripts of ['ours', 'off'] as const) {
      const { page } = await mailbox(scripts);
      expect(await page.textContent('#status')).toContain('They agree with part of your complaint.');
      expect(await page.textContent('#next')).toContain('you can also complain to the Ombudsman');
      expect(await page.textContent('#part-1-status')).toContain('They agree with your complaint.');
      expect(await page.textContent('#part-2-status')).toContain('They say that it was put right.');
      expect(await page.locator('#part-2-said .od-words').allTextContents()).toContain('Sentinel: the form was found.');
      expect(await page.locator('#write:visible, #part-1-write:visible, #part-2-write:visible').count()).toBe(0);
      await look(page);
    }
    await msd.goTo(`/staff/cases/${lodged.id}`);
    await msd.press('Take it up again');
    await msd.page.getByRole('button', { name: 'Close the case', exact: true }).waitFor();
  });

  it('broke no policy of a page, and sent no word in clear', () => {
    for (const seen of [msd.visit, hdc.visit, person]) {
      expect(seen.wrong).toEqual([]);
      expect(seen.sent.filter((text) => text.includes('Sentinel'))).toEqual([]);
    }
  });
});

async function close(by: OfficerAtPage, id: string, outcome: string): Promise<void> {
  await by.goTo(`/staff/cases/${id}/close`);
  await by.page.getByLabel(outcome, { exact: true }).check();
  await by.page.fill('#text', 'This is what we found.');
  await by.press('Close the case');
  await by.page.waitForURL(`**/staff/cases/${id}`);
  await by.opened();
}
