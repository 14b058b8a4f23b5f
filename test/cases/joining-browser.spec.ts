import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import { makeKeyPair } from '../../src/vault/keys.js';
import { signIn, visit, type Visit } from '../browser/visit.js';
import { expectNoAxeViolations } from '../support/axe.js';
import { openBrowser } from '../support/browser.js';
import { enrol, startDesk, type Desk } from './desk.js';
import { lodge, type LodgedCase } from './sealed-cases.js';

let desk: Desk;
let browser: Browser;
let ana: EnrolledStaffMember;
let dan: EnrolledStaffMember;
let disclosures: LodgedCase[];
let walled: LodgedCase;
let anas: Visit;

beforeAll(async () => {
  desk = await startDesk();
  ana = await enrol(desk, 'ombudsman', ['officer', 'disclosure_officer']);
  await enrol(desk, 'ombudsman', ['disclosure_officer']);
  disclosures = [];
  for (let n = 0; n < 12; n += 1) disclosures.push(await disclosure(`Sentinel: ${n.toString()}`));
  walled = await disclosure('Sentinel: about him');
  dan = await enrol(desk, 'ombudsman', ['officer', 'disclosure_officer']);
  await desk.rows(
    `INSERT INTO case_walls (id, case_id, staff_id, reason, set_by, set_on) VALUES (gen_random_uuid(), $1, $2, 'named', $3, now())`,
    [walled.id, dan.actor.staffId, ana.actor.staffId],
  );
  await desk.rows('UPDATE staff SET totp_last_step = 0');
  browser = await openBrowser();
  anas = await signedIn(ana);
});

afterAll(async () => {
  await browser.close();
  await desk.close();
});

const disclosure = (says: string): Promise<LodgedCase> =>
  lodge(desk, { agencyId: 'ombudsman', path: 'disclosure', says });

async function signedIn(who: EnrolledStaffMember): Promise<Visit> {
  const seen = await visit(browser);
  await signIn(seen.page, desk.staffOrigin, who);
  return seen;
}

describe('a disclosure officer who joined later', () => {
  it('is granted older disclosures by a colleague’s browser, in batches, and opens them', async () => {
    const { page } = anas;
    await page.goto(`${desk.staffOrigin}/staff/disclosures`);
    await expectNoAxeViolations(page);
    await page.click('#joining');
    await page.waitForURL('**/staff/disclosures/joining');
    await expectNoAxeViolations(page);
    await page.setViewportSize({ width: 360, height: 740 });
    const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
    expect(await page.evaluate(overflow)).toBe(0);
    await expectNoAxeViolations(page);
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.getByRole('button', { name: `Let ${dan.actor.displayName} read them` }).click();
    await page.waitForSelector('#none');
    await expectNoAxeViolations(page);

    const dans = await signedIn(dan);
    await dans.page.goto(`${desk.staffOrigin}/staff/disclosures`);
    const [oldest] = disclosures;
    if (!oldest) throw new Error('There is none.');
    await dans.page.getByRole('link', { name: oldest.reference }).click();
    await dans.page.waitForSelector('#words[data-state="opened"]');
    expect(await dans.page.textContent('#said .od-words')).toBe('Sentinel: 0');
    await expectNoAxeViolations(dans.page);
    await dans.page.goto(`${desk.staffOrigin}/staff/cases/${walled.id}`);
    expect(await dans.page.content()).not.toContain(walled.reference);
    const granted = await desk.rows(
      `SELECT DISTINCT g.case_id FROM case_grants g WHERE g.reader = $1 AND g.key = 'case'`,
      [dan.agreement.kid],
    );
    expect(granted.map(({ case_id }) => String(case_id)).sort()).toEqual(disclosures.map(({ id }) => id).sort());
    expect([...anas.wrong, ...dans.wrong]).toEqual([]);
    expect(anas.sent.join()).not.toContain('Sentinel');
  });

  it('is granted nothing while the log of keys does not have their key', async () => {
    const { kid, jwk } = await makeKeyPair('agreement');
    await desk.rows('UPDATE staff_keys SET retired_at = now() WHERE kid = $1', [dan.agreement.kid]);
    await desk.rows(`INSERT INTO staff_keys (kid, staff_id, purpose, jwk) VALUES ($1, $2, 'agreement', $3)`, [
      kid,
      dan.actor.staffId,
      jwk,
    ]);
    const { page } = anas;
    await page.goto(`${desk.staffOrigin}/staff/disclosures/joining`);
    await page.getByRole('button', { name: `Let ${dan.actor.displayName} read them` }).click();
    await page.getByText('Nothing was granted.').waitFor();
    await expectNoAxeViolations(page);
    expect(await desk.rows('SELECT FROM case_grants WHERE reader = $1', [kid])).toEqual([]);
  });
});
