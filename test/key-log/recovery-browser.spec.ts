import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { AgencyKeysService } from '../../src/agencies/agency-keys.service.js';
import { KeyLogKeeper } from '../../src/agencies/key-log/key-log-keeper.js';
import { Case } from '../../src/cases/case.entity.js';
import { wrapGrants } from '../../src/cases/begin-epoch.js';
import { holdCeremony } from '../../src/demo/hold-ceremony.js';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import { fingerprintWords } from '../../src/vault/fingerprint.js';
import { grantKey } from '../../src/vault/grants.js';
import { look, opened, signIn, visit, type Visit } from '../browser/visit.js';
import { enrol, startDesk, SYSTEM, type Desk } from '../cases/desk.js';
import { lodge, type LodgedCase } from '../cases/sealed-cases.js';
import { openBrowser } from '../support/browser.js';

type Sheets = readonly [string, string, string];

let desk: Desk;
let browser: Browser;
/** Holds the key of complaints alone, and leaves. */
let gone: EnrolledStaffMember;
let ben: EnrolledStaffMember;
let ana: EnrolledStaffMember;
let anas: Visit;
let bens: Visit;
let sheets: { readonly complaints: Sheets; readonly disclosures: Sheets };
let complaint: LodgedCase;
/** Read by who leaves and nobody else. */
let lost: LodgedCase;
/** What lies with the recovery key of this one is no key of it. */
let broken: LodgedCase;
/** Read by who leaves and by Ben. */
let shared: LodgedCase;

beforeAll(async () => {
  [desk, browser] = await Promise.all([startDesk(), openBrowser()]);
  gone = await enrol(desk, 'ombudsman', ['officer', 'disclosure_officer']);
  const { complaints, disclosures } = await holdCeremony(desk.app, [gone]);
  if (!complaints || !disclosures) throw new Error('There is no kit.');
  sheets = { complaints, disclosures };
  complaint = await lodge(desk, { agencyId: 'ombudsman', path: 'complaint', says: 'Sentinel: a complaint' });
  lost = await lodge(desk, { agencyId: 'ombudsman', path: 'disclosure', says: 'Sentinel: read by one' });
  broken = await lodge(desk, { agencyId: 'ombudsman', path: 'disclosure' });
  await breakOnPaper(broken);
  ben = await enrol(desk, 'ombudsman', ['officer', 'disclosure_officer']);
  shared = await lodge(desk, { agencyId: 'ombudsman', path: 'disclosure', says: 'Sentinel: read by two' });
  ana = await enrol(desk, 'ombudsman', ['lead', 'disclosure_officer']);
  await desk.rows('UPDATE staff SET totp_last_step = 0');
  anas = await signedIn(ana);
  bens = await signedIn(ben);
});

afterAll(async () => {
  await browser.close();
  await desk.close();
});

/** As whoever lodges could: another key is sealed to the recovery key than the one of the case. */
async function breakOnPaper({ id }: LodgedCase): Promise<void> {
  const { recovery } = await state();
  const reader = recovery.disclosures;
  if (!reader) throw new Error('There is no kit.');
  const place = { key: 'case', epoch: 1 } as const;
  const jwe = await grantKey({ ...place, caseKey: crypto.getRandomValues(new Uint8Array(32)), caseId: id, reader });
  const [made] = await desk.database.asActor(SYSTEM, async (manager) =>
    wrapGrants(manager, await manager.findOneByOrFail(Case, { id }), [{ ...place, reader: reader.kid, jwe }], 'grants'),
  );
  const at = `case_id = $2 AND reader = $3 AND key = 'case'`;
  await desk.rows(`UPDATE case_grants SET wrapped = $1 WHERE ${at}`, [made?.wrapped, id, reader.kid]);
}

const state = () => desk.app.get(AgencyKeysService, { strict: false }).state(gone.actor);

async function signedIn(who: EnrolledStaffMember): Promise<Visit> {
  const seen = await visit(browser);
  await signIn(seen.page, desk.staffOrigin, who);
  return seen;
}

async function goTo({ page }: Visit, path: string): Promise<Page> {
  await page.goto(desk.staffOrigin + path);
  return page;
}

