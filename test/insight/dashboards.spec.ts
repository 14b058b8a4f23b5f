import { monthsAfter } from '../../src/clocks/months.js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { randomUUID } from 'node:crypto';
import { Database } from '../../config/database.js';
import { Counter } from '../../src/insight/counting/counter.js';
import { monthOf } from '../../src/insight/cubes/months.js';
import { PAGES } from '../../src/insight/dashboards/figures.service.js';
import { settledUntil, TIME_FOR } from '../../src/insight/dashboards/settled.js';
import { todayInAuckland } from '../../src/clocks/calendar.js';
import type { Role } from '../../src/staff/roles.js';
import { DeskClient, enrol, type Desk } from '../cases/desk.js';
import { holdCeremony } from '../cases/desk.js';
import { lodge } from '../cases/sealed-cases.js';
import { Owner } from '../intake/door.js';
import { startApp, type TestApp } from '../support/app.js';
import { expectNoAxeViolations } from '../support/axe.js';
import { expectValidHtml, openBrowser } from '../support/browser.js';
import { picture, visit } from '../browser/visit.js';
import type { Browser } from 'playwright-core';
import { makeComplaints } from './made-complaints.js';

let app: TestApp;
let owner: Owner;
let desk: Desk;
let analyst: DeskClient;
const LAST = monthsAfter(monthOf(todayInAuckland()), -1);

const person = async (agencyId: string, roles: readonly Role[]): Promise<DeskClient> =>
  DeskClient.of(desk, await enrol(desk, agencyId, roles));

/** A table of a page, without what is said under it. */
async function table(client: DeskClient, page: string, panel: string, query = ''): Promise<Record<string, string>[]> {
  const { status, text } = await client.get(`/staff/figures/${page}/tables/${panel}${query}`);
  expect(status).toBe(200);
  const rows = parse(text, { relax_column_count: true, skip_empty_lines: true });
  const [columns = [], ...cells] = rows;
  return cells
    .filter((row) => row.length === columns.length)
    .map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at] ?? ''])));
}

/** What is counted truly, of all agencies in the year. */
async function truly(cube: string): Promise<Map<string, number>> {
  const rows = await owner.rows<{ code: string; n: string }>(
    `SELECT code, sum(n) AS n FROM figure_cells WHERE cube = $1 AND agency = '*' AND month BETWEEN $2 AND $3 GROUP BY code`,
    [cube, monthsAfter(LAST, -11), LAST],
  );
  return new Map(rows.map(({ code, n }) => [code, Number(n)]));
}

beforeAll(async () => {
  app = await startApp({ ROLE: 'web' });
  owner = await Owner.of(app);
  const database = app.app.get(Database, { strict: false });
  desk = { ...app, database, rows: (sql, values) => owner.rows(sql, values) };
  await makeComplaints((sql, values) => owner.rows(sql, values), { count: 4_000, agencies: 14, months: 40, seed: 0.7 });
  // Something happened last month.
  await owner.rows(
    `UPDATE cases SET facets = facets || '{"topic": "transport_safety"}'
      WHERE id IN (SELECT id FROM cases WHERE lodged_on >= $1 AND lodged_on < $2 LIMIT 60)`,
    [LAST, monthsAfter(LAST, 1)],
  );
  await app.app.get(Counter, { strict: false }).runOnce();
  analyst = await person('triage', ['analyst']);
});
afterAll(async () => {
  await owner.close();
  await app.close();
});

