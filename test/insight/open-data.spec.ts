import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { Database, type Actor } from '../../config/database.js';
import { ROLES_OF } from '../../config/database-roles.js';
import { writeCursor } from '../../src/cases/list-cursor.js';
import { Counter } from '../../src/insight/counting/counter.js';
import { duePeriods } from '../../src/insight/open-data/desk/due-periods.js';
import { writeRelease } from '../../src/insight/open-data/files/write-release.js';
import { Publication } from '../../src/insight/open-data/publishing/publication.js';
import { readDraws } from '../../src/insight/open-data/publishing/publish-release.js';
import { ReleaseWorks } from '../../src/insight/open-data/publishing/release-works.js';
import { parsePeriod } from '../../src/insight/open-data/periods.js';
import { domainOf, type DrawnTable } from '../../src/insight/open-data/table-spec.js';
import { JobRegistry } from '../../src/queue/job-registry.js';
import { runJob } from '../../src/queue/run-job.js';
import { openLog } from '../../src/web/log.js';
import { dayInAuckland } from '../../src/web/day.js';
import type { Desk } from '../cases/desk.js';
import { seat, type AtDesk } from '../cases/handing-on.js';
import { Owner } from '../intake/door.js';
import { startApp, type TestApp } from '../support/app.js';
import { expectValidHtml } from '../support/browser.js';
import { readParquetRows } from '../support/read-tables.js';
import { killedAt } from './killed-at.js';
import { makeComplaints } from './made-complaints.js';

let app: TestApp;
let owner: Owner;
let desk: Desk;
let ana: AtDesk;
let lena: AtDesk;
let elsewhere: AtDesk;

const [PERIOD, BEFORE, LONG_AGO, LONGER_AGO] = duePeriods('quarter', dayInAuckland()).map(({ text }) => text) as [
  string,
  string,
  string,
  string,
];
const LIST = '/staff/open-data';
const OPEN_DATA: Actor = { kind: 'system', name: 'open_data' };
const FIGURES: Actor = { kind: 'system', name: 'figures' };

beforeAll(async () => {
  app = await startApp({ ROLE: 'web' });
  owner = await Owner.of(app);
  desk = { ...app, database: app.app.get(Database, { strict: false }), rows: (sql, values) => owner.rows(sql, values) };
  ana = await seat(desk, 'triage', ['analyst']);
  lena = await seat(desk, 'triage', ['system_lead']);
  elsewhere = await seat(desk, 'msd', ['analyst']);
  await makeComplaints((sql, values) => owner.rows(sql, values), { count: 1_500, agencies: 12, months: 14, seed: 0.5 });
});
afterAll(async () => {
  await owner.close();
  await app.close();
});

const as = <T>(actor: Actor, sql: string, values: unknown[] = []): Promise<T[]> =>
  desk.database.asActor(actor, (manager) => manager.query<T[]>(sql, values));
const prepare = (by: AtDesk, what: string) => by.client.submit(`${LIST}/releases`, { what });
const approve = (by: AtDesk, id: string) => by.client.submit(`${LIST}/releases/${id}/approve`);

interface Release {
  id: string;
  number: number | null;
  state: string;
}

async function newest(period: string): Promise<Release> {
  const [found] = await owner.rows<Release>(
    `SELECT id, number, state FROM open_data_releases WHERE period = $1 ORDER BY number DESC NULLS LAST LIMIT 1`,
    [period],
  );
  if (!found) throw new Error(`${period} has no release`);
  return found;
}

/** Two people agree on a release, which is then to be brought out. */
async function agreeOn(period: string): Promise<string> {
  expect((await prepare(ana, `complaints~${period}`)).status).toBe(303);
  const { id } = await newest(period);
  expect((await approve(lena, id)).status).toBe(303);
  return id;
}

/** A worker does what was promised, as it does everywhere. */
async function work(id: string): Promise<void> {
  const tools = {
    database: desk.database,
    registry: app.app.get(JobRegistry, { strict: false }),
    log: openLog('silent'),
  };
  await runJob(tools, 'clocks', { id, name: 'publish_open_data', attemptsMade: 0, opts: { attempts: 3 } });
}

async function bringOut(period: string): Promise<Release> {
  await work(await agreeOn(period));
  return newest(period);
}

