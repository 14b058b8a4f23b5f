import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, Page, Request } from 'playwright-core';
import { makeReceipt } from '../../src/vault/receipt.js';
import { expectNoAxeViolations } from '../support/axe.js';
import { expectValidHtml, openBrowser } from '../support/browser.js';
import { freshAddress } from '../support/fresh-address.js';
import { LIMITS, UNDER_ATTACK, WORK_HEADER } from '../../src/web/throttle.js';
import { Caller, MailboxApp, type LodgedCase } from './mailbox-app.js';

let served: MailboxApp;
let browser: Browser;
let context: BrowserContext;
beforeAll(async () => {
  served = await MailboxApp.start();
  browser = await openBrowser();
});
afterEach(() => context.close());
afterAll(async () => {
  await browser.close();
  await served.close();
});

/** A page, with everything it sent and every complaint of its policy. */
async function visit(
  javaScriptEnabled: boolean,
  address = freshAddress(),
): Promise<{ page: Page; sent: Request[]; broken: string[] }> {
  context = await browser.newContext({
    javaScriptEnabled,
    extraHTTPHeaders: { 'x-forwarded-for': address },
    viewport: { width: 360, height: 740 },
  });
  const page = await context.newPage();
  const sent: Request[] = [];
  const broken: string[] = [];
  page.on('request', (request) => sent.push(request));
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) broken.push(message.text());
  });
  page.on('pageerror', (error) => broken.push(error.message));
  await page.goto(`${served.origin}/mailbox`);
  if (javaScriptEnabled) await page.locator('#tier-browser').waitFor();
  return { page, sent, broken };
}

async function answered(): Promise<LodgedCase> {
  const lodged = await served.lodge({ whatHappened: '<b>They</b> lost my form.' }, 'someone@mail.test');
  await served.reply(lodged.id, 'We found it.\nShall we <i>send</i> it?');
  return lodged;
}

async function openWith(page: Page, receipt: string): Promise<void> {
  await page.getByLabel('Your eight words').fill(receipt);
  await page.getByRole('button', { name: 'Open the mailbox' }).click();
}

