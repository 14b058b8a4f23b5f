import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page, Route } from 'playwright-core';
import { KeyLogKeeper } from '../../src/agencies/key-log/key-log-keeper.js';
import { enrol } from '../../src/demo/open-agency.js';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import { makeKeyPair, type MadeKey } from '../../src/vault/keys.js';
import { look, signIn, visit, type Visit } from '../browser/visit.js';
import { OfficerAtPage } from '../cases/officer-at-page.js';
import { MailboxApp, type LodgedCase } from '../mailbox/mailbox-app.js';
import { openTestAgency } from '../support/app.js';
import { openBrowser } from '../support/browser.js';
import { until } from '../support/until.js';

const STORY = 'Sentinel: they lost it';
const ANSWER = 'Sentinel: we found it';
const FALSE_ANSWER = 'Sentinel: you get nothing';
const NOT_SHOWN = 'This was signed with a key that is not in the public list of keys, so it is not shown.';

let served: MailboxApp;
let browser: Browser;
let officer: OfficerAtPage;
let newcomer: EnrolledStaffMember;
let lodged: LodgedCase;
let forged: MadeKey;

beforeAll(async () => {
  [served, browser] = await Promise.all([MailboxApp.start(), openBrowser()]);
  await openTestAgency(served.app, 'hdc');
  newcomer = await enrol(served.app.app, 'msd', {
    displayName: 'New Officer',
    username: 'new.officer',
    passphrase: 'correct horse battery staple new',
    roles: ['officer'],
  });
  await keepLog();
  lodged = await served.lodge({ whatHappened: STORY });
  await served.reply(lodged.id, ANSWER);
  officer = await OfficerAtPage.signedIn(browser, served.app, served.officer);
});

afterAll(async () => {
  await browser.close();
  await served.close();
});

/** What the worker does every few seconds, which is not there. */
const keepLog = (): Promise<number> => served.app.app.get(KeyLogKeeper, { strict: false }).runOnce();

async function comeBack({ page }: Visit): Promise<void> {
  await page.goto(`${served.origin}/mailbox`);
  await page.fill('#receipt', lodged.receipt);
  await page.getByRole('button', { name: 'Open the mailbox' }).click();
  await page.locator('#said', { hasText: STORY }).waitFor();
}

/** Answers a call of the page with what `change` makes of the server's answer. */
async function answered(page: Page, url: string, change: (body: never) => unknown): Promise<void> {
  await page.route(url, async (route: Route) => {
    if (route.request().method() !== 'GET') return route.continue();
    const response = await route.fetch();
    return route.fulfill({ response, json: change((await response.json()) as never) });
  });
}

describe('an answer that was signed with a key which somebody with the tables put there', () => {
  let person: Visit;

  beforeAll(async () => {
    person = await visit(browser);
    forged = await served.forgeReply(lodged.id, FALSE_ANSWER);
  });

  it('is not shown to the person, who is told why and reads the others', async () => {
    await comeBack(person);
    const said = person.page.locator('#said');
    await said.getByText(NOT_SHOWN).waitFor();
    expect(await said.textContent()).toContain(ANSWER);
    expect(await said.textContent()).not.toContain(FALSE_ANSWER);
    await look(person.page);
  });

  it('is not shown to an officer', async () => {
    await officer.goTo(`/staff/cases/${lodged.id}`);
    const said = officer.page.locator('#said');
    expect(await said.textContent()).toContain(NOT_SHOWN);
    expect(await said.textContent()).toContain(ANSWER);
    expect(await said.textContent()).not.toContain(FALSE_ANSWER);
    await look(officer.page);
  });

  it('is none the better for a list that nobody outside has seen', async () => {
    interface Served {
      signersProof: { cosignatures: string[] } | null;
    }
    const changes: ((side: Served) => unknown)[] = [
      (side) => ({ ...side, signersProof: null }),
      (side) => ({ ...side, signersProof: { ...side.signersProof, cosignatures: [] } }),
    ];
    for (const change of changes) {
      const { page } = await visit(browser);
      await answered(page, '**/api/v1/mailbox', change);
      await comeBack({ ...person, page });
      expect(await page.locator('#said').textContent()).not.toContain(ANSWER);
      expect(await page.getByText(NOT_SHOWN).count()).toBe(2);
      await page.context().close();
    }
  });

  it('is shown once the key stands in the list for everybody to see', async () => {
    await keepLog();
    await comeBack(person);
    expect(await person.page.locator('#said').textContent()).toContain(FALSE_ANSWER);
    await officer.goTo(`/staff/cases/${lodged.id}`);
    expect(await officer.words()).toContain(FALSE_ANSWER);
    expect(await served.rows('SELECT act FROM key_log_entries WHERE kid = $1', [forged.kid])).toHaveLength(2);
  });

  it('left nothing on the device', async () => {
    const { page, wrong } = person;
    expect(await page.evaluate('[localStorage.length, sessionStorage.length]')).toEqual([0, 0]);
    expect((await page.context().cookies()).map(({ name }) => name)).toEqual(['csrf']);
    expect(wrong).toEqual([]);
  });
});

