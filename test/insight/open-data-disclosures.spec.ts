import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database, type Actor } from '../../config/database.js';
import { todayInAuckland } from '../../src/clocks/calendar.js';
import { Directory } from '../../src/agencies/directory.js';
import { countDisclosures } from '../../src/insight/open-data/drawing/count-disclosures.js';
import type { TrueCounts } from '../../src/insight/open-data/drawing/true-counts.js';
import { parsePeriod } from '../../src/insight/open-data/periods.js';
import { Publication } from '../../src/insight/open-data/publishing/publication.js';
import { ReleaseWorks } from '../../src/insight/open-data/publishing/release-works.js';
import { Counter } from '../../src/insight/counting/counter.js';
import type { Desk } from '../cases/desk.js';
import { handOver, openAgency, seat, type AtDesk } from '../cases/handing-on.js';
import { lodge } from '../cases/sealed-cases.js';
import { StepsOf } from '../disclosures/duties.js';
import { Owner } from '../intake/door.js';
import { startApp, type TestApp } from '../support/app.js';
import { killedAt } from './killed-at.js';

let app: TestApp;
let owner: Owner;
let desk: Desk;
let ana: AtDesk;
let hana: AtDesk;

const TODAY = todayInAuckland();
const YEAR = parsePeriod(TODAY.slice(0, 4));
const LAST_YEAR = (Number(YEAR.text) - 1).toString();
const DRAWS: Actor = { kind: 'system', name: 'disclosure_figures' };

beforeAll(async () => {
  app = await startApp({ ROLE: 'web' });
  owner = await Owner.of(app);
  desk = { ...app, database: app.app.get(Database, { strict: false }), rows: (sql, values) => owner.rows(sql, values) };
  [ana] = await openAgency(desk, 'ombudsman');
  [hana] = await openAgency(desk, 'hdc');
});
afterAll(async () => {
  await owner.close();
  await app.close();
});

const kinds = (): Promise<object[]> => owner.rows('SELECT year, kind, n FROM disclosure_kinds ORDER BY kind');

/** A disclosure whose steps are all taken, so that it can be closed. */
async function dealtWith(actions: readonly string[] = ['investigating']): Promise<StepsOf> {
  const steps = new StepsOf(ana, await lodge(desk, { agencyId: 'ombudsman', path: 'disclosure' }), TODAY);
  await steps.firstThree();
  for (const answer of [await steps.deal(actions), await steps.inform()]) expect(answer.status).toBe(204);
  await steps.support();
  return steps;
}

function count(): Promise<TrueCounts> {
  const { disclosures } = app.app.get(Publication, { strict: false }).datasets;
  return desk.database.asActor(DRAWS, (manager) =>
    countDisclosures(manager, disclosures, YEAR, app.app.get(Directory, { strict: false })),
  );
}

/** What a table has more than nothing of. */
async function counted(table: string): Promise<Record<string, number>> {
  const cells = (await count())
    .cells(table)
    .map(({ codes: [code = ''], count: n }): [string, number] => [code, Number(n)]);
  return Object.fromEntries(cells.filter(([, n]) => n > 0));
}