interface Stored {
  name: string;
  sha256: string;
}
const filesOf = (id: string): Promise<Stored[]> =>
  owner.rows<Stored>('SELECT name, sha256 FROM open_data_files WHERE release_id = $1 ORDER BY name', [id]);
const draws = (period: string): Promise<object[]> =>
  owner.rows('SELECT * FROM open_data_draws WHERE period = $1 ORDER BY table_name, codes', [period]);

describe('a release', () => {
  let first: Release;

  it('is prepared by one and approved by another of the operator’s analysts and system leads', async () => {
    expect((await elsewhere.client.get(LIST)).status).toBe(404);
    expect((await prepare(elsewhere, `complaints~${PERIOD}`)).status).toBe(404);
    expect((await prepare(ana, 'complaints~2020-Q1')).status).toBe(422);
    expect((await prepare(ana, `complaints~${PERIOD}`)).status).toBe(303);
    expect((await prepare(lena, `complaints~${PERIOD}`)).status).toBe(409);
    const { id, number, state } = await newest(PERIOD);
    expect([number, state]).toEqual([1, 'prepared']);
    // Who prepared it finds nothing to approve, as if it were not there.
    expect((await ana.client.get(LIST)).text).not.toContain('/approve');
    const nothing = await approve(ana, randomUUID());
    expect([nothing.status, (await approve(ana, id)).status, (await approve(elsewhere, id)).status]).toEqual([
      404, 404, 404,
    ]);
    const page = (await lena.client.get(LIST)).text;
    expect(page).toContain(`/releases/${id}/approve`);
    await expectValidHtml(page);
    expect((await approve(lena, id)).status).toBe(303);
    expect((await approve(lena, id)).status).toBe(409);
    expect(await owner.rows('SELECT queue, name FROM outbox WHERE id = $1', [id])).toEqual([
      { queue: 'clocks', name: 'publish_open_data' },
    ]);
    expect((await ana.client.submit(`${LIST}/releases/${id}/withdraw`)).status).toBe(409);
  });

  it('is not approved by who prepared it by the database either, nor in the name of somebody else', async () => {
    const id = randomUUID();
    const [one, two] = [ana.who.actor, lena.who.actor];
    const inserted = `INSERT INTO open_data_releases (id, dataset, period, number, state, prepared_by, prepared_on)
                      VALUES ($1, 'complaints', '2021-Q1', 1, 'prepared', $2, '2021-05-01')`;
    await expect(as(two, inserted, [id, one.staffId])).rejects.toThrow(/row-level security/);
    await as(one, inserted, [id, one.staffId]);
    const approved = `UPDATE open_data_releases SET state = 'approved', approved_on = '2021-05-02', approved_by = $2 WHERE id = $1`;
    await expect(as(one, approved, [id, one.staffId])).rejects.toThrow(/ck_open_data_releases_two_people/);
    await expect(owner.rows(approved, [id, one.staffId])).rejects.toThrow(/ck_open_data_releases_two_people/);
    await expect(as(one, approved, [id, two.staffId])).rejects.toThrow(/row-level security/);
    await as(two, `UPDATE open_data_releases SET state = 'withdrawn', number = NULL WHERE id = $1`, [id]);
    await expect(
      owner.rows(`UPDATE open_data_releases SET state = 'prepared', number = 1 WHERE id = $1`, [id]),
    ).rejects.toThrow(/never back/);
  });

  it('is drawn and published by a worker, and every act is in the log', async () => {
    const { id } = await newest(PERIOD);
    await work(id);
    first = await newest(PERIOD);
    expect(first.state).toBe('published');
    expect(await owner.rows('SELECT FROM outbox WHERE id = $1', [id])).toEqual([]);
    expect(
      await owner.rows(
        `SELECT action, actor_kind, subject FROM audit_entries WHERE action ~ '^open_data' AND action <> 'open_data.viewed' ORDER BY happened_at`,
      ),
    ).toEqual([
      { action: 'open_data.prepared', actor_kind: 'staff', subject: `complaints.${PERIOD}.r1` },
      { action: 'open_data.approved', actor_kind: 'staff', subject: `complaints.${PERIOD}.r1` },
      { action: 'open_data.published', actor_kind: 'system', subject: `complaints.${PERIOD}.r1` },
    ]);
    expect((await ana.client.get(LIST)).text).toContain(`/open-data/v1/complaints/${PERIOD}/r1`);
  });

  it('has every cell of every domain, also those that nobody is in, and its noise is not what is true', async () => {
    const { complaints } = app.app.get(Publication, { strict: false }).datasets;
    const period = parsePeriod(PERIOD);
    const tables = await desk.database.asActor(OPEN_DATA, (manager) => readDraws(manager, 'complaints', PERIOD));
    const codesOf = (table: string): Set<string> =>
      new Set(tables.find((one) => one.table === table)?.cells.map(({ codes }) => codes.join(' ')));
    for (const table of complaints.tables) {
      expect(codesOf(table.name)).toEqual(new Set(domainOf(table, period).map((codes) => codes.join(' '))));
    }
    const truth = await owner.rows<{ code: string; n: string }>(
      `SELECT stage AS code, count(*) AS n FROM figure_facts WHERE received_in BETWEEN $1 AND $2 GROUP BY 1`,
      [period.firstDay, period.lastDay],
    );
    const off = Math.max(...offBy(tables, 'received-by-stage', truth));
    // Of noise that is more than this there is one in some thousand million.
    expect(off).toBeLessThan(90);
    const cells = tables.flatMap((table) => table.cells);
    expect(cells.filter(({ countNoisy }) => countNoisy < 0).length).toBeGreaterThan(20);
    // Nothing else is stored of a cell.
    const columns = await owner.rows<{ name: string }>(
      `SELECT attname AS name FROM pg_attribute WHERE attrelid = 'open_data_draws'::regclass AND attnum > 0 ORDER BY attnum`,
    );
    expect(columns.map(({ name }) => name)).toEqual(['dataset', 'period', 'table_name', 'draw', 'codes', 'value']);
  });

  it('spends what its tables cost, to the last decimal', async () => {
    expect(await owner.rows('SELECT cap, spent FROM privacy_budgets WHERE period = $1', [PERIOD])).toEqual([
      { cap: '2.0000', spent: '2.0000' },
    ]);
    expect(await owner.rows('SELECT epsilon FROM privacy_ledger WHERE period = $1', [PERIOD])).toEqual(
      Array(8).fill({ epsilon: '0.2500' }),
    );
  });

  it('is made of what was drawn alone: made once more it is the same to the byte', async () => {
    const { datasets, publisher, baseUrl, attacks } = app.app.get(Publication, { strict: false });
    const again = writeRelease({
      ...{ dataset: datasets.complaints, period: parsePeriod(PERIOD), number: 1, releasedOn: dayInAuckland() },
      ...{ publisher, baseUrl, attacks },
      tables: await desk.database.asActor(OPEN_DATA, (manager) => readDraws(manager, 'complaints', PERIOD)),
    });
    for (const { name, body } of again) {
      const [file] = await owner.rows<{ body: Buffer }>(
        'SELECT body FROM open_data_files WHERE release_id = $1 AND name = $2',
        [first.id, name],
      );
      expect([name, file?.body.equals(body)]).toEqual([name, true]);
    }
    expect(await filesOf(first.id)).toHaveLength(again.length);
  });

  it('comes to the same over HTTP as a CSV and as Parquet', async () => {
    const get = async (file: string): Promise<Buffer> => {
      const answer = await fetch(`${app.publicOrigin}/open-data/v1/complaints/${PERIOD}/r1/${file}`);
      expect(answer.status).toBe(200);
      return Buffer.from(await answer.arrayBuffer());
    };
    const csv: Record<string, string>[] = parse(await get('received-by-month-topic.csv'), { columns: true });
    const { rows } = readParquetRows(await get('received-by-month-topic.parquet'));
    expect(rows.map((row) => Object.values(row).map(({ value }) => value))).toEqual(
      csv.map((row) => Object.values(row)),
    );
    expect(csv.length).toBeGreaterThan(30);
  });

  it('stays as it is when something comes in late, and a further one has the same figures and tells nothing new', async () => {
    const before = [await draws(PERIOD), await filesOf(first.id)];
    await owner.rows(
      `UPDATE figure_facts SET received_in = $1 WHERE case_id IN (SELECT case_id FROM figure_facts LIMIT 200)`,
      [parsePeriod(PERIOD).firstDay],
    );
    const second = await bringOut(PERIOD);
    expect([second.number, second.state]).toEqual([2, 'published']);
    expect([await draws(PERIOD), await filesOf(first.id)]).toEqual(before);
    const tables = (files: Stored[]): Stored[] => files.filter(({ name }) => name.endsWith('.csv'));
    expect(tables(await filesOf(second.id))).toEqual(tables(await filesOf(first.id)));
    expect(await owner.rows('SELECT spent FROM privacy_budgets WHERE period = $1', [PERIOD])).toEqual([
      { spent: '2.0000' },
    ]);
    await app.app.get(Counter, { strict: false }).rebuild();
  });

  it('has no further one where a draw is missing, or was added to what was paid for, until all is as it was', async () => {
    const id = await agreeOn(PERIOD);
    const before = await draws(PERIOD);
    const refused = (): Promise<void> =>
      expect(app.app.get(ReleaseWorks, { strict: false }).bringOut(id)).rejects.toMatchObject({
        code: 'ledger_torn',
        permanent: true,
      });
    const ofTable = `period = '${PERIOD}' AND table_name = 'received-by-stage'`;
    // One who draws may add to what was paid for: that is found here, and nowhere before.
    await as(FIGURES, `INSERT INTO open_data_draws VALUES ('complaints', $1, 'received-by-stage', 1, '{added}', 3)`, [
      PERIOD,
    ]);
    await refused();
    await pastTriggers(`DELETE FROM open_data_draws WHERE codes = '{added}'`);
    // Of a table of one dimension, a cell that is lost takes its code with it.
    for (const lost of [`${ofTable} AND codes = '{not_raised}'`, ofTable]) {
      await owner.rows(`CREATE TEMPORARY TABLE taken AS SELECT * FROM open_data_draws WHERE ${lost}`);
      await pastTriggers(`DELETE FROM open_data_draws WHERE ${lost}`);
      await refused();
      await pastTriggers('INSERT INTO open_data_draws SELECT * FROM taken');
      await owner.rows('DROP TABLE taken');
    }
    expect([await draws(PERIOD), await filesOf(id)]).toEqual([before, []]);
    await work(id);
    expect((await newest(PERIOD)).state).toBe('published');
    const csv = (files: Stored[]): Stored[] => files.filter(({ name }) => name.endsWith('.csv'));
    expect(csv(await filesOf(id))).toEqual(csv(await filesOf(first.id)));
  });

  /** Changes what never changes, as who has the server's disk may. */
  async function pastTriggers(sql: string): Promise<void> {
    await owner.rows('SET session_replication_role = replica');
    await owner.rows(sql);
    await owner.rows('SET session_replication_role = DEFAULT');
  }
});

