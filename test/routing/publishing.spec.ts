import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import type { Browser } from 'playwright-core';
import { HealthChecks } from '../../src/web/health-checks.js';
import { Routing } from '../../src/routing/routing.service.js';
import { RulesetRegister } from '../../src/routing/ruleset-register.js';
import { dayInAuckland } from '../../src/web/day.js';
import { boot } from '../../src/boot.js';
import { loadSettings } from '../../config/settings.js';
import { openTestAgency, startApp, type TestApp } from '../support/app.js';
import { expectNoAxeViolations } from '../support/axe.js';
import { expectValidHtml, openBrowser } from '../support/browser.js';
import { FACETS, Owner, submit, type Lodged } from '../intake/door.js';
import { enrolOne, hiddenOf, StaffBrowser } from './lead.js';
import { FIRST, makeRulesFolder, type RulesFolder } from './rules-folder.js';

const DAY = 86_400_000;
const today = (): string => dayInAuckland();
const inDays = (days: number): string => dayInAuckland(new Date(Date.now() + days * DAY));
const WORDS = { whatHappened: 'Words' };

let rules: RulesFolder;
let app: TestApp;
let owner: Owner;
let ana: StaffBrowser;
let ben: StaffBrowser;
let officer: StaffBrowser;

beforeAll(async () => {
  rules = await makeRulesFolder();
  await rules.add('2027-01-01', 'msd', 'ombudsman');
  await rules.add('2027-01-02', 'ird', 'ombudsman'); // against the scenario
  await rules.add('2027-01-03', 'acc', 'ombudsman');
  await rules.add('2027-01-04', 'acc', 'hdc');
  await rules.add('2027-01-05', 'acc', 'hrc');
  app = await startApp({ ROUTING_RULES: rules.path });
  owner = await Owner.of(app);
  await openTestAgency(app, 'msd');
  await openTestAgency(app, 'ombudsman');
  await openTestAgency(app, 'triage');
  ana = await StaffBrowser.of(app, await enrolOne(app, ['system_lead']));
  ben = await StaffBrowser.of(app, await enrolOne(app, ['system_lead']));
  officer = await StaffBrowser.of(app, await enrolOne(app, ['officer', 'lead']));
});

afterAll(async () => {
  await owner.close();
  await app.close();
  await rules.remove();
});