describe('the kind of wrongdoing', () => {
  it('is asked for at the first closing alone, may be left unsaid, and is one of six', async () => {
    const steps = await dealtWith();
    const page = `/staff/cases/${steps.of.id}/duties`;
    expect((await ana.client.get(page)).text).toMatch(/<select class="govuk-select" id="kind"/);
    expect((await steps.close('arson')).status).toBe(422);
    expect(await kinds()).toEqual([]);
    expect((await steps.close('money')).status).toBe(303);
    expect(await kinds()).toEqual([{ year: Number(YEAR.text), kind: 'money', n: 1 }]);
    // Sent once more, or closed once more, it counts no more.
    expect((await steps.close('risk')).status).toBe(303);
    expect((await steps.reopen()).status).toBe(303);
    await steps.deal(['no_action'], 'too_long_ago');
    await steps.inform();
    expect((await ana.client.get(page)).text).not.toContain('id="kind"');
    expect((await steps.close('offence')).status).toBe(303);
    expect(await kinds()).toEqual([{ year: Number(YEAR.text), kind: 'money', n: 1 }]);

    const unsaid = await dealtWith();
    expect((await unsaid.close()).status).toBe(303);
    expect((await kinds()).length).toBe(2);
    expect(await counted('by-kind')).toEqual({ money: 1, 'not-stated': 1 });
  });

  it('stands nowhere beside the case, nor in the log', async () => {
    const tables = await owner.rows<{ name: string }>(
      `SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'public' AND c.relkind = 'r' AND c.relname NOT IN ('disclosure_kinds', 'migrations')`,
    );
    for (const { name } of tables) {
      const found = await owner.rows(`SELECT FROM ${name} t WHERE t::text ~ '(not-stated|[^a-z_]money[^a-z_])'`);
      expect([name, found.length]).toEqual([name, 0]);
    }
  });

  it('is told by disclosure officers alone, and read by who draws alone', async () => {
    const officer = await seat(desk, 'hdc', ['officer']);
    const told = desk.database.asActor(officer.who.actor, (manager) =>
      manager.query(`SELECT tell_disclosure_kind(2026, 'law')`),
    );
    await told;
    expect(await counted('by-kind')).toEqual({ money: 1, 'not-stated': 1 });
    for (const actor of [
      ana.who.actor,
      { kind: 'system', name: 'oversight' },
      { kind: 'system', name: 'open_data' },
    ] as const) {
      const read = desk.database.asActor(actor, (manager) => manager.query('SELECT kind FROM disclosure_kinds'));
      await expect(read).rejects.toThrow(/permission denied/);
    }
    const byComplaints = desk.database.asActor({ kind: 'system', name: 'figures' }, (manager) =>
      manager.query<unknown[]>('SELECT kind FROM disclosure_kinds'),
    );
    expect(await byComplaints).toEqual([]);
  });
});

describe('who draws disclosures', () => {
  it('counts each once: where it came, when its steps were done, and how it first ended', async () => {
    // So far two, both done on the day; one of them was taken up again and then ended otherwise.
    expect(await counted('by-outcome')).toEqual({ investigated: 2 });
    expect(await counted('by-timeliness')).toEqual({ 'within-20': 2 });
    const late = await dealtWith(['addressing']);
    expect((await late.close('law')).status).toBe(303);
    await owner.rows(`UPDATE clocks SET due_on = started_on - 1 WHERE case_id = $1`, [late.of.id]);
    const handedOn = await lodge(desk, { agencyId: 'ombudsman', path: 'disclosure' });
    await handOver(desk, handedOn, ana, hana, ['case'], (sent) => ({ ...sent, recipientConsultedOn: TODAY }));
    expect(await counted('by-outcome')).toEqual({ investigated: 2, addressed: 1 });
    expect(await counted('by-timeliness')).toEqual({ 'within-20': 2, 'after-20': 1, open: 1 });
    expect(Object.values(await counted('by-sector'))).toEqual([4]);
    expect(await counted('by-kind')).toEqual({ money: 1, law: 1, 'not-stated': 1 });
  });

  it('sees no complaint, no word, and not to whom one was handed on', async () => {
    await lodge(desk, { agencyId: 'ombudsman', path: 'complaint' });
    const as = <T>(sql: string): Promise<T[]> => desk.database.asActor(DRAWS, (manager) => manager.query<T[]>(sql));
    expect(await as(`SELECT DISTINCT path FROM cases`)).toEqual([{ path: 'disclosure' }]);
    expect(await as(`SELECT DISTINCT kind FROM clocks`)).toEqual([{ kind: 's13' }]);
    for (const table of ['referrals', 'figure_facts', 'figure_cells', 'figure_events'])
      expect([table, await as(`SELECT 1 FROM ${table}`)]).toEqual([table, []]);
    for (const table of ['case_items', 'staff', 'mailboxes', 'support_reviews', 'audit_entries'])
      await expect(as(`SELECT count(*) FROM ${table}`)).rejects.toThrow(/permission denied/);
    await expect(as('SELECT reason FROM disclosure_steps')).rejects.toThrow(/permission denied/);
  });
});

