import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { makeReceipt } from '../../src/vault/receipt.js';
import { Owner } from '../intake/door.js';
import { openBrowser } from '../support/browser.js';
import { openTestAgency, startApp, type TestApp } from '../support/app.js';
import { answerQuestions, look, lookAndPress, visit } from './visit.js';

/** A worker who saw fraud. */
const ANSWERS = ['worker', 'msd', 'fraud', 'unsafe', 'under_3_months', 'no', 'no'];
const STORY = 'Sentinel: the invoices are false. Kāore au e haumaru ana. 🌊';
const DAY = 86_400_000;

let app: TestApp;
let browser: Browser;
beforeAll(async () => {
  [app, browser] = await Promise.all([startApp({ ROLE: 'web' }), openBrowser()]);
  await openTestAgency(app, 'triage');
});
afterAll(async () => {
  await browser.close();
  await app.close();
});

const stored = (page: Page): Promise<Record<string, string>> => page.evaluate('({ ...localStorage })');
const lying = async (page: Page): Promise<object[]> =>
  JSON.parse((await stored(page)).state ?? '[]') as { until: string; sealed: string }[];

/** A further page in the same browser. */
async function another(context: BrowserContext, sent: string[]): Promise<Page> {
  const page = await context.newPage();
  page.on('request', (request) => sent.push(request.url(), request.postData() ?? ''));
  return page;
}

async function typeCode(page: Page, code: string): Promise<void> {
  await page.fill('#code', code);
  await page.getByRole('button', { name: 'Take it up again' }).click();
}

async function putAside(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Put it aside on this device' }).click();
  const place = page.locator('#aside [data-slot=code]');
  await place.filter({ hasText: /\w/ }).waitFor();
  return (await place.textContent()) ?? '';
}

