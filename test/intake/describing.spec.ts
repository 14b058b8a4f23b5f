import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { startApp, type TestApp } from '../support/app.js';
import { expectNoAxeViolations } from '../support/axe.js';
import { openBrowser } from '../support/browser.js';
import { lookAndPress, visit, type Scripts, type Visit } from '../browser/visit.js';

let app: TestApp;
let browser: Browser;

beforeAll(async () => {
  app = await startApp({ ROLE: 'web' });
  browser = await openBrowser();
});

afterAll(async () => {
  await browser.close();
  await app.close();
});

/** Somebody who has come as far as the question whom it is about. */
async function atTheQuestion(scripts?: Scripts): Promise<Visit> {
  const visitor = await visit(browser, scripts);
  const { page } = visitor;
  await page.goto(app.publicOrigin);
  await lookAndPress(page, 'Start');
  for (const answer of ['none', 'no', 'public']) {
    await page.locator(`input[value="${answer}"]`).check();
    await lookAndPress(page, 'Continue');
  }
  await page.waitForURL('**/questions/about');
  return visitor;
}

describe('a person who cannot choose', () => {
  it('describes it, is shown what may fit, and chooses; nothing of what was typed leaves the page', async () => {
    const { page, sent, wrong } = await atTheQuestion();
    const before = sent.length;
    await page.fill('#describe', 'Sentinelword: WINZ stopped my benefit');
    await page.getByRole('button', { name: /^Ministry of Social Development/ }).waitFor();
    expect(await page.textContent('#suggested-count')).toMatch(/that may fit/);
    expect(await page.textContent('#suggested-also')).toContain('benefit');
    await expectNoAxeViolations(page);
    await page.getByRole('button', { name: /^Ministry of Social Development/ }).click();
    expect(await page.locator('input[value="msd"]').isChecked()).toBe(true);
    expect(sent.slice(before)).toEqual([]);

    await lookAndPress(page, 'Continue');
    await page.waitForURL('**/questions/topic');
    await page.fill('#describe', 'Sentinelword: my benefit was stopped');
    await page.locator('#suggested button').first().click();
    expect(await page.locator('input[name="answer"]:checked').count()).toBe(1);
    await lookAndPress(page, 'Continue');
    await page.waitForURL('**/questions/stage');
    expect(sent.join('\n')).not.toContain('Sentinelword');
    await page.goBack();
    expect(await page.inputValue('#describe')).toBe('');
    expect(wrong).toEqual([]);
  });

  it('is told when nothing fits, and can choose from the list all the same', async () => {
    const { page } = await atTheQuestion();
    await page.fill('#describe', 'xyzzy');
    await page.getByText('Nothing fits yet.').waitFor();
    expect(await page.locator('#suggested button').count()).toBe(0);
    await page.locator('input[value="unknown"]').check();
    await lookAndPress(page, 'Continue');
    await page.waitForURL('**/questions/sector');
  });

  it('is not shown a box that could do nothing where no script runs', async () => {
    const { page } = await atTheQuestion('not loading');
    expect(await page.locator('#describe').isVisible()).toBe(false);
    expect(await page.locator('input[value="msd"]').isVisible()).toBe(true);
  });
});