async function decided(): Promise<{ ruleset: string; destination: { id: string } }> {
  const response = await fetch(`${app.publicOrigin}/api/v1/routing/decisions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(FACETS),
  });
  return (await response.json()) as { ruleset: string; destination: { id: string } };
}

async function lodge(): Promise<{ id: string; ruleset: string; decided_for: string; agency_id: string }> {
  const response = await submit(app, { facets: FACETS, statement: WORDS });
  expect(response.status).toBe(201);
  const { reference } = (await response.json()) as Lodged;
  const [row] = await owner.rows<{ id: string; ruleset: string; decided_for: string; agency_id: string }>(
    'SELECT id, ruleset, decided_for, agency_id FROM cases WHERE reference = $1',
    [reference],
  );
  if (!row) throw new Error('it was not stored');
  return row;
}

const page = (version: string): string => `/staff/rules/${version}`;

describe('publishing a ruleset', () => {
  it('is nothing to anybody but a system lead', async () => {
    expect((await officer.get('/staff/rules')).status).toBe(404);
    expect((await officer.get(page('2027-01-01'))).status).toBe(404);
    expect((await officer.submit(`${page('2027-01-01')}/propose`, { from: today() })).status).toBe(404);
    const approve = { from: today(), sha256: '0'.repeat(64) };
    expect((await officer.submit(`${page('2027-01-01')}/approve`, approve)).status).toBe(404);
    expect((await ana.get('/staff/rules/2030-01-01')).status).toBe(404);
    expect((await ana.get('/staff/rules/..%2fpublished')).status).toBe(404);
    expect(await owner.rows('SELECT FROM ruleset_publications')).toEqual([]);
  });

  it('is refused while a scenario comes out otherwise, and the page says which', async () => {
    const seen = await ana.get(page('2027-01-02'));
    expect(seen.text).toContain('1 of 1 scenarios come out otherwise than expected');
    expect(seen.text).toContain('ONE-1: destination ombudsman, not ird');
    expect(seen.text).not.toContain(`${page('2027-01-02')}/propose`);
    expect((await ana.submit(`${page('2027-01-02')}/propose`, { from: today() })).status).toBe(409);
    expect(await owner.rows('SELECT FROM ruleset_publications')).toEqual([]);
  });

  it('is proposed for a day that is not past, with what would move in front of whoever does', async () => {
    const { id } = await lodge();
    const seen = await ana.get(page('2027-01-01'));
    expect(seen.text).toContain('All 1 scenarios come out as expected');
    expect(seen.text).toMatch(
      /1 of the last 1 would move:\s*Ministry of Social Development[^<]* → Office of the Ombudsman/,
    );
    expect(seen.text).not.toContain(id);
    for (const from of [inDays(-1), '2026-02-31', inDays(500), 'soon', '']) {
      expect((await ana.submit(`${page('2027-01-01')}/propose`, { from })).status).toBe(422);
    }
    expect(await ana.submit(`${page('2027-01-01')}/propose`, { from: today() })).toMatchObject({
      status: 303,
      location: page('2027-01-01'),
    });
    expect((await decided()).ruleset).toBe(FIRST);
  });

  it('is not approved by whoever proposed it, and the page says so plainly', async () => {
    const seen = await ana.get(page('2027-01-01'));
    expect(seen.text).toContain('You proposed it yourself. Another system lead has to approve it.');
    expect(hiddenOf(seen, `${page('2027-01-01')}/approve`)).toEqual({});
    const [{ sha256 } = { sha256: '' }] = await owner.rows<{ sha256: string }>(
      'SELECT sha256 FROM ruleset_publications',
    );
    const answer = await ana.submit(`${page('2027-01-01')}/approve`, { from: today(), sha256 });
    expect(answer.status).toBe(409);
    expect(answer.text).toContain('You proposed this yourself. Another system lead has to approve it.');
    expect((await decided()).ruleset).toBe(FIRST);
  });

  it('is approved by another, counts at once here, and leaves every case where it is', async () => {
    const before = await lodge();
    const form = hiddenOf(await ben.get(page('2027-01-01')), `${page('2027-01-01')}/approve`);
    expect((await ben.submit(`${page('2027-01-01')}/approve`, form)).status).toBe(303);
    expect(await decided()).toMatchObject({ ruleset: '2027-01-01', destination: { id: 'ombudsman' } });
    expect(await lodge()).toMatchObject({ ruleset: '2027-01-01', decided_for: 'ombudsman', agency_id: 'ombudsman' });
    expect(await owner.rows('SELECT ruleset, decided_for, agency_id FROM cases WHERE id = $1', [before.id])).toEqual([
      { ruleset: FIRST, decided_for: 'msd', agency_id: 'msd' },
    ]);
    const overview = (await ana.get('/staff/rules')).text;
    expect(overview).toMatch(/2027-01-01<\/a>: In force since [^<]* Proposed by Lead \d+, approved by Lead \d+/);
    expect(overview).toMatch(new RegExp(`${FIRST}</a>: From [^<]*, until [^<]* It came with this service`));
    expect(
      await owner.rows(
        `SELECT action, subject FROM audit_entries WHERE action LIKE 'rules.%' AND action <> 'rules.viewed' ORDER BY action`,
      ),
    ).toEqual([
      { action: 'rules.approved', subject: '2027-01-01' },
      { action: 'rules.proposed', subject: '2027-01-01' },
    ]);
    expect(
      (await owner.rows<{ n: number }>(`SELECT count(*)::int AS n FROM audit_entries WHERE action = 'rules.viewed'`))[0]
        ?.n,
    ).toBeGreaterThan(3);
  });

  it('is done once: it can be neither proposed nor approved again', async () => {
    expect((await ana.submit(`${page('2027-01-01')}/propose`, { from: inDays(3) })).status).toBe(409);
    expect((await ana.submit(`${page(FIRST)}/propose`, { from: inDays(3) })).status).toBe(409);
    expect((await ana.get(page('2027-01-01'))).text).toContain('It never changes.');
  });

  it('for a later day counts from that day on', async () => {
    expect((await ben.submit(`${page('2027-01-03')}/propose`, { from: inDays(2) })).status).toBe(303);
    const form = hiddenOf(await ana.get(page('2027-01-03')), `${page('2027-01-03')}/approve`);
    expect((await ana.submit(`${page('2027-01-03')}/approve`, form)).status).toBe(303);
    const routing = app.app.get(Routing);
    expect(routing.ruleset.version).toBe('2027-01-01');
    expect(routing.published().map(({ version, from, until }) => ({ version, from, until }))).toEqual([
      { version: FIRST, from: FIRST, until: today() },
      { version: '2027-01-01', from: today(), until: inDays(2) },
      { version: '2027-01-03', from: inDays(2), until: null },
    ]);
    expect((await ana.get('/staff/rules')).text).toMatch(/2027-01-03<\/a>: In force from /);
  });

  it('by two at once happens once', async () => {
    const cas = await StaffBrowser.of(app, await enrolOne(app, ['system_lead']));
    expect((await ana.submit(`${page('2027-01-04')}/propose`, { from: inDays(9) })).status).toBe(303);
    const path = `${page('2027-01-04')}/approve`;
    const form = hiddenOf(await ben.get(page('2027-01-04')), path);
    const answers = await Promise.all([ben.submit(path, form), cas.submit(path, form)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 409]);
    const approvals = `SELECT FROM audit_entries WHERE action = 'rules.approved' AND subject = '2027-01-04'`;
    expect(await owner.rows(approvals)).toHaveLength(1);
  });

  it('is of what the approver saw: a proposal made again meanwhile is looked at again', async () => {
    const path = page('2027-01-05');
    expect((await ana.submit(`${path}/propose`, { from: inDays(10) })).status).toBe(303);
    const form = hiddenOf(await ben.get(path), `${path}/approve`);
    expect((await ana.submit(`${path}/propose`, { from: inDays(11) })).status).toBe(303);
    expect((await ben.submit(`${path}/approve`, form)).status).toBe(409);
  });

  it('is refused once the day of the proposal has passed', async () => {
    const path = page('2027-01-05');
    const yesterday = inDays(-1);
    await owner.rows(`UPDATE ruleset_publications SET from_on = $1 WHERE version = '2027-01-05'`, [yesterday]);
    const seen = await ben.get(path);
    expect(seen.text).toContain('The day has passed');
    const [{ sha256 } = { sha256: '' }] = await owner.rows<{ sha256: string }>(
      `SELECT sha256 FROM ruleset_publications WHERE version = '2027-01-05'`,
    );
    expect((await ben.submit(`${path}/approve`, { from: yesterday, sha256 })).status).toBe(409);
  });

  it('is refused where the file is not the one that was proposed', async () => {
    const path = page('2027-01-05');
    expect((await ana.submit(`${path}/propose`, { from: inDays(10) })).status).toBe(303);
    const form = hiddenOf(await ben.get(path), `${path}/approve`);
    // As another copy of the server would have proposed it, with a file of its own.
    await owner.rows(`UPDATE ruleset_publications SET sha256 = $1 WHERE version = '2027-01-05'`, ['0'.repeat(64)]);
    expect((await ben.submit(`${path}/approve`, { ...form, sha256: '0'.repeat(64) })).status).toBe(409);
    await owner.rows(`UPDATE ruleset_publications SET sha256 = $1 WHERE version = '2027-01-05'`, [form.sha256 ?? '']);
    // And where it was changed on the disk of this one.
    await rules.touch('2027-01-05.yaml');
    const answer = await ben.submit(`${path}/approve`, form);
    expect(answer.status).toBe(409);
    expect(answer.text).toContain('is not the one that was proposed');
    expect((await ana.submit(`${path}/propose`, { from: inDays(10) })).status).toBe(409);
  });
});

describe('the register', () => {
  const APPROVED = `UPDATE ruleset_publications SET from_on = from_on + 1 WHERE version = '2027-01-01'`;

  it('never changes once approved, whoever asks', async () => {
    await expect(owner.rows(APPROVED)).rejects.toThrow('a published ruleset never changes');
    await expect(owner.rows(`DELETE FROM ruleset_publications WHERE version = '2027-01-01'`)).rejects.toThrow(
      'a published ruleset never changes',
    );
    const client = new Client({ connectionString: app.database.applicationUrl });
    await client.connect();
    try {
      await client.query('SET ROLE onedoor_web');
      // What such a role sees is another matter: as a system lead it sees the register, and may change it as little.
      await client.query(`SELECT set_config('onedoor.actor_kind', 'staff', false),
                                 set_config('onedoor.actor_roles', 'system_lead', false),
                                 set_config('onedoor.actor_operator', 'on', false)`);
      await expect(client.query(APPROVED)).rejects.toThrow('a published ruleset never changes');
      await expect(client.query(`DELETE FROM ruleset_publications`)).rejects.toThrow('permission denied');
      const insert = `INSERT INTO ruleset_publications (version, sha256, from_on, proposed_by, proposed_on, approved_by, approved_at)
                      VALUES ('x', repeat('0', 64), now(), gen_random_uuid(), now(), gen_random_uuid(), now())`;
      await expect(client.query(insert)).rejects.toThrow('permission denied');
      const alone = `UPDATE ruleset_publications SET approved_by = proposed_by, approved_at = now() WHERE version = '2027-01-05'`;
      await expect(client.query(alone)).rejects.toThrow('ck_ruleset_publications_two_people');
      const otherwise = `UPDATE ruleset_publications SET from_on = from_on - 1, approved_by = gen_random_uuid(), approved_at = now()
                          WHERE version = '2027-01-05'`;
      await expect(client.query(otherwise)).rejects.toThrow('a ruleset is approved as it was proposed');
    } finally {
      await client.end();
    }
  });

  it('is followed by every process, and what one knew goes on where it cannot read', async () => {
    const register = app.app.get(RulesetRegister);
    const routing = app.app.get(Routing);
    routing.follow([]); // as a process that was started before anything was approved
    expect(routing.ruleset.version).toBe(FIRST);
    await register.refresh();
    expect(routing.ruleset.version).toBe('2027-01-01');
    await owner.rows('ALTER TABLE ruleset_publications RENAME TO gone');
    try {
      await register.refresh();
      expect(routing.ruleset.version).toBe('2027-01-01');
    } finally {
      await owner.rows('ALTER TABLE gone RENAME TO ruleset_publications');
    }
  });

  it('naming what this process has no file of takes the process out of service, which decides on by what it has', async () => {
    const checks = app.app.get(HealthChecks, { strict: false });
    expect(await checks.failing()).toEqual([]);
    await owner.rows(
      `INSERT INTO ruleset_publications VALUES ('2027-09-09', repeat('0', 64), $1, gen_random_uuid(), $1, gen_random_uuid(), now())`,
      [today()],
    );
    await app.app.get(RulesetRegister).refresh();
    expect(await checks.failing()).toEqual(['rules']);
    expect((await decided()).ruleset).toBe('2027-01-01');
  });

  it('naming what there is no file of keeps a server from starting, with the name of the file', async () => {
    const settings = loadSettings({
      DATABASE_URL: app.database.applicationUrl,
      SERVICE_KEYS: `${app.home}/service-keys`,
      ONEDOOR_HOME: app.home,
      ROLE: 'worker',
      LOG_LEVEL: 'silent',
      ROUTING_RULES: rules.path,
    });
    await expect(boot(settings)).rejects.toThrow(/2027-09-09\.yaml is missing, although it was published/);
  });
});

describe('a published ruleset that was edited', () => {
  it('keeps a server from starting, with the name of its file and both hashes', async () => {
    const edited = await makeRulesFolder();
    await edited.touch(`${FIRST}.yaml`);
    const settings = loadSettings({
      DATABASE_URL: app.database.applicationUrl,
      SERVICE_KEYS: `${app.home}/service-keys`,
      ONEDOOR_HOME: app.home,
      LOG_LEVEL: 'silent',
      ROUTING_RULES: edited.path,
    });
    await expect(boot(settings)).rejects.toThrow(
      new RegExp(`${FIRST}\\.yaml was changed after it was published: its SHA-256 is [0-9a-f]{64}, published was`),
    );
    await edited.remove();
  });
});

describe('the pages of the rules', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  it.each(['/staff/rules', '/staff/rules/2027-01-02', '/staff/rules/2027-01-05', '/staff/rules/2027-01-01'])(
    '%s is valid HTML, passes axe and scrolls no phone sideways',
    async (path) => {
      await expectValidHtml((await ben.get(path)).text);

      const context = await browser.newContext({ viewport: { width: 360, height: 740 } });
      const url = app.staffOrigin;
      await context.addCookies([...ben.cookies].map(([name, value]) => ({ name, value, url })));
      const page = await context.newPage();
      await page.goto(url + path);
      await page.locator('h1').waitFor();
      await expectNoAxeViolations(page);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
      await context.close();
    },
  );
});
