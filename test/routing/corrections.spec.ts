import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import { FACETS, Owner, submit, type Lodged } from '../intake/door.js';
import { openTestAgency, startApp, type TestApp } from '../support/app.js';
import { expectNoAxeViolations } from '../support/axe.js';
import { openBrowser } from '../support/browser.js';
import { enrolOne, StaffBrowser } from './lead.js';

/** A disclosure that is decided for the Serious Fraud Office. */
const DISCLOSURE = { ...FACETS, relationship: 'worker', topic: 'fraud', stage: 'unsafe' };

let app: TestApp;
let owner: Owner;
let officers: StaffBrowser[];
let desk: StaffBrowser;
let lead: StaffBrowser;
let complaint: string;
let disclosure: string;

async function lodge(facets: object): Promise<string> {
  const response = await submit(app, { facets, statement: { whatHappened: 'Words' } });
  expect(response.status).toBe(201);
  const { reference } = (await response.json()) as Lodged;
  const [row] = await owner.rows<{ id: string }>('SELECT id FROM cases WHERE reference = $1', [reference]);
  return row?.id ?? '';
}

beforeAll(async () => {
  app = await startApp({ ROLE: 'web' });
  owner = await Owner.of(app);
  const browsersOf = (members: readonly EnrolledStaffMember[]): Promise<StaffBrowser[]> =>
    Promise.all(members.map((member) => StaffBrowser.of(app, member)));
  officers = await browsersOf(await openTestAgency(app, 'msd'));
  [desk] = (await browsersOf(await openTestAgency(app, 'triage'))) as [StaffBrowser];
  lead = await StaffBrowser.of(app, await enrolOne(app, ['system_lead']));
  complaint = await lodge(FACETS);
  disclosure = await lodge(DISCLOSURE);
});

afterAll(async () => {
  await owner.close();
  await app.close();
});

const path = (id: string): string => `/staff/cases/${id}/correction`;
const stored = () =>
  owner.rows('SELECT case_id, rule, decided_for, should_be, why FROM routing_corrections ORDER BY should_be');

describe('“should have gone to …”', () => {
  it('is nothing to those who may not read the complaint, nor for a disclosure, not even to its readers', async () => {
    const form = { agency: 'hdc', why: 'outside_powers' };
    for (const browser of [desk, lead]) {
      expect((await browser.get(path(complaint))).status).toBe(404);
      expect((await browser.submit(path(complaint), form)).status).toBe(404);
    }
    expect((await desk.get(`/staff/cases/${disclosure}`)).status).toBe(200);
    expect((await desk.get(path(disclosure))).status).toBe(404);
    expect((await desk.submit(path(disclosure), form)).status).toBe(404);
    expect(await stored()).toEqual([]);
  });

  it('names an agency of the directory other than the one decided, and a reason of the list', async () => {
    const [officer] = officers;
    const page = await officer?.get(path(complaint));
    expect(page?.text).toContain('The rules sent it to: Ministry of Social Development');
    expect(page?.text).not.toContain('<option value="msd"');
    for (const form of [
      { agency: 'msd', why: 'other' },
      { agency: 'acme', why: 'other' },
      { agency: 'minister_or_mp', why: 'other' },
      { agency: '', why: 'other' },
      { agency: 'hdc', why: 'because I say so' },
      { agency: 'hdc' },
    ] as Record<string, string>[]) {
      expect((await officer?.submit(path(complaint), form))?.status).toBe(422);
    }
    expect(await stored()).toEqual([]);
  });

  it('is recorded against the rule that settled it, once for each who says it, and moves nothing', async () => {
    const [one, other] = officers;
    const [before] = await owner.rows('SELECT * FROM cases WHERE id = $1', [complaint]);
    for (const agency of ['hdc', 'hrc']) {
      expect(await one?.submit(path(complaint), { agency, why: 'outside_powers' })).toMatchObject({
        status: 303,
        location: `/staff/cases/${complaint}`,
      });
    }
    expect((await one?.get(path(complaint)))?.text).toMatch(/<option value="hrc" selected>/);
    expect((await other?.submit(path(complaint), { agency: 'hrc', why: 'answers_do_not_fit' }))?.status).toBe(303);
    const [{ rule } = { rule: '' }] = await owner.rows<{ rule: string }>('SELECT rule FROM routing_corrections');
    expect(rule).toBe('c-benefit');
    const row = { case_id: complaint, rule, decided_for: 'msd', should_be: 'hrc' };
    expect(await stored()).toEqual(
      expect.arrayContaining([
        { ...row, why: 'outside_powers' },
        { ...row, why: 'answers_do_not_fit' },
      ]),
    );
    expect(await stored()).toHaveLength(2);
    expect((await owner.rows('SELECT * FROM cases WHERE id = $1', [complaint]))[0]).toEqual(before);
    expect(
      await owner.rows(`SELECT subject FROM audit_entries WHERE action = 'case.routing_corrected' ORDER BY 1`),
    ).toEqual([{ subject: 'hdc' }, { subject: 'hrc' }, { subject: 'hrc' }]);
  });

  it('is listed for the rules’ owners by rule and number, and no case can be told from it', async () => {
    const { text } = await lead.get('/staff/rules');
    const [{ rule, reference } = { rule: '', reference: '' }] = await owner.rows<{ rule: string; reference: string }>(
      'SELECT rule, reference FROM routing_corrections JOIN cases ON id = case_id',
    );
    const group = new RegExp(`<code>${rule}</code>[^]*?</ul>`).exec(text)?.[0] ?? '';
    expect(group).toMatch(/Sent to Ministry of Social Development[^<]*, should have gone to [^<]*Human Rights/);
    expect(group).toContain('(said 2 times): The answers a person can give do not fit; It has no power over this.');
    expect(text).not.toContain(complaint);
    expect(text).not.toContain(reference);
  });
});

describe('the page to say it on', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  it('passes axe, as does the list', async () => {
    for (const [who, where] of [
      [officers[0], path(complaint)],
      [lead, '/staff/rules'],
    ] as const) {
      const context = await browser.newContext({ viewport: { width: 360, height: 740 } });
      const url = app.staffOrigin;
      await context.addCookies([...(who?.cookies ?? [])].map(([name, value]) => ({ name, value, url })));
      const page = await context.newPage();
      await page.goto(url + where);
      await page.locator('h1').waitFor();
      await expectNoAxeViolations(page);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
      await context.close();
    }
  });
});
