import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { expectNoAxeViolations } from '../support/axe.js';
import { expectValidHtml, openBrowser } from '../support/browser.js';
import { Officer } from '../support/officer.js';
import { freshAddress } from '../support/fresh-address.js';
import { MailboxApp, MSD, type LodgedCase } from './mailbox-app.js';

const HDC = 'Health and Disability Commissioner';
const NOTE = 'This is <b>about</b> care.';

let served: MailboxApp;
let sender: Officer;
let receiver: Officer;
let browser: Browser;
let context: BrowserContext;
beforeAll(async () => {
  served = await MailboxApp.start();
  sender = new Officer(served.app, served.officer);
  receiver = await Officer.at(served.app, 'hdc');
  browser = await openBrowser();
});
afterEach(() => context.close());
afterAll(async () => {
  await browser.close();
  await served.close();
});

/** A mailbox opened with its receipt, and what of its page went wrong or left it. */
async function opened(
  { receipt }: LodgedCase,
  javaScriptEnabled: boolean,
): Promise<{ page: Page; broken: string[]; sent: string[] }> {
  context = await browser.newContext({
    javaScriptEnabled,
    extraHTTPHeaders: { 'x-forwarded-for': freshAddress() },
    viewport: { width: 360, height: 740 },
  });
  const page = await context.newPage();
  const broken: string[] = [];
  const sent: string[] = [];
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) broken.push(message.text());
  });
  page.on('pageerror', (error) => broken.push(error.message));
  page.on('request', (request) => sent.push(request.url() + (request.postData() ?? '')));
  await page.goto(`${served.origin}/mailbox`);
  if (javaScriptEnabled) await page.locator('#tier-browser').waitFor();
  await page.getByLabel('Your eight words').fill(receipt);
  await page.getByRole('button', { name: 'Open the mailbox' }).click();
  await page.getByText('They lost my form.').waitFor();
  return { page, broken, sent };
}

async function asked(shareIdentity = true): Promise<{ lodged: LodgedCase; id: string }> {
  const lodged = await served.lodge({ whatHappened: 'They lost my form.', identity: 'Aroha' });
  return { lodged, id: await sender.propose(lodged, receiver, { note: NOTE, shareIdentity }) };
}

const stateOf = async (id: string): Promise<string | undefined> =>
  (await served.rows<{ state: string }>('SELECT state FROM referrals WHERE id = $1', [id]))[0]?.state;

/** The buttons that can be pressed, in their order. */
const buttons = async (page: Page): Promise<string[]> =>
  (await page.locator('#opened-title ~ * button:visible, #retold button:visible').allTextContents()).map((text) =>
    text.trim(),
  );

async function press(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name, exact: true }).click();
}

