import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { expectNoAxeViolations } from '../support/axe.js';
import { expectValidHtml, openBrowser } from '../support/browser.js';
import { cookiesOf, serve, type Served } from './shell.js';
import { TryModule } from './try.module.js';

let served: Served;
let browser: Browser;
beforeAll(async () => {
  served = await serve(TryModule);
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
  await served.close();
});

const PAGES = ['/privacy', '/accessibility', '/form', '/nothing-here', '/fails/driver'];

describe('every page', () => {
  it.each(PAGES)('%s can be left at once, without JavaScript', async (path) => {
    const page = await (await fetch(served.publicOrigin + path)).text();
    expect(page).toMatch(/<a class="od-leave__link" href="\/leave" rel="noreferrer"[^>]*>Leave this site<\/a>/);
  });

  it.each(PAGES)('%s is valid HTML without inline scripts or styles', async (path) => {
    const page = await (await fetch(served.publicOrigin + path)).text();
    await expectValidHtml(page);
    expect(page).not.toMatch(/<script(?![^>]* src=)| on\w+=/);
  });

  it.each(PAGES)('%s passes axe on a phone and breaks no rule of its own policy', async (path) => {
    const page = await browser.newPage({ viewport: { width: 320, height: 640 } });
    const violations: string[] = [];
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) violations.push(message.text());
    });
    await page.goto(served.publicOrigin + path);
    await page.locator('body.js-enabled').waitFor();
    await expectNoAxeViolations(page);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
    expect(violations).toEqual([]);
    await page.close();
  });
});

describe('leaving', () => {
  it.each(['three times Escape', 'the link'])('by %s empties the page and leads away', async (how) => {
    const page = await browser.newPage();
    const asked = new Promise<string>((resolve) => {
      void page.route('https://www.metservice.com/**', async (route) => {
        resolve(route.request().headers().referer ?? 'no referrer');
        await route.fulfill({ body: 'weather' });
      });
    });
    await page.goto(`${served.publicOrigin}/form`);
    await page.locator('body.js-enabled').waitFor();
    if (how === 'the link') await page.click('[data-leave]');
    else for (let times = 0; times < 3; times++) await page.keyboard.press('Escape');
    expect(await asked).toBe('no referrer');
    await page.waitForURL('https://www.metservice.com/');
    await page.goBack().catch(() => null);
    expect(page.url()).not.toContain('/form');
    await page.close();
  });
});

describe('the language', () => {
  it('is te reo Māori where a browser asks for it, with English where words are missing', async () => {
    const page = await (
      await fetch(`${served.publicOrigin}/privacy`, { headers: { 'accept-language': 'mi-NZ,en;q=0.5' } })
    ).text();
    expect(page).toContain('<html lang="mi"');
    expect(page).toContain('Wehe i tēnei pae');
    expect(page).toContain('What is kept');
  });

  it('stays as chosen and comes back to the page', async () => {
    const chosen = await fetch(`${served.publicOrigin}/language?to=mi&back=/privacy`, { redirect: 'manual' });
    expect([chosen.status, chosen.headers.get('location')]).toEqual([303, '/privacy']);
    const page = await fetch(`${served.publicOrigin}/privacy`, {
      headers: { cookie: cookiesOf(chosen), 'accept-language': 'en' },
    });
    expect(await page.text()).toContain('<html lang="mi"');
  });

  it.each(['//evil.test', '/\\evil.test', 'https://evil.test', '/%0d%0aSet-Cookie:a=b\r\n', '', '/a&back=/b'])(
    'never leads away: %j',
    async (back) => {
      const answer = await fetch(`${served.publicOrigin}/language?to=xx&back=${encodeURIComponent(back)}`, {
        redirect: 'manual',
      });
      const location = new URL(answer.headers.get('location') ?? '', served.publicOrigin);
      expect(location.origin).toBe(served.publicOrigin);
      expect(answer.headers.getSetCookie()).toEqual([]);
    },
  );

  it('can be chosen on the staff host too', async () => {
    const answer = await fetch(`${served.staffOrigin}/language?to=mi&back=/staff`, { redirect: 'manual' });
    expect(answer.headers.get('location')).toBe('/staff');
  });
});