/** Looks at the page as it is on a screen and on a phone, which it fits. */
async function lookAtBothWidths(page: Page): Promise<void> {
  await look(page);
  await page.setViewportSize({ width: 360, height: 740 });
  const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
  expect(await page.evaluate(overflow)).toBe(0);
  await look(page);
  await page.setViewportSize({ width: 1280, height: 800 });
}

/** Types two sheets into the form that is there, and sends it off. */
async function typeSheets(page: Page, form: string, [first, second]: readonly [string, string]): Promise<void> {
  await page.locator(`${form} textarea`).nth(0).fill(first);
  await page.locator(`${form} textarea`).nth(1).fill(second);
  await page.locator(`${form} button`).click();
}

const told = (page: Page, text: string): Promise<void> => page.locator('#told', { hasText: text }).waitFor();

/** What of the keys of an agency somebody sees on their page. */
const standing = (page: Page, { actor }: EnrolledStaffMember): Promise<string | null> =>
  page.locator('.govuk-summary-list__row', { hasText: actor.displayName }).locator('dd').first().textContent();

describe('a kit that is to be tried out', () => {
  it('is asked for on the page of keys, and passes with two of its sheets and with nothing else', async () => {
    await desk.rows('UPDATE recovery_keys SET drilled_on = current_date - 400');
    const page = await goTo(anas, '/staff/keys');
    expect(await page.getByText('To be tried out by').count()).toBe(2);
    await lookAtBothWidths(page);
    await page.getByRole('link', { name: 'Try the recovery kits out' }).click();
    await page.waitForURL('**/staff/keys/drill');
    await lookAtBothWidths(page);

    const [one, two, three] = sheets.complaints;
    const form = 'form[data-drill="complaints"]';
    const mistyped = one.replace(/^./, one.startsWith('2') ? '3' : '2');
    await page.locator(`${form} textarea`).nth(0).fill(mistyped);
    await page.locator('#drill-complaints-first-wrong', { hasText: 'Not as printed, group: 1' }).waitFor();
    await typeSheets(page, form, [mistyped, three]);
    await told(page, 'One of the sheets is not as it was printed.');
    await look(page);
    await typeSheets(page, form, [one, one]);
    await told(page, 'This is the same sheet twice.');
    await typeSheets(page, form, [one, sheets.disclosures[1]]);
    await told(page, 'One of these sheets belongs to another key.');
    expect(await page.locator('#drilled-complaints strong').count()).toBe(1);
    // As somebody types it.
    await typeSheets(page, form, [three.toLowerCase(), two.replaceAll(' ', '-')]);
    await page.locator('#drilled-complaints:not(:has(strong))').waitFor();
    expect(await page.locator(`${form} textarea`).nth(0).inputValue()).toBe('');
    await look(page);
    expect(await page.locator('#drilled-disclosures strong').count()).toBe(1);
    await goTo(anas, '/staff/keys');
    expect(await page.getByText('To be tried out by').count()).toBe(1);
  });
});

describe('somebody who leaves', () => {
  it('is seen off from the page of keys once this was read, and the inbox asks for a new key', async () => {
    const { page } = anas;
    const link = page.getByRole('link', { name: `${gone.actor.displayName} leaves` });
    await link.click();
    await page.waitForURL('**/leave');
    await lookAtBothWidths(page);
    await page.getByRole('link', { name: 'No, go back' }).click();
    await page.waitForURL((url) => !url.pathname.endsWith('/leave'));
    expect((await state()).people.map(({ staffId }) => staffId)).toContain(gone.actor.staffId);

    await goTo(anas, '/staff/keys');
    await link.click();
    await page.getByRole('button', { name: 'End their membership now' }).click();
    await page.waitForURL('**/staff/keys');
    expect(await link.count()).toBe(0);
    await page.locator('#renewal', { hasText: gone.actor.displayName }).waitFor();
    // Nobody who is left holds the key.
    expect(await page.locator('#make').count()).toBe(0);
    expect(await page.locator('#agency-key-alarm').isVisible()).toBe(false);
    await lookAtBothWidths(page);
    await goTo(anas, '/staff/inbox');
    await page.locator('#task-key a').click();
    await page.waitForURL('**/staff/keys');
  });
});

