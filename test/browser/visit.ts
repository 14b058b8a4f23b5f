import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import { totpCode } from '../../src/staff/totp.js';
import { expectNoAxeViolations } from '../support/browser.js';

/** A page that writes down what goes wrong on it, where it went and what it sent. */
export interface Visit {
  readonly page: Page;
  /** Errors of scripts, and complaints about the content security policy. */
  readonly wrong: string[];
  /** Addresses and bodies of everything that left the page. */
  readonly sent: string[];
}

export async function visit(browser: Browser, options: BrowserContextOptions = {}): Promise<Visit> {
  const page = await (await browser.newContext(options)).newPage();
  const wrong: string[] = [];
  const sent: string[] = [];
  page.on('pageerror', ({ message }) => wrong.push(message));
  page.on('console', (message) => {
    if (/Content Security Policy|Refused to/.test(message.text())) wrong.push(message.text());
  });
  page.on('request', (request) => sent.push(request.url(), request.postData() ?? ''));
  return { page, wrong, sent };
}

/** Looks at the page with axe, then presses its main button. */
export async function lookAndPress(page: Page, button: string): Promise<void> {
  await expectNoAxeViolations(page);
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
  await page.waitForURL('**/decision');
  await expectNoAxeViolations(page);
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