describe.each([
  ['with JavaScript', true],
  ['without JavaScript', false],
] as const)('a person asked about a referral, %s', (_how, scripts) => {
  const look = async (page: Page): Promise<void> => {
    if (scripts) await expectNoAxeViolations(page);
  };

  it('is shown it first, with the note and exactly what would be shared, and agrees without their name', async () => {
    const { lodged, id } = await asked();
    const { page, broken } = await opened(lodged, scripts);
    expect(await page.locator('h2:visible').first().textContent()).toBe('May it be passed on?');
    const section = page.locator('#referral');
    const shown = (await section.innerText()).replace(/\s+/g, ' ');
    for (const text of [
      MSD,
      HDC,
      'can do more about it',
      NOTE,
      'everything you wrote here',
      'your name and how to reach you',
      'They stay responsible',
    ])
      expect(shown).toContain(text);
    expect(await section.locator('b').count()).toBe(0);
    expect(await page.locator('#said').textContent()).not.toContain('care');
    expect((await buttons(page)).slice(0, 3)).toEqual([
      'Yes, pass it on with my name',
      'Yes, but without my name',
      'No, keep it where it is',
    ]);
    await look(page);
    await press(page, 'Yes, but without my name');
    await page.getByText('Your answer was taken.').waitFor();
    expect(await stateOf(id)).toBe('consulted');
    expect(await served.rows('SELECT DISTINCT key FROM referral_grants WHERE referral_id = $1', [id])).toEqual([
      { key: 'case' },
    ]);
    await page.getByText('You agreed.').waitFor();
    expect(await section.innerText()).toContain('not your name and how to reach you');
    await look(page);
    await press(page, 'Take it back');
    await page.getByText('This was taken back').waitFor();
    expect(await stateOf(id)).toBe('withdrawn');
    expect(await buttons(page)).not.toContain('Take it back');
    expect(broken).toEqual([]);
  });

  it('is not offered to hold back a name that was not asked for, and says no', async () => {
    const { lodged, id } = await asked(false);
    const { page } = await opened(lodged, scripts);
    expect((await buttons(page)).slice(0, 2)).toEqual(['Yes, pass it on', 'No, keep it where it is']);
    await press(page, 'No, keep it where it is');
    await page.getByText('You said no, so nothing was passed on.').waitFor();
    expect(await stateOf(id)).toBe('refused');
    await look(page);
  });

  it('finds, when it has moved on meanwhile, what there is now, and nothing was done', async () => {
    const { lodged, id } = await asked(false);
    const { page } = await opened(lodged, scripts);
    await sender.withdraw(id);
    await press(page, 'Yes, pass it on');
    await page.getByText('This was taken back, so nothing was passed on.').waitFor();
    await page.getByText('This has changed meanwhile.').first().waitFor();
    expect(await stateOf(id)).toBe('withdrawn');
    await look(page);
  });

  it('sees the way it has gone, and says once that they had to tell their story again', async () => {
    const { lodged, id } = await asked(false);
    const first = await opened(lodged, scripts);
    await press(first.page, 'Yes, pass it on');
    await first.page.getByText('You agreed.').waitFor();
    await context.close();
    await receiver.accept(id);
    await receiver.open(id);
    const { page, broken } = await opened(lodged, scripts);
    await page.getByText(`${HDC} has your case now and is responsible for it.`).waitFor();
    const way = await page.locator('#journey ol li').allTextContents();
    expect(way.map((line) => line.trim())).toEqual([
      expect.stringMatching(/^Ministry of Social Development .*, from \d+ \w+ \d{4} to \d+ \w+ \d{4}$/),
      expect.stringMatching(/^Health and Disability Commissioner, since \d+ \w+ \d{4}$/),
    ]);
    expect(await page.locator('#journey dd').allTextContents()).toEqual(['1', '0', '0', '0']);
    await look(page);
    await press(page, 'I had to tell my story again');
    await page.locator('#journey dd').getByText('1').nth(1).waitFor();
    expect(await page.locator('#journey dd').allTextContents()).toEqual(['1', '0', '0', '1']);
    expect(await buttons(page)).not.toContain('I had to tell my story again');
    await page.getByLabel('Answer, or add something').fill('Ngā mihi.');
    await press(page, 'Send it');
    await page.getByText('It was sent.').waitFor();
    await page.locator('#said').getByText('Ngā mihi.').waitFor();
    expect(broken).toEqual([]);
  });

  it('is told when it went on without them, keeps what they typed until they confirm who reads it, and sends it', async () => {
    const { lodged, id } = await asked();
    await served.rows('UPDATE case_events SET happened_on = happened_on - 60 WHERE case_id = $1', [lodged.id]);
    await sender.ground(id, 'same_purpose');
    await receiver.accept(id);
    const { page, broken } = await opened(lodged, scripts);
    const text = page.getByLabel('Answer, or add something');
    await text.fill('Do not lose this.');
    // It is handed over while the page is open.
    await receiver.open(id);
    await press(page, 'Send it');
    await page.getByText('It was not sent. Your case was passed on without you').first().waitFor();
    expect(await text.inputValue()).toBe('Do not lose this.');
    expect(await page.locator('h2:visible', { hasText: 'It was passed on without you' }).count()).toBe(1);
    const shown = await page.locator('#unconfirmed').innerText();
    for (const said of ['they asked you and had no answer for ten working days', 'Privacy Commissioner', HDC]) {
      expect(shown).toContain(said);
    }
    await look(page);
    await press(page, `Yes, ${HDC} may read what I write`);
    await page.getByText('Your answer was taken.').waitFor();
    expect(await text.inputValue()).toBe('Do not lose this.');
    await press(page, 'Send it');
    await page.getByText('It was sent.').waitFor();
    await page.locator('#said').getByText('Do not lose this.').waitFor();
    expect(broken).toEqual([]);
  });
});

describe('what leaves the browser of a person who answers', () => {
  it('is what they signed, and nothing that opens anything', async () => {
    const { lodged } = await asked();
    const { page, sent } = await opened(lodged, true);
    await press(page, 'Yes, pass it on with my name');
    await page.getByText('Your answer was taken.').waitFor();
    const wire = sent.join('\n');
    for (const word of lodged.receipt.split(' ')) expect(wire).not.toContain(word);
    expect(wire).toMatch(/\/consent\{"consent":"[\w-]+\.[\w-]+\.[\w-]+"\}/);
  });

  it('is tried again by them when it did not arrive, and nothing has changed', async () => {
    const { lodged, id } = await asked(false);
    const { page } = await opened(lodged, true);
    await page.route('**/consent', (route) => route.abort(), { times: 1 });
    await press(page, 'Yes, pass it on');
    await page.getByText('Your answer did not arrive.').waitFor();
    expect(await stateOf(id)).toBe('proposed');
    await press(page, 'Yes, pass it on');
    await page.getByText('Your answer was taken.').waitFor();
    expect(await stateOf(id)).toBe('consulted');
  });
});

describe('the page without JavaScript', () => {
  it('is valid, axe finds nothing on it, and its form is taken from no other site', async () => {
    const { lodged, id } = await asked();
    const { page } = await opened(lodged, false);
    await expectValidHtml(await page.content());
    const [cookie] = (await context.cookies()).filter(({ name }) => name === 'mailbox');
    const form = { id, decision: 'agree' };
    const forged = await context.request.post(`${served.origin}/mailbox/case/referral`, { form });
    expect(forged.status()).toBe(403);
    expect(await stateOf(id)).toBe('proposed');
    const scripted = await browser.newContext();
    await scripted.addCookies(cookie ? [cookie] : []);
    const look = await scripted.newPage();
    await look.goto(`${served.origin}/mailbox/case`);
    await look.getByText('May it be passed on?').waitFor();
    await expectNoAxeViolations(look);
    await scripted.close();
  });
});