describe('the key of complaints, which nobody holds any more', () => {
  it('is asked for from paper by one officer, and agreed to by another', async () => {
    const { page } = anas;
    await page.getByRole('link', { name: 'Recover keys from paper' }).click();
    await page.waitForURL('**/staff/keys/recovery');
    await lookAtBothWidths(page);
    const { recovery } = await state();
    const ask = page.locator(`form[data-ask="${recovery.complaints?.kid ?? ''}"]`);
    await ask.getByRole('button').click();
    await told(page, 'Choose at least one person.');
    await look(page);
    await ask.getByLabel(ana.actor.displayName).check();
    await ask.getByLabel(ben.actor.displayName).check();
    await ask.getByRole('button').click();
    await page.getByText('Another officer has to agree, signed in as themself.').waitFor();
    expect(await page.locator('textarea').count()).toBe(0);
    await lookAtBothWidths(page);

    const other = await goTo(bens, '/staff/keys/recovery');
    await other.getByText(`${ana.actor.displayName} asks to grant the keys again to:`).waitFor();
    const named = await other.locator('.govuk-inset-text li').allTextContents();
    expect(named.sort()).toEqual([ana.actor.displayName, ben.actor.displayName].sort());
    await lookAtBothWidths(other);
    await other.locator('button[data-agree]').click();
    await other.locator('form[data-recover]').waitFor();
    await lookAtBothWidths(other);
  });

  it('is granted again with two of its sheets, and opens the complaint', async () => {
    const page = await goTo(anas, '/staff/keys/recovery');
    const form = 'form[data-recover]';
    await typeSheets(page, form, [sheets.disclosures[0], sheets.disclosures[2]]);
    await told(page, 'One of these sheets belongs to another key.');
    await look(page);
    await typeSheets(page, form, [sheets.complaints[2], sheets.complaints[0]]);
    await page.locator('#done').waitFor();
    expect(await page.evaluate('document.activeElement.id')).toBe('done');
    expect(await page.locator('#told').isVisible()).toBe(false);
    expect(await page.locator(`${form} textarea`).nth(0).inputValue()).toBe('');
    await look(page);

    await goTo(anas, '/staff/keys');
    await page.locator('#make').waitFor();
    expect(await standing(page, ana)).toBe('Holds the key');
    expect(await standing(page, ben)).toBe('Was granted it, and has not opened it yet');
    await goTo(anas, `/staff/cases/${complaint.id}`);
    await opened(page);
    expect(await page.textContent('#said .od-words')).toBe('Sentinel: a complaint');
  });

  it('is renewed by who holds it now, for those whose words were compared, and the task is gone', async () => {
    const page = await goTo(anas, '/staff/keys');
    await page.getByRole('button', { name: 'Renew the key in this browser' }).click();
    await page.locator('#compare').waitFor();
    expect(await page.evaluate('document.activeElement.id')).toBe('compare-title');
    await lookAtBothWidths(page);
    const rows = page.locator('#compare-list [data-row]');
    expect(await rows.count()).toBe(3);
    const row = rows.filter({ hasText: ben.actor.displayName });
    expect(await row.locator('[data-words]').textContent()).toBe(fingerprintWords(ben.agreement.kid).join(' '));
    await row.locator('input').check();
    await page.click('#make-for');
    await told(page, 'Compare the words of the recovery key with those on its sheets');
    await look(page);
    await page.check('#compared-recovery');
    await page.click('#make-for');
    await page.locator('#renewal').waitFor({ state: 'detached' });
    await desk.app.get(KeyLogKeeper).runOnce();

    const other = await goTo(bens, '/staff/keys');
    await other.locator('#make').waitFor();
    expect(await standing(other, ben)).toBe('Holds the key');
    await goTo(bens, '/staff/inbox');
    expect(await other.locator('#task-key').count()).toBe(0);
    expect(await other.locator('#agency-key-alarm').isVisible()).toBe(false);
    await goTo(bens, `/staff/cases/${complaint.id}`);
    await opened(other);
    expect(await other.textContent('#said .od-words')).toBe('Sentinel: a complaint');
  });
});

