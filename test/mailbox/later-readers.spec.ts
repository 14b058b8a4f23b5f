import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Browser, Page, Route } from 'playwright-core';
import type { DisclosuresToGrant } from '../../src/cases/joining/joining.js';
import { regrantDisclosure } from '../../src/cases/joining/regrant-disclosure.js';
import { todayInAuckland } from '../../src/clocks/calendar.js';
import { readEpochRecord } from '../../src/vault/epochs.js';
import { dayBefore } from '../../src/web/day.js';
import { look, signIn, visit, type Visit } from '../browser/visit.js';
import { seat, type AtDesk } from '../cases/handing-on.js';
import { lodge, type LodgedCase } from '../cases/sealed-cases.js';
import { startWithMailbox, type WithMailbox } from '../disclosures/with-mailbox.js';
import { openBrowser } from '../support/browser.js';
import { Caller } from './mailbox-app.js';

let scene: WithMailbox;
let browser: Browser;
let dan: AtDesk;
let lodged: LodgedCase;
let dans: Visit;

beforeAll(async () => {
  scene = await startWithMailbox();
  const { desk, ben } = scene;
  lodged = await lodge(desk, {
    agencyId: ben.who.actor.agencyId,
    path: 'disclosure',
    says: 'Sentinel: before he came',
    lodgedOn: dayBefore(todayInAuckland()),
  });
  dan = await seat(desk, ben.who.actor.agencyId, ['officer', 'disclosure_officer']);
  const path = `/staff/api/joining/${dan.who.actor.staffId}`;
  const { disclosures, to } = await ben.client.given<DisclosuresToGrant>(path);
  const { agreement } = await ben.keys();
  const grants = await Promise.all(disclosures.map((one) => regrantDisclosure(one, agreement, to.agreement)));
  expect((await ben.client.post(path, { grants: grants.flat() })).status).toBe(204);
  await desk.rows(`UPDATE staff SET active = false WHERE agency_id = $1 AND id <> $2`, [
    dan.who.actor.agencyId,
    dan.who.actor.staffId,
  ]);
  await desk.rows('UPDATE staff SET totp_last_step = 0');
  browser = await openBrowser();
  dans = await visit(browser);
  await signIn(dans.page, desk.staffOrigin, dan.who);
});

afterAll(async () => {
  await browser.close();
  await scene.close();
});

const at = (path: string): string => `${scene.desk.staffOrigin}/staff${path}`;

async function readersOf(key: string): Promise<string[]> {
  const [newest] = await scene.desk.rows<{ record: string }>(
    'SELECT record FROM case_epochs WHERE case_id = $1 AND key = $2 ORDER BY epoch DESC LIMIT 1',
    [lodged.id, key],
  );
  return newest ? readEpochRecord(newest.record).readers : [];
}

/** Answers a call of the page with what `change` makes of the server's answer. */
async function answered(page: Page, url: RegExp, change: (body: never) => unknown): Promise<void> {
  await page.route(url, async (route: Route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: change((await response.json()) as never) });
  });
}

async function writeNote(text: string): Promise<void> {
  const { page } = dans;
  await page.goto(at(`/cases/${lodged.id}/note`));
  await page.waitForSelector('#words[data-state="opened"]');
  await page.getByLabel('Your note').fill(text);
  await page.getByRole('button', { name: 'Keep the note', exact: true }).click();
}

describe('an officer who joined later, alone with a disclosure', () => {
  it('begins its next key in their browser, and is its reader', async () => {
    const { page } = dans;
    await page.goto(at('/disclosures'));
    await page.locator('#task-disclosures a').click();
    await page.click('#renew');
    await page.waitForSelector('#none');
    await look(page);
    const person = lodged.lodging.submission.mailbox.agreement.kid;
    const readers = await readersOf('case');
    expect(readers).toEqual(expect.arrayContaining([dan.who.agreement.kid, person]));
    expect(readers).not.toContain(scene.ben.who.agreement.kid);
  });

  it('keeps notes that they can read, and none for a reader whom the server has made up and added to the log of keys', async () => {
    const { page } = dans;
    const { kid, jwk } = (await seat(scene.desk, dan.who.actor.agencyId, ['disclosure_officer'])).who.agreement;
    const entries = await scene.desk.rows(`SELECT FROM key_log_entries WHERE kid = $1 AND use = 'disclosures'`, [kid]);
    expect(entries).toHaveLength(1);
    const joinings = [{ epoch: 1, kid, held: kid }];
    await answered(page, new RegExp(`/staff/api/cases/${lodged.id}$`), (sealed: { deskReaders: object[] }) => ({
      ...sealed,
      joinings,
      deskReaders: [...sealed.deskReaders, { kid, jwk }],
    }));
    dans.sent.length = 0;
    await writeNote('Sentinel: to whom');
    await page.locator('#told').waitFor();
    expect(dans.sent.filter((url) => url.endsWith('/notes'))).toEqual([]);
    await page.unrouteAll();
    await writeNote('Sentinel: to ourselves');
    await page.waitForURL(at(`/cases/${lodged.id}`));
    await page.waitForSelector('#words[data-state="opened"]');
    expect(await page.locator('#notes .od-words').allTextContents()).toEqual(['Sentinel: to ourselves']);
    expect(await readersOf('desk')).toContain(dan.who.agreement.kid);
    expect(dans.wrong).toEqual([]);
  });
});