describe('a person who is asked whether their case may be passed on', () => {
  it('agrees to no key that is not in the list for that agency', async () => {
    await officer.propose(lodged.id, { to: 'hdc', note: 'Sentinel: this is about care' });
    const { kid } = await makeKeyPair('agreement');
    const person = await visit(browser);
    await answered(person.page, '**/api/v1/mailbox', (side: { referral: object }) => ({
      ...side,
      referral: { ...side.referral, readers: [kid] },
    }));
    await comeBack(person);
    await person.page.getByRole('button', { name: 'Yes, pass it on', exact: true }).click();
    await person.page.locator('#referral', { hasText: 'is not in the public list of keys' }).waitFor();
    await look(person.page);
    expect(person.sent.filter((url) => url.endsWith('/consent'))).toEqual([]);
    await person.page.unroute('**/api/v1/mailbox');
    await comeBack(person);
    await person.page.getByRole('button', { name: 'Yes, pass it on', exact: true }).click();
    await person.page.getByText('You agreed.').waitFor();
    expect(person.wrong).toEqual([]);
  });
});

describe('an officer who grants the agency’s key to a colleague', () => {
  it('grants it to no key that is not in the list as the colleague’s alone', async () => {
    interface State {
      people: { staffId: string; agreement: { kid: string; jwk: object } }[];
    }
    const { page } = officer;
    const { kid, jwk } = await makeKeyPair('agreement');
    await answered(page, '**/staff/api/keys', ({ people, ...state }: State) => ({
      ...state,
      people: people.map((one) => (one.staffId === newcomer.actor.staffId ? { ...one, agreement: { kid, jwk } } : one)),
    }));
    const grant = async (): Promise<void> => {
      await officer.goTo('/staff/keys');
      await page.locator(`button[data-grant="${newcomer.actor.staffId}"]`).click();
      await page.locator('#grant-words:not(:empty)').waitFor();
      await page.locator('#grant-to').click();
    };
    await grant();
    await page.locator('#told', { hasText: 'is not in the public list of keys as theirs alone' }).waitFor();
    await look(page);
    const grants = 'SELECT FROM agency_key_grants WHERE staff_id = $1';
    expect(await served.rows(grants, [newcomer.actor.staffId])).toHaveLength(0);
    await page.unroute('**/staff/api/keys');
    await grant();
    await until('it is granted', async () => (await served.rows(grants, [newcomer.actor.staffId])).length === 1);
  });
});

describe('an officer for whose agency the list has a key that they do not hold', () => {
  it('is told when they sign in, and goes on', async () => {
    await officer.goTo('/staff/inbox');
    expect(await officer.page.locator('#agency-key-alarm').isVisible()).toBe(false);
    const { kid, jwk } = await makeKeyPair('agreement');
    await served.rows(`UPDATE agency_keys SET retired_at = now() WHERE agency_id = 'msd' AND retired_at IS NULL`);
    await served.rows(
      `INSERT INTO agency_keys (kid, agency_id, purpose, epoch, jwk, made_by, made_on)
       SELECT $1, agency_id, purpose, max(epoch) + 1, $2, made_by, max(made_on)
         FROM agency_keys WHERE agency_id = 'msd' GROUP BY agency_id, purpose, made_by`,
      [kid, jwk],
    );
    await keepLog();
    const { page } = await visit(browser);
    await signIn(page, served.app.staffOrigin, served.colleague);
    await page.getByText('has a key for your agency that you do not hold').waitFor();
    await look(page);
  });
});
