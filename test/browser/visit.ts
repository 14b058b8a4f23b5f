import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import type { Browser, Page } from 'playwright-core';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import { totpCode } from '../../src/staff/totp.js';
import { expectNoAxeViolations } from '../support/axe.js';
import { until } from '../support/until.js';

/** A page that writes down what goes wrong on it, where it went and what it sent. */
export interface Visit {
  readonly page: Page;
  /** Errors of scripts, and complaints about the policies of a page. */
  readonly wrong: string[];
  /** Addresses and bodies of everything that left the page. */
  readonly sent: string[];
}

/** How much of a script there is: ours, none that loads, or none at all. */
export type Scripts = 'ours' | 'not loading' | 'off';

/** Pages on which no script can run, axe's neither; the same pages are looked at where scripts only do not load. */
const scriptless = new WeakSet<Page>();

export async function visit(browser: Browser, scripts: Scripts = 'ours'): Promise<Visit> {
  const page = await (await browser.newContext({ javaScriptEnabled: scripts !== 'off' })).newPage();
  if (scripts === 'off') scriptless.add(page);
  if (scripts === 'not loading') await page.route(/\/assets\/.*\.js/, (route) => route.abort());
  const wrong: string[] = [];
  const sent: string[] = [];
  page.on('pageerror', ({ message }) => wrong.push(message));
  page.on('console', (message) => {
    if (/Content Security Policy|Permissions-Policy|Refused to/.test(message.text())) wrong.push(message.text());
  });
  page.on('request', (request) => sent.push(request.url(), request.postData() ?? ''));
  return { page, wrong, sent };
}

/** Looks at the page with axe. */
export async function look(page: Page): Promise<void> {
  if (!scriptless.has(page)) await expectNoAxeViolations(page);
}

/** Looks at the page, then presses one of its buttons. */
export async function lookAndPress(page: Page, button: string): Promise<void> {
  await look(page);
  await page.getByRole('button', { name: button, exact: true }).click();
}

/** Answers the gates and the questions, from the front page to the decision. */
export async function answerQuestions(page: Page, origin: string, answers: readonly string[]): Promise<void> {
  await page.goto(origin);
  await lookAndPress(page, 'Start');
  for (const answer of ['none', 'no', ...answers]) {
    await page.locator(`input[value="${answer}"]`).check();
    await lookAndPress(page, 'Continue');
  }
  await page.waitForURL(/\/(?:screen|decision)$/);
  if (page.url().endsWith('/screen')) await lookAndPress(page, 'Continue');
  await page.waitForURL('**/decision');
  await look(page);
}

export async function signIn(page: Page, origin: string, officer: EnrolledStaffMember): Promise<void> {
  await page.goto(`${origin}/staff/sign-in`);
  await expectNoAxeViolations(page);
  await page.fill('#username', officer.username);
  await page.fill('#passphrase', officer.passphrase);
  await page.fill('#code', totpCode(officer.totpSecret));
  await page.click('#enter');
  await page.waitForURL('**/staff/inbox');
}

/** The words of a case have opened on its page. */
export const opened = (page: Page): Promise<unknown> => page.waitForSelector('#words[data-state="opened"]');

/** A case is in the inbox when the worker has placed it. */
export async function openCase(page: Page, reference: string): Promise<void> {
  const link = page.getByRole('link', { name: reference });
  await until('the case is in the inbox', async () => {
    await page.reload();
    return (await link.count()) > 0;
  });
  await look(page);
  await link.click();
  await opened(page);
}

/** Pictures for the README, made only when they are asked for: `SCREENSHOTS=1 npm test`. @param last what it ends with */
export async function picture(page: Page, name: string, last = 'body'): Promise<void> {
  if (process.env.SCREENSHOTS === undefined) return;
  const folder = join(import.meta.dirname, 'pictures');
  await mkdir(folder, { recursive: true });
  await page.evaluate('scrollTo(0, 0)');
  const end = await page.locator(last).boundingBox();
  const clip = { x: 0, y: 0, width: 1280, height: end ? end.y + end.height : 720 };
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true, clip });
}
