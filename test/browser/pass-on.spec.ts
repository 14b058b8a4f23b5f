import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { openAgency } from '../../src/demo/open-agency.js';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import type { Role } from '../../src/staff/roles.js';
import { Owner } from '../intake/door.js';
import { keptKeys } from '../staff/kept-keys.js';
import { loseAnswer, openBrowser } from '../support/browser.js';
import { startApp, type TestApp } from '../support/app.js';
import { knownPassphrase } from '../support/passphrases.js';
import { until } from '../support/until.js';
import { storedOf, tokensIn } from './stored.js';
import { answerQuestions, look, lookAndPress, openCase, opened, signIn, visit, type Scripts } from './visit.js';

/** Somebody tells of a benefit, and by the way of something else. */
const ANSWERS = ['service_user', 'msd', 'benefit', 'not_raised', 'under_3_months', 'no', 'no'];
const STORY = 'Sentinel: they stopped my benefit, and when I worked there the invoices were paid twice.';
const NAME = 'Sentinel: Hana, 55 Example Road';
const PEOPLE: readonly (readonly [string, readonly Role[]])[] = [
  ['Ana', ['officer']],
  ['Ben', ['officer', 'disclosure_officer']],
  ['Cat', ['officer', 'disclosure_officer']],
  ['Dan', ['officer', 'disclosure_officer']],
];

let app: TestApp;
let browser: Browser;
let owner: Owner;
let ana: EnrolledStaffMember;
let ben: EnrolledStaffMember;
let cat: EnrolledStaffMember;
let dan: EnrolledStaffMember;
let receipt: string;
let reference: string;
let made: string;

beforeAll(async () => {
  [app, browser] = await Promise.all([startApp(), openBrowser()]);
  const people = PEOPLE.map(([displayName, roles], n) => ({
    displayName,
    username: `${displayName.toLowerCase()}.msd`,
    ...knownPassphrase(n + 1),
    roles,
  }));
  const enrolled = await openAgency(app.app, { id: 'msd', noticeEmail: 'msd@agency.test' }, people);
  [ana, ben, cat, dan] = enrolled as [
    EnrolledStaffMember,
    EnrolledStaffMember,
    EnrolledStaffMember,
    EnrolledStaffMember,
  ];
  owner = await Owner.of(app);
  await owner.rows(`UPDATE staff SET published_as = 'Chief counsel' WHERE id = $1`, [dan.actor.staffId]);
});

afterAll(async () => {
  await owner.close();
  await browser.close();
  await app.close();
});

async function openMailbox(words: string, scripts: Scripts = 'ours'): Promise<Page> {
  const { page } = await visit(browser, scripts);
  await page.goto(`${app.publicOrigin}/mailbox`);
  await page.fill('#receipt', words);
  await page.getByRole('button', { name: 'Open the mailbox' }).click();
  return page;
}

async function atDesk(member: EnrolledStaffMember): Promise<Page> {
  const { page } = await visit(browser);
  await signIn(page, app.staffOrigin, member);
  return page;
}

const cases = (): Promise<{ path: string; status: string; outcome: string | null }[]> =>
  owner.rows('SELECT path, status, outcome FROM cases ORDER BY path');

