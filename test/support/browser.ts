import chromium from '@sparticuz/chromium';
import { HtmlValidate } from 'html-validate';
import { existsSync } from 'node:fs';
import { type Browser, type Page, type Route, chromium as playwright } from 'playwright-core';

const SYSTEM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Milliseconds that a page may take for one thing: less than a test may, so that what was waited for is told. */
const PATIENCE = 120_000;

/**
 * Opens a Chromium: the system's where there is one, else the one that comes as a package. The package's own list of
 * switches is not used, as it turns web security and site isolation off, and then a test of origins proves nothing.
 */
export async function openBrowser(): Promise<Browser> {
  const executablePath = SYSTEM.find((path) => existsSync(path)) ?? (await chromium.executablePath());
  const browser = await playwright.launch({
    executablePath,
    args: ['--no-sandbox', '--no-zygote', '--disable-dev-shm-usage'],
  });
  browser.on('context', (context) => {
    context.setDefaultTimeout(PATIENCE);
  });
  return browser;
}

/** The server does what it is asked once, and the browser never hears of it. */
export async function loseAnswer(page: Page, url: string): Promise<void> {
  const lose = async (route: Route): Promise<void> => {
    await route.fetch();
    await route.abort();
  };
  await page.route(url, lose, { times: 1 });
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
