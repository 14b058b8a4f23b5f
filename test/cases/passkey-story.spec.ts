import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { KeyLogKeeper } from '../../src/agencies/key-log/key-log-keeper.js';
import { Invitations } from '../../src/staff/invitations.js';
import { expectNoAxeViolations } from '../support/axe.js';
import { openBrowser } from '../support/browser.js';
import { VirtualAuthenticator } from '../support/virtual-authenticator.js';
import { keptKeys } from '../staff/kept-keys.js';
import { enrol, FIRST_START, startDesk, type Desk } from './desk.js';
import { lodge, type LodgedCase } from './sealed-cases.js';

let desk: Desk;
let browser: Browser;
let page: Page;
let first: VirtualAuthenticator;
let second: VirtualAuthenticator;
let disclosures: LodgedCase[];
const wrong: string[] = [];

beforeAll(async () => {
  desk = await startDesk({ PASSKEY_REQUIRED_FOR: 'disclosure_officer,admin' });
  const { actor } = await enrol(desk, 'ombudsman', ['officer']);
  await desk.rows(`UPDATE staff SET roles = '{officer,disclosure_officer}' WHERE id = $1`, [actor.staffId]);
  browser = await openBrowser();
  page = await (await browser.newContext()).newPage();
  page.on('pageerror', ({ message }) => wrong.push(message));
});

afterAll(async () => {
  await browser.close();
  await desk.close();
});

const at = (path: string | RegExp): Promise<void> =>
  page.waitForURL(({ pathname }) => (typeof path === 'string' ? pathname === path : path.test(pathname)));

async function signIn(): Promise<void> {
  await page.goto(`${desk.staffOrigin}/staff/sign-in?next=/staff/disclosures`);
  await page.click('#enter-passkey');
}

async function reads({ reference }: LodgedCase, words: string): Promise<void> {
  await page.goto(`${desk.staffOrigin}/staff/disclosures`);
  await page.getByRole('link', { name: reference }).click();
  await page.waitForSelector('#words[data-state="opened"]');
  await page.getByText(words).waitFor();
}

/** The first authenticator is touched no more once the page asks for something: from there on the second answers. */
async function handOverAt(path: string): Promise<void> {
  await page.route(`**${path}`, async (route) => {
    await first.isTouched(false);
    await second.isTouched(true);
    await route.continue();
  });
}

describe('a disclosure officer with passkeys', () => {
  it('joins with one, signs in with it, and reads what was disclosed', async () => {
    first = await VirtualAuthenticator.plugInto(page);
    const { link } = await desk.app
      .get(Invitations)
      .invite(FIRST_START, { agencyId: 'ombudsman', roles: ['officer', 'disclosure_officer'] });
    await page.goto(link);
    await page.fill('#displayName', 'Hana Reedy');
    await page.fill('#username', 'hana.reedy');
    await page.fill('#label', 'The first');
    await page.click('#join button');
    await page.locator('#joined').waitFor();
    // As a worker would, which is not there: a key is nobody's reader before the witnesses have seen it.
    await desk.app.get(KeyLogKeeper).runOnce();
    const says = ['Sentinel: one', 'Sentinel: two'];
    disclosures = [];
    for (const each of says)
      disclosures.push(await lodge(desk, { agencyId: 'ombudsman', path: 'disclosure', says: each }));
    await signIn();
    await at('/staff/disclosures');
    const [one] = disclosures;
    if (one) await reads(one, 'Sentinel: one');
  });

  it('adds a second one, which the first has to allow', async () => {
    second = await VirtualAuthenticator.plugInto(page, { transport: 'nfc' });
    await second.isTouched(false);
    await page.goto(`${desk.staffOrigin}/staff/ways-in`);
    await expectNoAxeViolations(page);
    await page.fill('#label', 'The second');
    await handOverAt('/staff/api/ways-in/offer');
    await page.click('#enter');
    await page.getByRole('heading', { name: 'The second' }).waitFor();
    expect(await page.getByText('Signs you in and unlocks').count()).toBe(2);
    expect([await first.count(), await second.count()]).toEqual([1, 1]);
  });

  it('removes the first, and still reads everything: it was granted to their new key', async () => {
    const [before] = await desk.rows<{ kid: string }>(
      `SELECT k.kid FROM staff_keys k JOIN staff p ON p.id = k.staff_id
        WHERE p.username = 'hana.reedy' AND k.purpose = 'agreement'`,
    );
    await page.getByRole('link', { name: 'Remove (The first)' }).click();
    await at(/^\/staff\/ways-in\/.+/);
    await expectNoAxeViolations(page);
    await page.click('#enter');
    await at(/^\/staff\/(inbox|disclosures)$/);
    const left = await desk.rows(`SELECT FROM case_grants WHERE reader = $1`, [before?.kid]);
    expect(left).toEqual([]);
    expect(await keptKeys(page)).toEqual(['held', 'held']);
    for (const [index, words] of ['Sentinel: one', 'Sentinel: two'].entries()) {
      const disclosure = disclosures[index];
      if (disclosure) await reads(disclosure, words);
    }
    await page.getByRole('button', { name: 'Add a note' }).click();
    await page.waitForSelector('#words[data-state="opened"]');
    await page.getByLabel('Your note').fill('Sentinel: noted under the new key');
    await page.getByRole('button', { name: 'Keep the note' }).click();
    await page.getByText('Sentinel: noted under the new key').waitFor();
  });

  it('can neither sign in nor unlock with the first any more, and can with the second', async () => {
    await page.click('#sign-out button');
    await at('/staff/sign-in');
    await first.isTouched(true);
    await second.isTouched(false);
    await signIn();
    await page.getByText('This passkey does not sign anybody in here.').waitFor();
    await first.isTouched(false);
    await second.isTouched(true);
    await page.click('#enter-passkey');
    await page.waitForURL(({ pathname }) => pathname !== '/staff/sign-in');
    const [, two] = disclosures;
    if (two) await reads(two, 'Sentinel: two');
    expect(wrong).toEqual([]);
  });
});
