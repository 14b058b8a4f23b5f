import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { sealNote } from '../../src/cases/seal-words.js';
import { todayInAuckland } from '../../src/clocks/calendar.js';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import { SESSION_COOKIE } from '../../src/staff/staff-cookie.js';
import { StaffSessions } from '../../src/staff/staff-sessions.js';
import { signIn } from '../browser/visit.js';
import { expectNoAxeViolations } from '../support/axe.js';
import { loseAnswer, openBrowser } from '../support/browser.js';
import { DeskClient, enrol, holdCeremony, startDesk, type Desk } from './desk.js';
import { fetchSealed, lodge, unlock, wordsOf, type LodgedCase } from './sealed-cases.js';

const SAYS = 'Sentinel: <img src=x onerror=alert(1)> “kōrero”';

let desk: Desk;
let ana: EnrolledStaffMember;
let ben: EnrolledStaffMember;
let browser: Browser;
let page: Page;
let complaint: LodgedCase;
const complaints: string[] = [];
const sentBodies: string[] = [];

beforeAll(async () => {
  desk = await startDesk();
  ana = await enrol(desk, 'ombudsman', ['officer', 'disclosure_officer']);
  ben = await enrol(desk, 'ombudsman', ['officer', 'disclosure_officer']);
  await holdCeremony(desk, ana);
  complaint = await lodge(desk, { agencyId: 'ombudsman', path: 'complaint', says: SAYS });
  await desk.rows('UPDATE staff SET totp_last_step = 0');
  browser = await openBrowser();
  page = await browser.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => sentBodies.push(request.url(), request.postData() ?? ''));
  await signIn(page, desk.staffOrigin, ana);
});

afterAll(async () => {
  await browser.close();
  await desk.close();
});