describe('whoever wants to take advice first', () => {
  it('puts what they wrote aside on their device, takes it up with its code, and lodges it', async () => {
    const { page, wrong, sent } = await visit(browser);
    const context = page.context();
    await answerQuestions(page, app.publicOrigin, ANSWERS);
    await page.goto(`${app.publicOrigin}/screen`);
    await page.getByLabel('Public money').check();
    await page.getByText('Then it can be a protected disclosure.').waitFor();
    await page.getByLabel('None of these').check();
    await page.getByText('This is what each way gives you.').waitFor();
    expect(await page.getByLabel('Public money').isChecked()).toBe(false);
    await look(page);
    await page.getByRole('link', { name: 'See both ways, and choose' }).click();
    await look(page);
    await page.getByRole('link', { name: 'Leave it as it is' }).click();
    await page.getByRole('button', { name: /^Write to/ }).click();
    await lookAndPress(page, 'Go on and write');

    await page.fill('#whatHappened', STORY);
    await page.getByRole('button', { name: 'Continue', exact: true }).click();
    await page.fill('#who', 'Sentinel: my manager');
    expect(await stored(page)).toEqual({});
    const code = await putAside(page);
    expect(code.split(' ')).toHaveLength(8);
    await look(page);
    const kept = JSON.stringify(await stored(page));
    expect(Object.keys(await stored(page))).toEqual(['state']);
    expect(kept).not.toMatch(/Sentinel|fraud|worker|whatHappened/);
    await page.close();

    // Another day, after advice: nothing is left of the session.
    await context.clearCookies();
    const again = await another(context, sent);
    await again.goto(app.publicOrigin);
    await again.getByRole('link', { name: 'Take up what you put aside' }).click();
    await typeCode(again, code.replace(/^\S+/, 'notaword'));
    await again.locator('#told', { hasText: 'not in our list of words: notaword' }).waitFor();
    await typeCode(again, code.split(' ').slice(1).join(' '));
    await again.locator('#told', { hasText: 'There should be 8 words, and there are 7.' }).waitFor();
    await typeCode(again, makeReceipt());
    await again.locator('#told', { hasText: 'Nothing that lies in this browser opens with these words.' }).waitFor();
    await look(again);
    await typeCode(again, code.toUpperCase());
    await again.getByText('Here is what you had put aside.').waitFor();
    expect(new URL(again.url()).pathname).toBe('/write');
    expect(await again.inputValue('#whatHappened')).toBe(STORY);
    await look(again);
    expect(await again.locator('#sealing').getAttribute('data-json')).toContain('"topic":"fraud"');

    // Put aside once more it lies there once, under the same code.
    expect(await putAside(again)).toBe(code.toUpperCase());
    expect(await lying(again)).toHaveLength(1);
    for (let step = 0; step < 5; step++) await again.getByRole('button', { name: 'Continue', exact: true }).click();
    await again.locator('[data-summary]', { hasText: 'Sentinel: my manager' }).waitFor();
    await again.getByRole('button', { name: 'Seal and send', exact: true }).click();
    await again.locator('[data-slot=receipt]').waitFor();
    expect(await stored(again)).toEqual({});

    const owner = await Owner.of(app);
    expect(await owner.rows('SELECT path FROM cases')).toEqual([{ path: 'disclosure' }]);
    await owner.close();
    expect(wrong).toEqual([]);
    const [first = '', second = ''] = code.split(' ');
    expect(sent.filter((what) => /Sentinel/i.test(what) || what.toLowerCase().includes(`${first} ${second}`))).toEqual(
      [],
    );
    await context.close();
  });

  it('finds nothing of it after its day, when it was deleted, or after leaving; three may lie there at once', async () => {
    const { page } = await visit(browser);
    const context = page.context();
    const write = async (): Promise<void> => {
      await page.goto(`${app.publicOrigin}/write`);
      await page.fill('#whatHappened', STORY);
    };
    await answerQuestions(page, app.publicOrigin, ANSWERS);
    await write();
    await putAside(page);
    await page.getByRole('button', { name: 'Delete it now' }).click();
    await page.getByText('It was deleted from this device.').waitFor();
    expect([await stored(page), await page.inputValue('#whatHappened')]).toEqual([{}, STORY]);

    for (let n = 1; n <= 3; n++) {
      await write();
      await putAside(page);
    }
    await write();
    await page.getByRole('button', { name: 'Put it aside on this device' }).click();
    await page.getByText('Three things are put aside in this browser already').waitFor();
    expect(await lying(page)).toHaveLength(3);

    const later = await another(context, []);
    await later.clock.setFixedTime(Date.now() + 13 * DAY);
    await later.goto(`${app.publicOrigin}/speaking-up`);
    expect(await lying(later)).toHaveLength(3);
    await later.clock.setFixedTime(Date.now() + 16 * DAY);
    await later.goto(`${app.publicOrigin}/speaking-up`);
    await later.waitForFunction('localStorage.length === 0');
    await later.close();

    await write();
    const code = await putAside(page);
    const elsewhere = await another(context, []);
    await elsewhere.goto(`${app.publicOrigin}/draft`);
    await elsewhere.getByRole('button', { name: 'Delete it now' }).click();
    await elsewhere.getByText('Whatever was put aside in this browser is deleted.').waitFor();
    await typeCode(elsewhere, code);
    await elsewhere.locator('#told', { hasText: 'Nothing that lies in this browser' }).waitFor();

    await write();
    await putAside(page);
    expect(await lying(elsewhere)).toHaveLength(1);
    await page.getByRole('link', { name: 'Leave this site' }).click();
    await elsewhere.waitForFunction('localStorage.length === 0');
    await context.close();
  });

  it('is shown their words where the way back has changed, and they stay put aside', async () => {
    const { page } = await visit(browser);
    await answerQuestions(page, app.publicOrigin, ANSWERS);
    await page.goto(`${app.publicOrigin}/write`);
    await page.fill('#whatHappened', STORY);
    const code = await putAside(page);
    await page.goto(`${app.publicOrigin}/draft`);
    await page.route('**/decision', (route) => route.abort());
    await typeCode(page, code);
    await page.getByRole('heading', { name: 'The way there has changed' }).waitFor();
    expect(await page.inputValue('#kept-words')).toBe(STORY);
    await look(page);
    expect(await lying(page)).toHaveLength(1);
    await page.context().close();
  });
});

describe('without JavaScript', () => {
  it('nothing is put aside, and the page says so', async () => {
    const { page } = await visit(browser, 'off');
    await answerQuestions(page, app.publicOrigin, ANSWERS);
    await page.goto(`${app.publicOrigin}/write`);
    await page.getByText('needs JavaScript').waitFor();
    expect(await page.locator('#aside').isVisible()).toBe(false);
    await page.goto(`${app.publicOrigin}/draft`);
    await page.getByText('needs JavaScript').waitFor();
    await page.context().close();
  });
});
