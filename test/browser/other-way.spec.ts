import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { Owner } from '../intake/door.js';
import { openBrowser } from '../support/browser.js';
import { openTestAgency, startApp, type TestApp } from '../support/app.js';
import { storedOf, tokensIn } from './stored.js';
import { answerQuestions, look, lookAndPress, visit, type Scripts } from './visit.js';

/** A worker who is also treated unfairly by the ministry, as they told it first. */
const ANSWERS = ['worker', 'msd', 'harassment_bullying', 'unsafe', 'under_3_months', 'no', 'no'];
const STORY = 'Sentinel: the same invoices are paid twice.';
const LATER = 'Sentinel: it was done again on Monday.';
const NAME = 'Sentinel: Hana, 55 Example Road';

let app: TestApp;
let browser: Browser;
let owner: Owner;

beforeAll(async () => {
  [app, browser] = await Promise.all([startApp({ ROLE: 'web' }), openBrowser()]);
  await openTestAgency(app, 'msd');
  await openTestAgency(app, 'triage');
  owner = await Owner.of(app);
});

afterAll(async () => {
  await owner.close();
  await browser.close();
  await app.close();
});

interface Sent {
  readonly receipt: string;
  readonly reference: string;
}

async function send(page: Page, steps: number): Promise<Sent> {
  for (let step = 0; step < steps; step++) await page.getByRole('button', { name: 'Continue', exact: true }).click();
  await lookAndPress(page, 'Seal and send');
  await page.locator('[data-slot=receipt]').waitFor();
  return {
    receipt: (await page.textContent('[data-slot=receipt]')) ?? '',
    reference: (await page.textContent('[data-slot=reference]')) ?? '',
  };
}

async function openMailbox(page: Page, receipt: string): Promise<void> {
  await page.goto(`${app.publicOrigin}/mailbox`);
  await page.fill('#receipt', receipt);
  await page.getByRole('button', { name: 'Open the mailbox' }).click();
}

/** Opens a mailbox and the place in it from which it can be sent the other way. */
async function openOtherWay(receipt: string, scripts: Scripts = 'ours') {
  const one = await visit(browser, scripts);
  await openMailbox(one.page, receipt);
  await one.page.getByText('Send it again, this way or the other').click();
  await look(one.page);
  return one;
}

/** From the decision to the form, with what was carried standing in it. */
async function goOnToTheForm(page: Page, isDisclosure: boolean): Promise<void> {
  // Whoever presses twice has it once, and loses nothing.
  await page.getByRole('button', { name: /^Write to/ }).dblclick();
  if (isDisclosure) await lookAndPress(page, 'Go on and write');
  await page.getByText('What you told in your earlier case stands in the form now.').waitFor();
  expect(new URL(page.url()).pathname).toBe('/write');
  await look(page);
}

let complaint: Sent;
let disclosure: Sent;
let before: string;