describe('the list of releases', () => {
  it('goes on from where a page ended, on whatever day, until all were seen', async () => {
    const staff = [ana.who.actor.staffId];
    await owner.rows(
      `INSERT INTO open_data_releases (id, dataset, period, state, prepared_by, prepared_on)
       SELECT gen_random_uuid(), 'complaints', '2021-Q1', 'withdrawn', $1, '2021-10-31'::date - n / 20 FROM generate_series(1, 60) n`,
      staff,
    );
    let [seen, after] = [0, ''];
    do {
      const { status, text } = await ana.client.get(`${LIST}${after}`);
      expect([after, status]).toEqual([after, 200]);
      seen += text.split('<tr class="govuk-table__row">').length - 2;
      [, after = ''] = /rel="next" href="([^"]+)"/.exec(text) ?? [];
    } while (after !== '');
    expect(await owner.rows('SELECT count(*)::integer AS n FROM open_data_releases')).toEqual([{ n: seen }]);
  });

  it('goes on from nowhere else', async () => {
    const id = randomUUID();
    const at = (day: string): string => writeCursor({ day, id });
    for (const after of [at('2026-10-31'), at('2028-02-29')])
      expect([after, (await ana.client.get(`${LIST}?after=${after}`)).status]).toEqual([after, 200]);
    for (const after of [at('2026-02-29'), at('2026-13-01'), `2026-10-31~${id}`, 'nonsense', ''])
      expect([after, (await ana.client.get(`${LIST}?after=${after}`)).status]).toEqual([after, 422]);
  });
});