describe('figures', () => {
  it('are on every page a picture with a table, without a script or a style of their own', async () => {
    for (const page of Object.keys(PAGES)) {
      const { status, text } = await analyst.get(`/staff/figures/${page}`);
      expect([page, status]).toEqual([page, 200]);
      const main = text.slice(text.indexOf('<main'), text.indexOf('</main>'));
      expect(main).toContain('<svg');
      expect(main).toContain('<title id=');
      expect(main).not.toMatch(/<script|<style|style=/);
      expect(main).not.toMatch(/figures\.\w+\.\w/);
    }
  });

  it('are the same each time, with a little noise, and never what was counted', async () => {
    const first = await table(analyst, 'overview', 'topics');
    expect(await table(analyst, 'overview', 'topics')).toEqual(first);
    const counted = [...(await truly('topic')).values()].sort((a, b) => b - a);
    const shown = first.map(({ Complaints }) => Number(Complaints)).filter((one) => !Number.isNaN(one));
    shown.pop(); // all together
    expect(shown.length).toBeGreaterThan(20);
    const away = [...shown].sort((a, b) => b - a).map((one, at) => one - (counted[at] ?? 0));
    expect(away.filter((one) => one !== 0).length).toBeGreaterThan(5);
    for (const one of shown) expect(one).toBeGreaterThanOrEqual(6);
  });

  it('say of a step nothing about months of which some complaints still have time', async () => {
    const named = (month: string): string =>
      new Date(month).toLocaleDateString('en-NZ', { month: 'long', year: 'numeric', timeZone: 'UTC' });
    for (const step of ['acknowledged', 'answered'] as const) {
      const rows = await table(analyst, 'steps', step);
      expect(rows).toHaveLength(12);
      expect(Object.values(rows.at(-1) ?? {})[0]).toBe(named(settledUntil(LAST, TIME_FOR[step])));
    }
  });

  it('say of those that took longer than a month how many were told something every month', async () => {
    const counted = await truly('kept_informed');
    const [monthly, longer] = ['monthly', 'longer'].map((code) => counted.get(code) ?? 0);
    const rows = await table(analyst, 'practice', 'practice');
    const shown = rows.find(({ Practice = '' }) => Practice.includes('told something at least every 31 days'));
    const share = (100 * (monthly ?? 0)) / ((monthly ?? 0) + (longer ?? 0));
    expect(Math.abs(Number(shown?.['All together']?.replace('%', '')) - share)).toBeLessThanOrEqual(3);
    expect(shown?.['Whose standard it is']).toContain('every month');
  });

  it('show nothing under six', async () => {
    for (const page of ['overview', 'steps', 'hand-offs'] as const) {
      const { text } = await analyst.get(`/staff/figures/${page}?agency=msd`);
      const cells = [...text.matchAll(/<td class="govuk-table__cell">([^<]*)<\/td>/g)].map(([, cell = '']) => cell);
      expect(cells.length).toBeGreaterThan(20);
      expect(cells.filter((cell) => /^[0-5]$/.test(cell))).toEqual([]);
    }
  });

  it('do not tell by a pair of agencies that is listed that there was anything between them', async () => {
    const rows = await table(analyst, 'hand-offs', 'round');
    expect(rows.length).toBeGreaterThan(2);
    for (const { Complaints } of rows) expect(Number(Complaints)).toBeGreaterThanOrEqual(6);
    const { text } = await analyst.get('/staff/figures/hand-offs');
    const matrix = /<svg[^>]*aria-labelledby="round-title[\s\S]*?<\/svg>/.exec(text)?.[0] ?? '';
    expect(matrix).toContain('&lt;6');
    expect(matrix).not.toMatch(/>0</);
  });

  it('come to the same total by whichever way the same complaints are counted', async () => {
    const totals = [];
    for (const panel of ['topics', 'channels', 'stages'])
      totals.push((await table(analyst, 'overview', panel)).find((row) => row.About === 'All together')?.Complaints);
    expect(new Set(totals).size).toBe(1);
  });

  it('do not move by a byte when a disclosure is lodged and worked on', async () => {
    await holdCeremony(desk, await enrol(desk, 'ombudsman', ['lead', 'disclosure_officer']));
    const looks = async (): Promise<string[]> => {
      const all = [];
      for (const page of Object.keys(PAGES))
        for (const agency of ['*', 'ombudsman'])
          all.push(
            (await analyst.get(`/staff/figures/${page}?agency=${encodeURIComponent(agency)}`)).text.replace(
              /(?<=value="|content=")[\w-]{40,}(?=")/g,
              '',
            ),
          );
      return all;
    };
    const before = await looks();
    const { id } = await lodge(desk, { agencyId: 'ombudsman', path: 'disclosure' });
    await app.app.get(Counter, { strict: false }).runOnce();
    expect(await looks()).toEqual(before);
    await owner.rows(
      `UPDATE cases SET status = 'closed', outcome = 'investigated', closed_on = current_date WHERE id = $1`,
      [id],
    );
    await app.app.get(Counter, { strict: false }).rebuild();
    expect(await looks()).toEqual(before);
  });

  it('say a topic that stands out, and why', async () => {
    const [theme] = await table(analyst, 'themes', 'emerging');
    expect(theme).toMatchObject({ About: 'Air, sea, rail or road safety' });
    expect(theme?.['Why it is listed']).toMatch(/too high.*likelihood of less than 0\.0001\..*of \d+ topics looked at/);
  });

  it('are there in te reo Māori', async () => {
    analyst.cookies.set('lang', 'mi');
    const { text } = await analyst.get('/staff/figures/overview');
    analyst.cookies.delete('lang');
    expect(text).toContain('<html lang="mi"');
    expect(text).toContain('He aha te kaupapa o ngā amuamu');
  });

  it('say so while they are being counted anew, and when the nightly count does not agree', async () => {
    await owner.rows(
      `UPDATE figure_states SET rebuilding_after = $1, rebuilt = 30, rebuilding_of = 120, differences = 2`,
      [randomUUID()],
    );
    const { text } = await analyst.get('/staff/figures');
    await owner.rows(
      'UPDATE figure_states SET rebuilding_after = NULL, rebuilt = NULL, rebuilding_of = NULL, differences = 0',
    );
    expect(text).toContain('25% are counted');
    expect(text).toContain('Do not rely on them');
    expect((await analyst.get('/staff/figures')).text).not.toContain('Do not rely on them');
  });
});

describe('whoever looks at figures', () => {
  it('is an analyst or a lead, and nobody else', async () => {
    for (const [agency, roles, status] of [
      ['msd', ['analyst'], 200],
      ['msd', ['lead'], 200],
      ['triage', ['system_lead'], 200],
      ['msd', ['officer'], 404],
      ['msd', ['disclosure_officer'], 404],
      ['triage', ['admin'], 404],
      ['triage', ['auditor'], 404],
    ] as const) {
      expect([roles, (await (await person(agency, roles)).get('/staff/figures')).status]).toEqual([roles, status]);
    }
  });

  it('sees of agencies their own and all together, unless they are the operator’s', async () => {
    const ours = await person('msd', ['analyst']);
    const { text } = await ours.get('/staff/figures/overview');
    const choices = [
      ...(/<select[^>]*id="agency"[\s\S]*?<\/select>/.exec(text)?.[0] ?? '').matchAll(/value="([^"]+)"/g),
    ];
    expect(choices.map(([, value]) => value)).toEqual(['*', 'msd']);
    const other = await ours.get('/staff/figures/overview?agency=ird');
    expect(other.status).toBe(422);
    expect((await table(ours, 'agencies', 'by_answered')).length).toBeLessThanOrEqual(2);
    expect((await table(analyst, 'agencies', 'by_answered')).length).toBeGreaterThan(5);
    // Not by the pages alone: the database shows no more.
    const who = { kind: 'staff', staffId: randomUUID(), agencyId: 'msd', roles: ['analyst'] } as const;
    const seen = await desk.database.asActor(
      who,
      (manager) =>
        manager.query<{ agency: string }[]>(`SELECT DISTINCT agency FROM figure_cells WHERE cube = 'topic' ORDER BY 1`),
      { role: 'onedoor_insight' },
    );
    expect(seen.map(({ agency }) => agency)).toEqual(['*', 'msd']);
  });

  it('reaches no complaint as the role that reads cells', async () => {
    const who = { kind: 'staff', staffId: randomUUID(), agencyId: 'triage', roles: ['analyst'] } as const;
    for (const name of ['cases', 'figure_facts', 'figure_events', 'case_events', 'audit_entries', 'ratings'])
      await expect(
        desk.database.asActor(who, (manager) => manager.query(`SELECT count(*) FROM ${name}`), {
          role: 'onedoor_insight',
        }),
      ).rejects.toThrow(/permission denied/);
  });

  it('chooses among months that are over, and asks for nothing else', async () => {
    const now = todayInAuckland().slice(0, 7);
    for (const query of [
      `month=${now}`,
      'month=2020-01',
      'month=0000-01',
      'month=x',
      'agency=nobody',
      'topic=tax',
      'not=msd',
    ]) {
      const { status, text } = await analyst.get(`/staff/figures/overview?${query}`);
      expect([query, status]).toEqual([query, 422]);
      expect(text).not.toContain('<svg viewBox="0 0 360');
    }
    expect((await analyst.get('/staff/figures/everything')).status).toBe(404);
    expect((await analyst.get('/staff/figures/__proto__')).status).toBe(404);
    expect((await analyst.get('/staff/figures/overview/tables/nothing')).status).toBe(404);
  });

  it('leaves an entry with what was looked at, before it is shown', async () => {
    await analyst.get(`/staff/figures/steps?month=${LAST.slice(0, 7)}`);
    const [entry] = await owner.rows(
      `SELECT subject FROM audit_entries WHERE action = 'figures.read' ORDER BY happened_at DESC LIMIT 1`,
    );
    expect(entry).toEqual({ subject: `steps.${LAST.slice(0, 7)}.all` });
  });
});