describe('a complaint that an officer finds to be a disclosure', () => {
  it('is passed on by them once, however often that has to be tried, and closed as any other', async () => {
    const person = await visit(browser);
    await answerQuestions(person.page, app.publicOrigin, ANSWERS);
    await person.page.getByRole('button', { name: /^Write to/ }).click();
    await person.page.fill('#whatHappened', STORY);
    for (let step = 0; step < 3; step++)
      await person.page.getByRole('button', { name: 'Continue', exact: true }).click();
    await person.page.fill('#identity', NAME);
    for (let step = 0; step < 2; step++)
      await person.page.getByRole('button', { name: 'Continue', exact: true }).click();
    await person.page.getByRole('button', { name: 'Seal and send' }).click();
    await person.page.locator('[data-slot=receipt]').waitFor();
    receipt = (await person.page.textContent('[data-slot=receipt]')) ?? '';
    reference = (await person.page.textContent('[data-slot=reference]')) ?? '';

    const { page, wrong, sent } = await visit(browser);
    await signIn(page, app.staffOrigin, ana);
    await openCase(page, reference);
    await page.getByRole('button', { name: 'This is a disclosure' }).click();
    await opened(page);
    await lookAndPress(page, 'Pass it on and close the complaint');
    await page.getByText('Choose how it ends. Nothing was sent.').waitFor();
    await page.getByLabel('Chief counsel').check();
    await page.getByLabel('The final answer, with the reasons').fill('Sentinel: we looked at it.');
    await page.getByLabel('It was put right').check();
    // The answer of the first try is lost, and then that of closing.
    await loseAnswer(page, '**/staff/api/passing-on');
    await loseAnswer(page, '**/closing');
    await page.getByRole('button', { name: 'Pass it on and close the complaint' }).click();
    await page.locator('#told', { hasText: 'nobody can tell whether it was passed on' }).waitFor();
    expect(await page.getByLabel('Chief counsel').isDisabled()).toBe(true);
    // The keys are locked meanwhile: the page, which alone has the words of the mailbox, stays, and needs no key to go on.
    const beside = await page.context().newPage();
    await beside.goto(`${app.staffOrigin}/staff/keys`);
    await beside.click('#lock');
    await beside.waitForURL(({ pathname }) => pathname === '/staff/unlock');
    await until('the keys are gone', async () => (await keptKeys(page)).length === 0);
    await page.locator('#words').waitFor({ state: 'detached' });
    expect(await page.content()).not.toContain(STORY);
    await page.getByRole('button', { name: 'Pass it on and close the complaint' }).click();
    await page.getByText('It was passed on, but nothing says yet that the complaint is closed').waitFor();
    expect(new URL(page.url()).pathname).toMatch(/\/pass-on$/);
    await beside.fill('#passphrase', ana.passphrase);
    await beside.click('#enter');
    await beside.waitForURL(({ pathname }) => pathname === '/staff/keys');
    await page.getByRole('button', { name: 'Pass it on and close the complaint' }).click();
    await page.waitForURL(/\/staff\/cases\/[0-9a-f-]+$/);
    await page.getByText('It was put right').waitFor();
    await until('it is placed', async () => (await cases()).every(({ status }) => status !== 'lodged'));
    expect(await cases()).toEqual([
      { path: 'complaint', status: 'closed', outcome: 'resolved' },
      { path: 'disclosure', status: 'placed', outcome: null },
    ]);
    expect(await owner.rows(`SELECT kind FROM case_items WHERE kind = 'reply'`)).toHaveLength(1);
    expect(wrong).toEqual([]);
    expect(sent.filter((text) => text.includes('Sentinel'))).toEqual([]);
    // Whoever passed it on is not among those who see that it is there.
    expect((await page.goto(`${app.staffOrigin}/staff/disclosures`))?.status()).toBe(404);
  });

  it('is joined to it by nothing that is stored unsealed', async () => {
    const [disclosure] = await owner.rows<{ reference: string }>(
      `SELECT reference FROM cases WHERE path = 'disclosure'`,
    );
    const [of, anew] = [await storedOf(owner, reference), await storedOf(owner, disclosure?.reference ?? '')];
    expect(tokensIn(anew).size).toBeGreaterThan(10);
    expect([...tokensIn(of)].filter((token) => tokensIn(anew).has(token))).toEqual([]);
  });

  it('reaches the person, and nobody else, with the final answer, with and without a script', async () => {
    for (const scripts of ['ours', 'off'] as const) {
      const page = await openMailbox(receipt, scripts);
      const answer = page.locator('.od-item[data-kind=reply]');
      await answer.getByText('For you alone').waitFor();
      await look(page);
      made = (await answer.locator('.od-words').last().textContent()) ?? '';
      expect(made.split(' ')).toHaveLength(8);
      const anew = await openMailbox(made, scripts);
      await anew.getByText(STORY).waitFor();
      await anew.getByText(`case ${reference}, and was passed on by Ana.`).waitFor();
      await anew.getByText(NAME).waitFor();
    }
  });

  it('is read by the disclosure officers but whom was left out, with where it is from', async () => {
    const page = await atDesk(ben);
    await page.goto(`${app.staffOrigin}/staff/disclosures`);
    await page.locator('main a[href^="/staff/cases/"]').first().click();
    await opened(page);
    await page.getByText(STORY).waitFor();
    await page.getByText(`case ${reference}, and was passed on by Ana`).waitFor();
    await page.getByText('They can send it as one themself, from their mailbox.').waitFor();

    const other = await atDesk(dan);
    await other.goto(`${app.staffOrigin}/staff/disclosures`);
    await other.getByRole('heading', { level: 1 }).waitFor();
    expect(await other.locator('main a[href^="/staff/cases/"]').count()).toBe(0);
  });

  it('shows to a colleague who reads complaints the answer as it was written, and nothing of what it encloses', async () => {
    const [found] = await owner.rows<{ id: string }>('SELECT id FROM cases WHERE reference = $1', [reference]);
    // A code is good once: Cat reads both kinds too.
    const page = await atDesk(cat);
    await page.goto(`${app.staffOrigin}/staff/cases/${found?.id ?? ''}`);
    await opened(page);
    await page.getByText('Sentinel: we looked at it.').waitFor();
    const text = (await page.textContent('main')) ?? '';
    for (const secret of [made, 'For you alone', 'enclosure']) expect(text).not.toContain(secret);
  });
});