describe('disclosures', () => {
  it('are granted again from paper, and one that does not open keeps none of the others waiting', async () => {
    const { recovery } = await state();
    const other = await goTo(bens, '/staff/keys/recovery');
    const ask = other.locator(`form[data-ask="${recovery.disclosures?.kid ?? ''}"]`);
    await ask.getByLabel(ana.actor.displayName).check();
    await ask.getByRole('button').click();
    await other.getByText('Another officer has to agree, signed in as themself.').waitFor();
    const page = await goTo(anas, '/staff/keys/recovery');
    await page.locator('button[data-agree]').click();
    await page.locator('button[data-agree]').waitFor({ state: 'detached' });

    await goTo(bens, '/staff/keys/recovery');
    const [asked] = await desk.rows<{ id: string }>('SELECT id FROM recoveries ORDER BY asked_at DESC LIMIT 1');
    await typeSheets(other, `form[data-recover="${asked?.id ?? ''}"]`, [sheets.disclosures[1], sheets.disclosures[2]]);
    await other.locator('#done').waitFor();
    await told(other, 'These did not open with the sheets, and stay as they are. How many: 1');
    expect(await other.textContent('#progress')).toBe('Done: 2');
    await lookAtBothWidths(other);
    for (const { id, says } of [
      { id: lost.id, says: 'Sentinel: read by one' },
      { id: shared.id, says: 'Sentinel: read by two' },
    ]) {
      await goTo(anas, `/staff/cases/${id}`);
      await opened(page);
      expect(await page.textContent('#said .od-words')).toBe(says);
    }
    expect((await page.goto(`${desk.staffOrigin}/staff/cases/${broken.id}`))?.status()).toBe(404);
  });

  it('get a new key from an officer who could read them from the start', async () => {
    const other = await goTo(bens, '/staff/disclosures');
    await other.locator('#task-disclosures a').click();
    await other.waitForURL('**/staff/disclosures/renewal');
    expect(await other.textContent('#count')).toContain('1');
    await lookAtBothWidths(other);
    await other.getByRole('button', { name: 'Begin the new keys' }).click();
    await other.locator('#none').waitFor();
    await lookAtBothWidths(other);
    await goTo(bens, `/staff/cases/${shared.id}`);
    await opened(other);
    expect(await other.textContent('#said .od-words')).toBe('Sentinel: read by two');
    const readers = await desk.rows<{ reader: string }>(
      `SELECT reader FROM case_grants WHERE case_id = $1 AND key = 'case' AND epoch = 2`,
      [shared.id],
    );
    const { recovery } = await state();
    const { mailbox } = shared.lodging.submission;
    expect(readers.map(({ reader }) => reader).sort()).toEqual(
      [ben.agreement.kid, recovery.disclosures?.kid ?? '', mailbox.agreement.kid].sort(),
    );
  });

  it('get none from who was granted them later, who would shut themself out', async () => {
    const page = await goTo(anas, '/staff/disclosures/renewal');
    expect(await page.textContent('#count')).toContain('1');
    await page.getByRole('button', { name: 'Begin the new keys' }).click();
    await told(page, 'Only a disclosure officer who could read them from the start can. How many: 1');
    await lookAtBothWidths(page);
    expect(await desk.rows(`SELECT FROM case_epochs WHERE case_id = $1 AND epoch = 2`, [lost.id])).toEqual([]);
    await goTo(anas, `/staff/cases/${lost.id}`);
    await opened(page);
    expect(await page.textContent('#said .od-words')).toBe('Sentinel: read by one');
  });
});

describe('all these pages', () => {
  it('broke no policy, and sent no sheet, no key that was put together and no word of a case', () => {
    // However it was written: without what stands between groups, and two groups at once, which nothing has by chance.
    const groups = [...sheets.complaints, ...sheets.disclosures].map((text) => text.split(' '));
    const typed = groups.flatMap((all) => all.slice(1).map((group, at) => `${all[at] ?? ''}${group}`));
    expect(typed.length).toBeGreaterThan(100);
    for (const { wrong, sent } of [anas, bens]) {
      expect(wrong).toEqual([]);
      const everything = sent
        .join('\n')
        .toUpperCase()
        .replaceAll(/[^0-9A-Z\n]/g, '');
      expect(typed.filter((two) => everything.includes(two))).toEqual([]);
      expect(sent.filter((text) => /Sentinel|"d":/.test(text))).toEqual([]);
    }
  });
});
