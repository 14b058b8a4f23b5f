import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext } from 'playwright-core';
import type { Caller } from '../attack/caller.js';
import { openScene, type AgencyId, type Scene } from '../attack/scene.js';
import type { Who } from '../attack/route-table.js';
import { asked, EVERY_ROUTE, pathOf, type Route } from '../attack/walk.js';
import { expectNoAxeViolations } from '../support/axe.js';
import { expectValidHtml, openBrowser } from '../support/browser.js';
import { visit, type Visit } from './visit.js';

/** Pages of the table alone: no calls, no files, nothing that sends a browser away. */
const NO_PAGE = /\/api\/|^\/health\/|^\/(?:leave|language)$|\/export$|\/callback$|\/tables\/|^\/open-data\//;
/** Without those that are there for nobody in the scene. */
const PAGES = EVERY_ROUTE.filter(
  ({ method, pattern, may }) => method === 'GET' && !NO_PAGE.test(pattern) && may.length > 0,
);
/** What is asked for where a page is one of several for everybody. */
const SHOWN = { ':question': 'about', ':version': '2026-11-22' };

let scene: Scene;
let browser: Browser;
beforeAll(async () => {
  [scene, browser] = await Promise.all([openScene(), openBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await scene.close();
});

/** The first who may look at it, or nobody in particular. */
function onlooker({ may }: Route): Who | undefined {
  return may === 'signed in' ? 'disclosure_officer@msd' : may instanceof Array ? may[0] : undefined;
}

function addressOf(route: Route): string {
  const path = pathOf(asked({ ...route, place: { ...SHOWN, ...route.place } }), scene.things);
  return (path.startsWith('/staff') ? scene.staffOrigin : scene.publicOrigin) + path;
}

async function callerFor(who: Who | undefined): Promise<Caller | undefined> {
  if (who === undefined) return undefined;
  const [role, agency] = who.split('@') as [never, AgencyId];
  return scene.as(agency, role);
}

/**
 * A phone of somebody. Pages of staff are looked at before their scripts run, which would lead whoever has no key unlocked
 * to the page that unlocks it.
 */
async function phoneOf(caller: Caller | undefined): Promise<Visit> {
  const phone = await visit(browser, caller ? 'not loading' : 'ours');
  const cookies = Object.entries(caller?.cookies ?? {});
  await phone.page.context().addCookies(cookies.map(([name, value]) => ({ name, value, url: scene.staffOrigin })));
  await phone.page.setViewportSize({ width: 360, height: 740 });
  return phone;
}

/** Everything that is wrong with a page: its answer, its markup, its policies, rules that it breaks, its width. */
async function faultsOf(route: Route, { page, wrong }: Visit): Promise<string[]> {
  const faults: string[] = [];
  const note = (error: unknown): number => faults.push(error instanceof Error ? error.message : String(error));
  const response = await page.goto(addressOf(route));
  if (response?.status() !== 200) note(`it was answered ${String(response?.status())}`);
  const signIn = new URL(page.url()).pathname === '/staff/sign-in';
  if (signIn && route.may !== 'before signing in') note('nobody was signed in');
  await expectValidHtml((await response?.text()) ?? '').catch(note);
  await expectNoAxeViolations(page).catch(note);
  const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
  if (overflow !== 0) note(`it is ${String(overflow)} pixels too wide`);
  return [...faults, ...wrong.splice(0)];
}

describe('every page there is, on a phone', () => {
  const roles = [...new Set(PAGES.map(onlooker))];

  it.each(roles.map((who) => ({ who, whom: who ?? 'everybody' })))(
    'is valid, fits, breaks no rule of accessibility and no policy: those of $whom',
    async ({ who }) => {
      const phone = await phoneOf(await callerFor(who));
      const pages = PAGES.filter((route) => onlooker(route) === who);
      const found: Record<string, string[]> = {};
      for (const route of pages) found[route.name] = await faultsOf(route, phone);
      await phone.page.context().close();
      expect(Object.entries(found).filter(([, faults]) => faults.length > 0)).toEqual([]);
    },
  );
});

describe('a page of another site', () => {
  let context: BrowserContext;
  beforeAll(async () => {
    context = await browser.newContext();
  });
  afterAll(() => context.close());

  it('shows none of ours in a frame, though it can show others', async () => {
    const addresses = PAGES.map(addressOf);
    const frames = [...addresses, 'https://harmless.test/'].map((src) => `<iframe src="${src}"></iframe>`);
    await context.route('https://luring.test/', (route) =>
      route.fulfill({ contentType: 'text/html', body: `<!doctype html><title>A</title>${frames.join('')}` }),
    );
    await context.route('https://harmless.test/', (route) =>
      route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>B</title>Framed' }),
    );
    const page = await context.newPage();
    await page.goto('https://luring.test/', { waitUntil: 'load' });
    const shown = page.frames().filter((frame) => frame !== page.mainFrame());
    expect(shown).toHaveLength(frames.length);
    const urls = shown.map((frame) => frame.url());
    expect(urls.filter((url) => url !== 'chrome-error://chromewebdata/')).toEqual(['https://harmless.test/']);
  });
});