describe('coming back with JavaScript', () => {
  it('reads the answer and answers it, and nothing that opens anything leaves the browser', async () => {
    const lodged = await answered();
    const { page, sent, broken } = await visit(true);
    await expectNoAxeViolations(page);
    await openWith(page, lodged.receipt);
    await page.getByText('We found it.').waitFor();
    await expectNoAxeViolations(page);
    expect(await page.locator('#reference').textContent()).toBe(lodged.reference);
    expect(await page.locator('#status').textContent()).toContain('It has reached');
    expect(await page.locator('#due').textContent()).toContain('not a legal limit');
    expect(await page.locator('#said .od-words').allTextContents()).toEqual([
      '<b>They</b> lost my form.',
      'We found it.\nShall we <i>send</i> it?',
    ]);
    expect(await page.locator('#said').locator('b, i').count()).toBe(0);

    await page.getByLabel('Answer, or add something').fill('Yes please. Ngā mihi 🙂');
    await page.getByRole('button', { name: 'Send it' }).click();
    await page.getByText('It was sent.').waitFor();
    expect(await page.locator('#said .od-words').last().textContent()).toBe('Yes please. Ngā mihi 🙂');
    expect(await page.getByLabel('Answer, or add something').inputValue()).toBe('');
    expect((await served.readByOfficer(lodged.id)).at(-1)).toBe('Yes please. Ngā mihi 🙂');

    // How it was for them goes in a call that nothing joins to the mailbox.
    for (const question of ['Did you feel safe?', 'Were you kept informed?', 'Would you do it again?']) {
      await page.getByRole('group', { name: question }).getByLabel('Yes').check();
    }
    await page.getByRole('button', { name: 'Send my answers' }).click();
    await page.getByText('Your answers were taken.').waitFor();
    const rated = sent.filter((request) => request.url().endsWith('/api/v1/ratings'));
    expect(rated).toHaveLength(1);
    expect(await rated[0]?.allHeaders()).not.toHaveProperty('authorization');
    expect(await rated[0]?.allHeaders()).not.toHaveProperty('cookie');
    expect(await served.rows('SELECT felt_safe, kept_informed, would_do_again FROM ratings_waiting')).toEqual([
      { felt_safe: 'yes', kept_informed: 'yes', would_do_again: 'yes' },
    ]);

    const wire = sent.map((request) => request.url() + (request.postData() ?? '')).join('\n');
    for (const word of [...lodged.receipt.split(' '), 'Yes please']) expect(wire).not.toContain(word);
    expect(await page.evaluate('JSON.stringify([localStorage, sessionStorage])')).toBe('[{},{}]');
    expect((await context.cookies()).map(({ name }) => name)).not.toContain('mailbox');
    expect(broken).toEqual([]);
  });

  it('says while typing which words are not in the list, and asks the server nothing', async () => {
    const { page, sent } = await visit(true);
    const before = sent.length;
    const field = page.getByLabel('Your eight words');
    await field.pressSequentially('abacus wrrong ');
    expect(await page.locator('#checked').textContent()).toContain('wrrong');
    await page.getByRole('button', { name: 'Open the mailbox' }).click();
    expect(await page.locator('#failure').textContent()).toContain('wrrong');
    await field.fill('abacus abdomen');
    await page.getByRole('button', { name: 'Open the mailbox' }).click();
    expect(await page.locator('#failure').textContent()).toContain('There should be 8 words, and there are 2.');
    expect(await field.inputValue()).toBe('abacus abdomen');
    expect(sent.length).toBe(before);
    await expectNoAxeViolations(page);
  });

  it('keeps what was typed when there is no such mailbox, and when a message could not be sent', async () => {
    const lodged = await answered();
    const { page } = await visit(true);
    const wrong = makeReceipt();
    await openWith(page, wrong);
    await page.getByText('There is no mailbox for these words.').waitFor();
    expect(await page.getByLabel('Your eight words').inputValue()).toBe(wrong);
    await openWith(page, lodged.receipt);
    await page.getByText('We found it.').waitFor();
    await page.route('**/api/v1/mailbox/messages', (route) => route.abort());
    const text = page.getByLabel('Answer, or add something');
    await text.fill('Do not lose this.');
    await page.getByRole('button', { name: 'Send it' }).click();
    await page.getByText('It was not sent. What you wrote is still here.').waitFor();
    expect(await text.inputValue()).toBe('Do not lose this.');
    await page.unroute('**/api/v1/mailbox/messages');
    await page.getByRole('button', { name: 'Send it' }).click();
    await page.getByText('It was sent.').waitFor();
    expect(await served.readByOfficer(lodged.id)).toHaveLength(3);
  });

  it('goes on after the session has ended, and forgets everything when it is locked', async () => {
    const lodged = await answered();
    const { page } = await visit(true);
    await openWith(page, lodged.receipt);
    await page.getByText('We found it.').waitFor();
    await served.rows('UPDATE sealed_sessions SET expires_at = now()');
    await page.getByRole('button', { name: 'Delete my email address' }).click();
    await page.getByText('The address was deleted.').waitFor();
    expect(await served.rows('SELECT notify_sealed FROM mailboxes WHERE case_id = $1', [lodged.id])).toEqual([
      { notify_sealed: null },
    ]);
    await page.getByRole('button', { name: 'Lock the mailbox' }).click();
    await page.getByLabel('Your eight words').waitFor();
    expect(await page.content()).not.toContain('We found it.');
    expect(await page.getByLabel('Your eight words').inputValue()).toBe('');
    expect(await served.rows('SELECT FROM sealed_sessions WHERE expires_at > now()')).toEqual([]);
    await page.goBack().catch(() => null);
    expect(await page.getByText('We found it.').count()).toBe(0);
  });
});