/** By how much each cell of a table is off. */
function offBy(tables: readonly DrawnTable[], name: string, truth: readonly { code: string; n: string }[]): number[] {
  const cells = tables.find(({ table }) => table === name)?.cells ?? [];
  return cells.map(({ codes, countNoisy }) =>
    Math.abs(countNoisy - Number(truth.find(({ code }) => code === codes[0])?.n ?? 0)),
  );
}

describe('the ledger', () => {
  const spend = (period: string, table: string, epsilon: string): Promise<unknown> =>
    as(FIGURES, 'SELECT spend_epsilon($1, $2, $3, 1, 1, $4, $5)', ['complaints', period, table, epsilon, '2026-11-22']);

  it('is never overspent, also by twenty at once', async () => {
    const tried = await Promise.allSettled(
      Array.from({ length: 20 }, (_, at) => spend('2021-Q3', `table-${at.toString()}`, '0.2500')),
    );
    expect(tried.filter(({ status }) => status === 'fulfilled')).toHaveLength(8);
    for (const one of tried)
      if (one.status === 'rejected') expect(String(one.reason)).toMatch(/ck_privacy_budgets_spent/);
    const [sum] = await owner.rows(
      `SELECT b.spent, (SELECT sum(epsilon) FROM privacy_ledger l WHERE l.period = b.period) AS written
         FROM privacy_budgets b WHERE period = '2021-Q3'`,
    );
    expect(sum).toEqual({ spent: '2.0000', written: '2.0000' });
    await expect(spend('2021-Q3', 'one-more', '0.0001')).rejects.toThrow(/ck_privacy_budgets_spent/);
    // Nor by the owner of the tables, who comes in without the function.
    const written = `INSERT INTO privacy_ledger (dataset, period, table_name, draw, cells, epsilon, spent_on)
                     VALUES ('complaints', '2021-Q3', 'own', 1, 1, 0.25, '2026-11-22')`;
    await expect(owner.rows(written)).rejects.toThrow(/ck_privacy_budgets_spent/);
    await expect(owner.rows(`UPDATE privacy_budgets SET cap = 3 WHERE period = '2021-Q3'`)).rejects.toThrow(
      /stays spent/,
    );
  });

  it('takes nothing off and nothing that is less than nothing, and nothing for another dataset', async () => {
    await expect(spend('2021-Q4', 'nothing', '0')).rejects.toThrow(/ck_privacy_ledger_epsilon|stays spent/);
    await expect(spend('2021-Q4', 'less', '-0.2500')).rejects.toThrow(/ck_/);
    await expect(
      as(FIGURES, `SELECT spend_epsilon('complaints', '2021-Q4', 'empty', 1, 0, 0.25, '2026-11-22')`),
    ).rejects.toThrow(/ck_privacy_ledger_cells/);
    await as(FIGURES, `SELECT spend_epsilon('disclosures', '2021', 'by-kind', 1, 6, 0.25, '2026-11-22')`);
    expect(await owner.rows(`SELECT FROM privacy_ledger WHERE dataset = 'disclosures'`)).toEqual([]);
    await expect(
      as(FIGURES, `INSERT INTO open_data_draws VALUES ('disclosures', '2021', 'by-kind', 1, '{offence}', 3)`),
    ).rejects.toThrow(/row-level security/);
  });

  it('stays as it is, and so do draws and files, for every role and for the owner', async () => {
    for (const table of ['privacy_ledger', 'open_data_draws', 'open_data_files']) {
      const column = { privacy_ledger: 'epsilon', open_data_draws: 'value', open_data_files: 'bytes' }[table] ?? '';
      const changes = [`UPDATE ${table} SET ${column} = 1`, `DELETE FROM ${table}`, `TRUNCATE ${table} CASCADE`];
      for (const change of changes) {
        await expect(owner.rows(change)).rejects.toThrow(/never changes/);
        for (const role of ROLES_OF.all) {
          const changed = desk.database.asActor(OPEN_DATA, (manager) => manager.query(change), { role });
          await expect(changed).rejects.toThrow(/permission denied/);
        }
      }
    }
    await expect(owner.rows('DELETE FROM privacy_budgets')).rejects.toThrow(/never changes/);
  });
});