describe('what an agency learnt', () => {
  const action = { topic: 'transport_safety', kind: 'steps_changed', month: monthsAfter(LAST, -8).slice(0, 7) };

  it('is written down by choices, once, and shown with what came of it', async () => {
    const lead = await person('msd', ['lead']);
    for (let time = 0; time < 2; time++)
      expect((await lead.submit('/staff/figures/learning', action)).location).toBe('/staff/figures/learning');
    expect(await owner.rows('SELECT agency_id, topic, kind FROM learning_actions')).toEqual([
      { agency_id: 'msd', topic: 'transport_safety', kind: 'steps_changed' },
    ]);
    const [row] = await table(lead, 'learning', 'learning');
    expect(row).toMatchObject({ About: 'Air, sea, rail or road safety', 'What was changed': 'A process was changed' });
    expect(row?.['What came of it']).toMatch(/complaints|change|tell/i);
    expect(await table(await person('ird', ['lead']), 'learning', 'learning', '?agency=*')).toEqual([]);
    expect(await table(analyst, 'learning', 'learning')).toHaveLength(1);
  });

  it('is refused where it is none of the choices, naming the field', async () => {
    const lead = await person('msd', ['lead']);
    for (const [field, value] of [
      ['topic', 'benefits_of_mine'],
      ['kind', 'wrote a letter'],
      ['month', '2019-01'],
    ] as const) {
      const { status } = await lead.submit('/staff/figures/learning', { ...action, [field]: value });
      expect([field, status]).toEqual([field, 422]);
    }
  });

  it('is nowhere under what is no id', async () => {
    expect((await (await person('msd', ['lead'])).submit('/staff/figures/learning/x/take-back')).status).toBe(404);
  });

  it('is taken back by the agency that wrote it down, and by no other', async () => {
    const [written] = await owner.rows<{ id: string }>('SELECT id FROM learning_actions');
    const path = `/staff/figures/learning/${written?.id ?? ''}/take-back`;
    expect((await (await person('ird', ['lead'])).submit(path)).status).toBe(404);
    expect((await (await person('msd', ['analyst'])).submit(path)).status).toBe(303);
    expect(await owner.rows('SELECT id FROM learning_actions')).toEqual([]);
  });
});