describe('a year of disclosures', () => {
  let analyst: AtDesk;
  let lead: AtDesk;
  let period: string;

  it('is drawn in four tables, of which no complaint table shows anything', async () => {
    analyst = await seat(desk, 'triage', ['analyst']);
    lead = await seat(desk, 'triage', ['system_lead']);
    await app.app.get(Counter, { strict: false }).runOnce();
    const complaints = (): Promise<object[]> => owner.rows('SELECT * FROM figure_facts ORDER BY case_id');
    const before = await complaints();
    period = await dueYear();
    const id = await agreeOn(period);
    await owner.rows(`INSERT INTO disclosure_kinds (year, kind, n) VALUES ($1, 'risk', 3)`, [period]);
    const told = await kinds();
    // Of a year that was not drawn nothing is deleted, nor where the drawing came to nothing.
    await desk.database.asActor(DRAWS, (manager) => manager.query('DELETE FROM disclosure_kinds'));
    expect(await kinds()).toEqual(told);
    await killedAt(app, owner, 'disclosure_kinds', 'SHARE', () => bringOut(id));
    expect([await kinds(), await owner.rows('SELECT FROM privacy_ledger')]).toEqual([told, []]);
    expect(await bringOut(id)).toBe(`disclosures.${period}.r1`);
    expect(await owner.rows('SELECT period, cap, spent FROM privacy_budgets')).toEqual([
      { period, cap: '1.0000', spent: '1.0000' },
    ]);
    expect(
      await owner.rows('SELECT table_name, count(*)::int AS n FROM open_data_draws GROUP BY 1 ORDER BY 1'),
    ).toEqual([
      { table_name: 'by-kind', n: 6 },
      { table_name: 'by-outcome', n: 4 },
      { table_name: 'by-sector', n: 5 },
      { table_name: 'by-timeliness', n: 3 },
    ]);
    expect(await complaints()).toEqual(before);
    expect((await fetch(`${app.publicOrigin}/open-data/v1/disclosures/${period}/r1/by-kind.csv`)).status).toBe(200);
  });

  it('has no tally of kinds once it is drawn, and a further release without one', async () => {
    const left = await owner.rows<{ year: number }>('SELECT year FROM disclosure_kinds');
    expect(new Set(left.map(({ year }) => year))).toEqual(new Set([Number(YEAR.text)]));
    expect(await bringOut(await agreeOn(period))).toBe(`disclosures.${period}.r2`);
    const csv = async (revision: string): Promise<string> =>
      (await fetch(`${app.publicOrigin}/open-data/v1/disclosures/${period}/${revision}/by-kind.csv`)).text();
    expect(await csv('r2')).toBe(await csv('r1'));
    expect(await owner.rows('SELECT year FROM disclosure_kinds')).toEqual(left);
  });

  const bringOut = (id: string): Promise<string | null> => app.app.get(ReleaseWorks, { strict: false }).bringOut(id);

  /** Two people agree on a release of a year. */
  async function agreeOn(year: string): Promise<string> {
    const prepared = await analyst.client.submit('/staff/open-data/releases', { what: `disclosures~${year}` });
    expect(prepared.status).toBe(303);
    const [release] = await owner.rows<{ id: string }>(`SELECT id FROM open_data_releases WHERE state = 'prepared'`);
    const id = release?.id ?? '';
    expect((await lead.client.submit(`/staff/open-data/releases/${id}/approve`)).status).toBe(303);
    return id;
  }

  /** The newest year that is due. */
  async function dueYear(): Promise<string> {
    const page = (await analyst.client.get('/staff/open-data')).text;
    const [, year = ''] = /value="disclosures~(\d{4})"/.exec(page) ?? [];
    expect(Number(year)).toBeLessThanOrEqual(Number(LAST_YEAR));
    return year;
  }
});