describe('who publishes', () => {
  it('can read no case, no fact, no cell and no kind, and writes files alone', async () => {
    const { rows } = await withOwner((client) =>
      client.query<{ line: string }>(
        `SELECT DISTINCT format('%s %s', c.relname, p.may) AS line
           FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
                unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) p (may)
          WHERE n.nspname IN ('public', 'disposal') AND c.relkind IN ('r', 'v')
            AND CASE WHEN p.may = 'DELETE' THEN has_table_privilege('onedoor_open_data', c.oid, p.may)
                     ELSE has_any_column_privilege('onedoor_open_data', c.oid, p.may) END ORDER BY 1`,
      ),
    );
    expect(rows.map(({ line }) => line)).toEqual([
      'open_data_draws SELECT',
      'open_data_files INSERT',
      'open_data_releases SELECT',
      'open_data_releases UPDATE',
      'privacy_ledger SELECT',
    ]);
    for (const table of ['cases', 'figure_facts', 'figure_cells', 'disclosure_kinds', 'audit_entries'])
      await expect(as(OPEN_DATA, `SELECT count(*) FROM ${table}`)).rejects.toThrow(/permission denied/);
  });
});

describe('a worker', () => {
  it('that is killed while it draws has drawn nothing, and the next draws once', async () => {
    const id = await agreeOn(BEFORE);
    await killedAt(app, owner, 'open_data_draws', 'ACCESS EXCLUSIVE', () => work(id));
    expect(await draws(BEFORE)).toEqual([]);
    expect(await owner.rows('SELECT FROM privacy_ledger WHERE period = $1', [BEFORE])).toEqual([]);
    await killedAt(app, owner, 'open_data_files', 'ACCESS EXCLUSIVE', () => work(id));
    // What was drawn is drawn, and nothing of it is out.
    const drawn = await draws(BEFORE);
    expect(drawn.length).toBeGreaterThan(100);
    expect((await newest(BEFORE)).state).toBe('drawn');
    expect(await filesOf(id)).toEqual([]);
    expect((await fetch(`${app.publicOrigin}/open-data/v1/complaints/${BEFORE}/r1`)).status).toBe(404);
    await work(id);
    expect((await newest(BEFORE)).state).toBe('published');
    expect(await draws(BEFORE)).toEqual(drawn);
    const files = await filesOf(id);
    // And once more, where the answer of the first was lost.
    await app.app.get(ReleaseWorks, { strict: false }).bringOut(id);
    expect([await draws(BEFORE), await filesOf(id)]).toEqual([drawn, files]);
    expect(
      await owner.rows(`SELECT FROM audit_entries WHERE action = 'open_data.published' AND subject = $1`, [
        `complaints.${BEFORE}.r1`,
      ]),
    ).toHaveLength(1);
  });

  it('draws nothing while another version counts, whose figures it cannot count a second time', async () => {
    const id = await agreeOn(LONGER_AGO);
    await app.app.get(Counter, { strict: false }).runOnce();
    const versions = await owner.rows<{ version: string }>('SELECT version FROM figure_states');
    await owner.rows(`UPDATE figure_states SET version = 'newer'`);
    await expect(work(id)).rejects.toThrow('figures_not_counted');
    expect(await owner.rows('SELECT FROM privacy_ledger WHERE period = $1', [LONGER_AGO])).toEqual([]);
    expect([await draws(LONGER_AGO), (await newest(LONGER_AGO)).state]).toEqual([[], 'approved']);
    await owner.rows('UPDATE figure_states SET version = $1', [versions[0]?.version]);
    await work(id);
    expect((await newest(LONGER_AGO)).state).toBe('published');
  });

  it('draws nothing while a complaint of the period waits to be counted, or figures differ', async () => {
    const id = await agreeOn(LONG_AGO);
    await owner.rows(`UPDATE cases SET facets = facets || '{"topic": "charity"}' WHERE lodged_on BETWEEN $1 AND $2`, [
      parsePeriod(LONG_AGO).firstDay,
      parsePeriod(LONG_AGO).lastDay,
    ]);
    await expect(work(id)).rejects.toThrow('figures_not_counted');
    expect(await draws(LONG_AGO)).toEqual([]);
    expect((await newest(LONG_AGO)).state).toBe('approved');
    await owner.rows(
      `INSERT INTO figure_events (id, case_id) SELECT gen_random_uuid(), id FROM cases WHERE path = 'complaint'`,
    );
    await work(id);
    expect((await newest(LONG_AGO)).state).toBe('published');
  });
});

async function withOwner<T>(then: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: app.database.ownerUrl });
  await client.connect();
  try {
    return await then(client);
  } finally {
    await client.end();
  }
}