describe('the person who wrote a disclosure that only an officer reads who joined later', () => {
  const receipt = (): string => lodged.lodging.receipt;
  const messages = (): Promise<object[]> =>
    scene.desk.rows(`SELECT id FROM case_items WHERE case_id = $1 AND kind = 'message'`, [lodged.id]);

  async function comeBack(): Promise<Visit> {
    const person = await visit(browser);
    await person.page.goto(`${scene.app.publicOrigin}/mailbox`);
    await person.page.fill('#receipt', receipt());
    await person.page.getByRole('button', { name: 'Open the mailbox' }).click();
    await person.page.locator('#said', { hasText: 'before he came' }).waitFor();
    return person;
  }

  async function write({ page }: Visit, text: string): Promise<void> {
    await page.fill('#text', text);
    await page.locator('#write button[type=submit], #write button').first().click();
  }

  it('writes to them, for the log of keys says that they came after', async () => {
    const person = await comeBack();
    await write(person, 'Sentinel: more');
    await person.page.locator('#said', { hasText: 'Sentinel: more' }).waitFor();
    expect(await messages()).toHaveLength(1);
    expect(person.wrong).toEqual([]);
    expect(person.sent.join()).not.toContain('Sentinel');
    await dans.page.goto(at(`/cases/${lodged.id}`));
    await dans.page.waitForSelector('#words[data-state="opened"]');
    expect(await dans.page.locator('#said .od-words').allTextContents()).toContain('Sentinel: more');
    await person.page.context().close();
  });

  it('writes nothing where the log is not shown to them whole', async () => {
    const cut = await visit(browser);
    await answered(cut.page, /\/api\/v1\/key-log\/entries/, ({ entries }: { entries: string[] }) => ({
      entries: entries.filter((entry) => !entry.includes(dan.who.agreement.kid)),
    }));
    await cut.page.goto(`${scene.app.publicOrigin}/mailbox`);
    await cut.page.fill('#receipt', receipt());
    await cut.page.getByRole('button', { name: 'Open the mailbox' }).click();
    await cut.page.locator('#said', { hasText: 'before he came' }).waitFor();
    await write(cut, 'Sentinel: not this');
    await cut.page.locator('#told').waitFor();
    expect(await messages()).toHaveLength(1);
    await cut.page.context().close();
  });

  it('writes nothing where nobody who held it has said that they came', async () => {
    const untold = await visit(browser);
    await answered(untold.page, /\/api\/v1\/mailbox$/, (side: { sealed: object }) => ({
      ...side,
      sealed: { ...side.sealed, joinings: [] },
    }));
    await untold.page.goto(`${scene.app.publicOrigin}/mailbox`);
    await untold.page.fill('#receipt', receipt());
    await untold.page.getByRole('button', { name: 'Open the mailbox' }).click();
    await untold.page.locator('#said', { hasText: 'before he came' }).waitFor();
    await write(untold, 'Sentinel: nor this');
    await untold.page.locator('#told').waitFor();
    expect(await messages()).toHaveLength(1);
    await untold.page.context().close();
  });

  it('writes to them without a script too', async () => {
    const caller = await new Caller(scene.app.publicOrigin).openByReceipt({ ...lodged, receipt: receipt() });
    expect(await caller.call('POST', '/messages', { id: randomUUID(), text: 'Without a script.' })).toMatchObject({
      status: 201,
    });
    expect(await messages()).toHaveLength(2);
  });
});