describe('a complaint that turns out to be a disclosure', () => {
  it('is told in the mailbox first, with what was added later', async () => {
    const { page } = await visit(browser);
    await answerQuestions(page, app.publicOrigin, ANSWERS);
    await page.getByText('It is taken as a complaint.').waitFor();
    await page.getByRole('button', { name: /^Write to/ }).click();
    await page.fill('#whatHappened', STORY);
    for (let step = 0; step < 3; step++) await page.getByRole('button', { name: 'Continue', exact: true }).click();
    await page.fill('#identity', NAME);
    complaint = await send(page, 2);
    await openMailbox(page, complaint.receipt);
    await page.fill('#text', LATER);
    await page.locator('#write button').click();
    await page.locator('#said').getByText(LATER).waitFor();
    before = await storedOf(owner, complaint.reference);
    expect(before).toContain(complaint.reference);
  });

  it('is sent the other way from there by the person, as a new case with a receipt of its own', async () => {
    const { page, wrong, sent } = await openOtherWay(complaint.receipt);
    await page.getByText('you can send what you told here as a protected disclosure').waitFor();
    await page.getByRole('button', { name: 'See both ways' }).click();
    await page.getByText('From your answers, it goes as a complaint.').waitFor();
    await look(page);
    // What is wrong with a form is said on the page, and what is carried is still there.
    await page.getByRole('button', { name: 'Show me where it goes then' }).click();
    await page.locator('.govuk-error-summary:focus').waitFor();
    await page.locator('.govuk-error-summary a').click();
    await page.locator('#answer:focus').waitFor();
    expect(await page.locator('.govuk-error-summary').count()).toBe(1);
    await page.getByLabel('public money or resources that are misused').check();
    await page.getByRole('button', { name: 'Show me where it goes then' }).click();
    await page.getByText('It is taken as a protected disclosure.').waitFor();
    await goOnToTheForm(page, true);
    const carried = await page.inputValue('#whatHappened');
    for (const text of [`This carries on from case ${complaint.reference}.`, STORY, LATER])
      expect(carried).toContain(text);
    expect(await page.inputValue('#identity')).toBe(NAME);
    disclosure = await send(page, 5);
    expect(disclosure.receipt).not.toBe(complaint.receipt);
    expect(wrong).toEqual([]);
    expect(sent.filter((text) => text.includes('Sentinel') || text.includes(complaint.receipt))).toEqual([]);
  });

  it('leaves the complaint as any other, and nothing that is stored unsealed joins the two', async () => {
    expect((await storedOf(owner, complaint.reference)) === before).toBe(true);
    const ofDisclosure = tokensIn(await storedOf(owner, disclosure.reference));
    expect(ofDisclosure).toContain(disclosure.reference);
    expect([...tokensIn(before)].filter((token) => ofDisclosure.has(token))).toEqual([]);
    expect(await owner.rows('SELECT path FROM cases ORDER BY path')).toEqual([
      { path: 'complaint' },
      { path: 'disclosure' },
    ]);
    const { page } = await visit(browser);
    await openMailbox(page, complaint.receipt);
    await page.getByText(LATER).waitFor();
    expect(await page.textContent('#opened')).not.toContain(disclosure.reference);
  });

  it('goes back with the consent of the person, who alone can send it, by their own hand', async () => {
    const { page, wrong, sent } = await openOtherWay(disclosure.receipt);
    await page.getByText('Nobody but you can send it.').waitFor();
    await page.getByRole('button', { name: 'See both ways' }).click();
    await page.getByText('From your answers, it goes as a protected disclosure.').waitFor();
    await page.getByLabel('somebody who uses, used or applied for its services').check();
    await page.getByRole('button', { name: 'Show me where it goes then' }).click();
    await page.getByText('It is taken as a complaint.').waitFor();
    await goOnToTheForm(page, false);
    await page.fill('#whatHappened', STORY);
    const back = await send(page, 5);
    expect(new Set([back.receipt, disclosure.receipt, complaint.receipt]).size).toBe(3);
    expect(wrong).toEqual([]);
    expect(sent.filter((text) => text.includes('Sentinel'))).toEqual([]);
    expect(await owner.rows(`SELECT path FROM cases WHERE reference = $1`, [back.reference])).toEqual([
      { path: 'complaint' },
    ]);
  });

  it('is carried by hand where there is no script, with the number to write into it', async () => {
    const { page } = await openOtherWay(complaint.receipt, 'off');
    await page.getByText(`write its number, ${complaint.reference}, in your words`).waitFor();
    expect(await page.getByRole('button', { name: 'See both ways' }).count()).toBe(0);
    await page.getByRole('link', { name: 'Begin again' }).click();
    await page.waitForURL('**/start');
  });

  it('stays in the mailbox where the way to the form is not found', async () => {
    const { page } = await openOtherWay(complaint.receipt);
    await page.route('**/ways', (route) => route.abort());
    await page.getByRole('button', { name: 'See both ways' }).click();
    await page.getByText('It could not be carried over. Your words are still here').waitFor();
    await page.getByText(LATER).waitFor();
  });
});