const opened = (): Promise<unknown> => page.waitForSelector('#words[data-state="opened"]');
const press = (name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();
const words = async (): ReturnType<typeof wordsOf> => {
  const client = await DeskClient.of(desk, ana);
  const said = await wordsOf(client, complaint.id, await unlock(client, ana));
  return said.filter(([kind]) => kind !== 'countersignature').slice(2);
};

/** A page of an administrator, or of somebody else without a desk, signed in with something else than a passphrase: they need no keys. */
async function administrator(name: string, role = 'admin'): Promise<Page> {
  const id = randomUUID();
  await desk.rows(
    `INSERT INTO staff (id, agency_id, username, display_name, roles, totp_last_step, active)
     VALUES ($1, 'ombudsman', $2, $2, ARRAY[$3], 0, true)`,
    [id, `${role}.${name}`, role],
  );
  const token = await desk.database.asActor({ kind: 'system', name: 'staff-sessions' }, (manager) =>
    desk.app.get(StaffSessions, { strict: false }).open(manager, id, 'passkey'),
  );
  const context = await browser.newContext();
  await context.addCookies([{ name: SESSION_COOKIE, value: token, url: desk.staffOrigin }]);
  return context.newPage();
}

describe('an officer’s browser', () => {
  it('finds a case in the inbox and opens it, as text and never as markup', async () => {
    await expectNoAxeViolations(page);
    await page.getByRole('link', { name: complaint.reference }).click();
    await opened();
    expect(await page.textContent('#said .od-words')).toBe(SAYS);
    expect(await page.locator('#said img').count()).toBe(0);
    expect(await page.textContent('#progress')).toBe('Opened in this browser.');
    await expectNoAxeViolations(page);
  });

  it('shows the case on a phone without scrolling sideways', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    const overflow = () => page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    expect(await overflow()).toBe(0);
    await page.goto(`${desk.staffOrigin}/staff/inbox`);
    expect(await overflow()).toBe(0);
    await expectNoAxeViolations(page);
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  it('acknowledges with words, replies and notes, from the keyboard', async () => {
    await page.goto(`${desk.staffOrigin}/staff/cases/${complaint.id}`);
    await page.getByRole('button', { name: 'Acknowledge' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/acknowledge');
    await opened();
    await expectNoAxeViolations(page);
    await page.getByLabel('Your words to the person').fill('Sentinel: we have it');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/staff/cases/${complaint.id}`);

    await opened();
    await page.getByRole('button', { name: 'Reply to the person' }).click();
    await opened();
    await expectNoAxeViolations(page);
    await page.getByLabel('Your reply').fill('Sentinel: an answer');
    await press('Send the reply');
    await page.waitForURL(`**/staff/cases/${complaint.id}`);

    await opened();
    await page.getByRole('button', { name: 'Add a note' }).click();
    await expectNoAxeViolations(page);
    await page.getByLabel('Your note').fill('Sentinel: for us');
    await press('Keep the note');
    await page.waitForURL(`**/staff/cases/${complaint.id}`);

    await opened();
    expect(await page.locator('#notes .od-words').allTextContents()).toEqual(['Sentinel: for us']);
    expect(await words()).toMatchObject([
      ['reply', { text: 'Sentinel: we have it' }],
      ['reply', { text: 'Sentinel: an answer' }],
      ['note', { text: 'Sentinel: for us' }],
    ]);
  });

  it('keeps the text when it cannot be sent, and sends it once when it can', async () => {
    await page.goto(`${desk.staffOrigin}/staff/cases/${complaint.id}/reply`);
    await press('Send the reply');
    expect(await page.textContent('#told')).toBe('Write something first.');
    await page.getByLabel('Your reply').fill('Sentinel: again');
    // The answer is lost on its way, so the browser cannot know that it arrived.
    await loseAnswer(page, '**/replies');
    await press('Send the reply');
    await page.getByText('This was not sent.').waitFor();
    expect(await page.inputValue('#text')).toBe('Sentinel: again');
    await expectNoAxeViolations(page);
    await press('Send the reply');
    await page.waitForURL(`**/staff/cases/${complaint.id}`);
    expect((await words()).filter(([, said]) => said?.text === 'Sentinel: again')).toHaveLength(1);
    complaints.splice(0, complaints.length, ...complaints.filter((text) => !text.includes('ERR_FAILED')));
  });

  it('seals a note again under the key that a colleague began first', async () => {
    const { id } = await lodge(desk, { agencyId: 'ombudsman', path: 'complaint' });
    const bens = await DeskClient.of(desk, ben);
    const keys = await unlock(bens, ben);
    await page.goto(`${desk.staffOrigin}/staff/cases/${id}/note`);
    await opened();
    const once = { times: 1 };
    await page.route(
      '**/notes',
      async (route) => {
        const { sealed, opened: held } = await fetchSealed(bens, id, keys);
        const first = await sealNote(sealed, held, keys.signing, 'First');
        expect((await bens.post(`/staff/api/cases/${id}/notes`, first)).status).toBe(204);
        await route.continue();
      },
      once,
    );
    await page.getByLabel('Your note').fill('Sentinel: second');
    await press('Keep the note');
    await page.waitForURL(`**/staff/cases/${id}`);
    await opened();
    expect(await page.locator('#notes .od-words').allTextContents()).toEqual(['First', 'Sentinel: second']);
    complaints.splice(0, complaints.length, ...complaints.filter((text) => !text.includes('409')));
  });

  it('gives a case to a colleague', async () => {
    await page.goto(`${desk.staffOrigin}/staff/cases/${complaint.id}/assign`);
    await expectNoAxeViolations(page);
    await page.getByLabel('Who is to have this case').selectOption({ index: 1 });
    await press('Give it');
    await page.waitForURL(`**/staff/cases/${complaint.id}`);
    expect(await page.getByRole('button', { name: 'Take it' }).count()).toBe(1);
    await press('Take it');
    await page.getByText('You have this case.').waitFor();
  });

  it('opens a disclosure with the answers that lie sealed in it', async () => {
    const disclosure = await lodge(desk, { agencyId: 'ombudsman', path: 'disclosure', says: 'Sentinel: told' });
    await page.goto(`${desk.staffOrigin}/staff/disclosures`);
    await expectNoAxeViolations(page);
    await page.getByRole('link', { name: disclosure.reference }).click();
    await opened();
    expect(await page.textContent('#said')).toContain('Taking too long');
    await expectNoAxeViolations(page);
  });

  it('keeps a colleague out of a case, and lets them in again', async () => {
    await page.goto(`${desk.staffOrigin}/staff/cases/${complaint.id}`);
    await page.getByRole('button', { name: 'Keep somebody out' }).click();
    await page.waitForURL('**/walls');
    await expectNoAxeViolations(page);
    await page.getByLabel('Who is to be kept out?').selectOption({ label: ben.actor.displayName });
    await page.locator('#wall-3').check();
    await press('Keep them out');
    await page.getByText(`${ben.actor.displayName} has been kept out since`).waitFor();
    await expectNoAxeViolations(page);
    await desk.rows(`UPDATE staff SET roles = roles || '{lead}' WHERE id = $1`, [ana.actor.staffId]);
    await page.reload();
    await expectNoAxeViolations(page);
    await page.getByRole('button', { name: 'Let them in again' }).click();
    await page.getByText('Nobody is kept out of this case.').waitFor();
  });

  it('lends the role of a lead, which the administrator sees beside the roles that they change', async () => {
    await page.goto(`${desk.staffOrigin}/staff/delegations`);
    await expectNoAxeViolations(page);
    await page.getByLabel('Who?').selectOption({ label: ben.actor.displayName });
    await page.getByLabel('Until the end of which day?').fill(todayInAuckland());
    await press('Lend the role');
    await page.locator('#lent').waitFor();
    await expectNoAxeViolations(page);

    const [admin, second] = [await administrator('one'), await administrator('two')];
    await admin.goto(`${desk.staffOrigin}/staff/people`);
    await admin.getByText(`Lead for ${ana.actor.displayName} until`).waitFor();
    await expectNoAxeViolations(admin);
    await admin.getByRole('link', { name: `Change roles ${ben.actor.displayName}` }).click();
    await expectNoAxeViolations(admin);
    await admin.getByLabel('Disclosure officer').uncheck();
    await admin.getByRole('button', { name: 'Change the roles' }).click();
    await admin.getByRole('link', { name: `Change roles ${ben.actor.displayName}` }).click();
    await admin.getByLabel('Disclosure officer').check();
    await admin.getByRole('button', { name: 'Change the roles' }).click();
    await admin.waitForURL('**/staff/role-changes');
    expect(await admin.getByRole('button', { name: 'Approve' }).count()).toBe(0);
    await second.goto(`${desk.staffOrigin}/staff/role-changes`);
    await expectNoAxeViolations(second);
    await second.getByRole('button', { name: 'Approve' }).click();
    await second.getByText('Nothing waits.').waitFor();
    expect(await desk.rows('SELECT roles FROM staff WHERE id = $1', [ben.actor.staffId])).toEqual([
      { roles: ['officer', 'disclosure_officer'] },
    ]);
  });

  it('shows an auditor who did what, at a desk and on a phone', async () => {
    const auditor = await administrator('one', 'auditor');
    await auditor.goto(`${desk.staffOrigin}/staff/audit?reference=${complaint.reference}`);
    await auditor.locator('tbody').getByText('Opened the page of a case').first().waitFor();
    await expectNoAxeViolations(auditor);
    await auditor.setViewportSize({ width: 360, height: 720 });
    const overflow = await auditor.evaluate(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    expect(overflow).toBe(0);
    await expectNoAxeViolations(auditor);
    await auditor.getByRole('link', { name: ana.actor.displayName }).first().click();
    await auditor.waitForURL('**/staff/audit?staff=*');
    await auditor.getByLabel('What was done').selectOption({ label: 'Looked at the inbox' });
    await auditor.getByRole('button', { name: 'Show' }).click();
    await auditor.locator('tbody tr').first().waitFor();
    expect(await auditor.locator('tbody').getByText('case.read').count()).toBe(0);
  });

  it('opens nothing while it is locked, and comes back after unlocking', async () => {
    await press('Lock');
    await page.waitForURL('**/staff/unlock**');
    await page.goto(`${desk.staffOrigin}/staff/cases/${complaint.id}`);
    const link = page.getByRole('link', { name: 'Unlock and come back here' });
    await link.waitFor();
    expect(await page.locator('.od-item').count()).toBe(0);
    await expectNoAxeViolations(page);
    await link.click();
    await page.fill('#passphrase', ana.passphrase);
    await page.click('#enter');
    await page.waitForURL(`**/staff/cases/${complaint.id}`);
    await opened();
  });

  it('sent no word in clear, and broke no policy of the page', () => {
    expect(sentBodies.filter((text) => text.includes('Sentinel'))).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