describe('what people say of how it was', () => {
  const OVER = Number(LAST.slice(0, 4)) - (LAST.endsWith('-12-01') ? 0 : 1);

  const rate = (count: number): Promise<unknown> =>
    owner.rows(
      `INSERT INTO ratings (id, year, felt_safe, kept_informed, would_do_again)
       SELECT gen_random_uuid(), $1, CASE WHEN n % 3 = 0 THEN 'no' ELSE 'yes' END, 'partly', 'yes' FROM generate_series(1, $2) n`,
      [OVER, count],
    );

  it('is shown of a year that is over, from 100 answers on, to the nearest five', async () => {
    await rate(99);
    expect(await table(analyst, 'practice', 'people')).toEqual([]);
    await rate(1);
    const rows = await table(analyst, 'practice', 'people');
    expect(rows).toContainEqual(
      expect.objectContaining({ Question: 'Did you feel safe?', Yes: '65', Partly: '<6', No: '35' }),
    );
    expect(rows.map((row) => row.Standard)).not.toContain('');
  });
});

describe('on a screen', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  it('every page is valid, fits a phone, and breaks no rule of accessibility and no policy', async () => {
    // Whoever has no key unlocked would be led away by the scripts of the frame.
    const { page, wrong } = await visit(browser, 'not loading');
    const cookies = [...analyst.cookies].map(([name, value]) => ({ name, value, url: app.staffOrigin }));
    await page.context().addCookies(cookies);
    for (const name of Object.keys(PAGES)) {
      const response = await page.goto(`${app.staffOrigin}/staff/figures/${name}`);
      await expectValidHtml((await response?.text()) ?? '');
      for (const width of [360, 1280]) {
        await page.setViewportSize({ width, height: 900 });
        await expectNoAxeViolations(page);
        const wide = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
        expect([name, width, wide]).toEqual([name, width, 0]);
      }
      await picture(page, `figures-${name}`);
    }
    expect(wrong).toEqual([]);
    await page.context().close();
  });
});
