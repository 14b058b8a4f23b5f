import { AxeBuilder } from '@axe-core/playwright';
import chromium from '@sparticuz/chromium';
import { HtmlValidate } from 'html-validate';
import { existsSync } from 'node:fs';
import { type Browser, chromium as playwright, type Page } from 'playwright-core';

const SYSTEM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/**
 * Opens a Chromium: the system's where there is one, else the one that comes as a package. The package's own list of
 * switches is not used, as it turns web security and site isolation off, and then a test of origins proves nothing.
 */
export async function openBrowser(): Promise<Browser> {
  const executablePath = SYSTEM.find((path) => existsSync(path)) ?? (await chromium.executablePath());
  return playwright.launch({ executablePath, args: ['--no-sandbox', '--no-zygote', '--disable-dev-shm-usage'] });
}

/** Fails with the rules of WCAG 2.2 AA and best practice that a page breaks, and where. */
export async function expectNoAxeViolations(page: Page): Promise<void> {
  // One frame a page, so axe needs no second page to gather the results of several in.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
  if (found.length > 0) throw new Error(`axe found on ${new URL(page.url()).pathname}:\n${found.join('\n')}`);
}

const validator = new HtmlValidate({
  extends: ['html-validate:standard'],
  rules: {
    'no-inline-style': 'error',
    'no-trailing-whitespace': 'off',
    'void-style': 'off',
    'doctype-style': 'off',
  },
});

/** Fails with the rules that this HTML breaks, an inline style among them. */
export async function expectValidHtml(html: string): Promise<void> {
  const { results } = await validator.validateString(html);
  const found = results.flatMap(({ messages }) => messages.map(({ ruleId, message }) => `${ruleId}: ${message}`));
  if (found.length > 0) throw new Error(`html-validate found:\n${found.join('\n')}`);
}