describe('coming back without JavaScript', () => {
  it('is told first who can read it, reads the answer, answers it once, and locks', async () => {
    const lodged = await answered();
    const { page } = await visit(false);
    expect(await page.locator('#tier-arrival').isVisible()).toBe(true);
    expect(await page.locator('#tier-arrival').textContent()).toContain('the server can read everything');
    expect(await page.locator('#tier-browser').isVisible()).toBe(false);
    await openWith(page, lodged.receipt);
    expect(new URL(page.url()).pathname).toBe('/mailbox/case');
    expect(await page.locator('#said .od-words').allTextContents()).toEqual([
      '<b>They</b> lost my form.',
      'We found it.\nShall we <i>send</i> it?',
    ]);
    expect(await page.locator('#status').textContent()).toContain('It has reached');
    const id = await page.locator('input[name=id]').inputValue();
    await page.getByLabel('Answer, or add something').fill('Yes please.');
    await page.getByRole('button', { name: 'Send it' }).click();
    await page.getByText('It was sent.').waitFor();
    expect((await served.readByOfficer(lodged.id)).at(-1)).toBe('Yes please.');
    expect(await served.rows('SELECT kind FROM case_items WHERE id = $1', [id])).toEqual([{ kind: 'message' }]);

    // The same form once more, as an impatient click or a reload sends it.
    const form = { id, text: 'Yes please.', _csrf: await page.locator('#write input[name=_csrf]').inputValue() };
    const again = await context.request.post(`${served.origin}/mailbox/case/messages`, { form });
    expect(new URL(again.url()).search).toBe('?sent=yes');
    expect(await served.readByOfficer(lodged.id)).toHaveLength(3);

    await page.getByRole('button', { name: 'Delete my email address' }).click();
    expect(await page.getByRole('button', { name: 'Delete my email address' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Lock the mailbox' }).click();
    expect(new URL(page.url()).pathname).toBe('/mailbox');
    await page.goto(`${served.origin}/mailbox/case`);
    expect(new URL(page.url()).pathname).toBe('/mailbox');
  });

  it('keeps what was typed: unknown words, no such mailbox, nothing written, a session that ended', async () => {
    const lodged = await answered();
    const { page } = await visit(false);
    await openWith(page, 'abacus wrrong');
    expect(await page.getByRole('alert').textContent()).toContain('wrrong');
    expect(await page.getByLabel('Your eight words').inputValue()).toBe('abacus wrrong');
    const wrong = makeReceipt();
    await openWith(page, wrong);
    expect(await page.getByRole('alert').textContent()).toContain('There is no mailbox for these words.');
    expect(await page.getByLabel('Your eight words').inputValue()).toBe(wrong);
    await openWith(page, lodged.receipt);
    await page.getByRole('button', { name: 'Send it' }).click();
    expect(await page.getByRole('alert').textContent()).toContain('There is a problem');
    await page.getByLabel('Answer, or add something').fill('Do not lose this.');
    await served.rows('UPDATE sealed_sessions SET expires_at = now()');
    await page.getByRole('button', { name: 'Send it' }).click();
    expect(await page.locator('.od-kept').textContent()).toBe('Do not lose this.');
    expect(await served.readByOfficer(lodged.id)).toHaveLength(2);
  });

  it('serves valid pages that can be left at once, and axe finds nothing on the opened one', async () => {
    const lodged = await answered();
    const { page } = await visit(false);
    const closed = await page.content();
    await openWith(page, lodged.receipt);
    const opened = await page.content();
    for (const html of [closed, opened]) {
      await expectValidHtml(html);
      expect(html).toContain('Leave this site');
    }
    const [cookie] = (await context.cookies()).filter(({ name }) => name === 'mailbox');
    const scripted = await browser.newContext();
    await scripted.addCookies(cookie ? [cookie] : []);
    const look = await scripted.newPage();
    await look.goto(`${served.origin}/mailbox/case`);
    await look.getByText('We found it.').waitFor();
    await expectNoAxeViolations(look);
    await scripted.close();
  });
});

describe('a neighbour of somebody who guesses at receipts', () => {
  /** An address from which so much was guessed that those there are asked for work. */
  async function guessedFrom(): Promise<string> {
    const address = freshAddress();
    const guess = () => new Caller(served.origin, address).call('POST', '/sessions', { receipt: makeReceipt() });
    const answers = await Promise.all(Array.from({ length: LIMITS.mailbox.burst + UNDER_ATTACK + 1 }, guess));
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(UNDER_ATTACK + 1);
    return address;
  }
  const worked = (sent: readonly Request[]): number => sent.filter((one) => WORK_HEADER in one.headers()).length;

  it('gets in with a sum that their browser does, while whoever is elsewhere has none to do', async () => {
    const lodged = await answered();
    const { page, sent, broken } = await visit(true, await guessedFrom());
    await openWith(page, lodged.receipt);
    await page.getByText('We found it.').waitFor();
    expect(worked(sent)).toBe(1);
    expect(broken).toEqual([]);
    await context.close();
    const elsewhere = await visit(true);
    await openWith(elsewhere.page, lodged.receipt);
    await elsewhere.page.getByText('We found it.').waitFor();
    expect(worked(elsewhere.sent)).toBe(0);
  });

  it('gets in without a script too, when it is their turn', async () => {
    const lodged = await answered();
    const { page } = await visit(false, await guessedFrom());
    await openWith(page, lodged.receipt);
    await page.getByText('We found it.').waitFor();
  });
});
