import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HOLDERS, inboxQuery, PAGE_LENGTH } from '../../src/cases/inbox.js';
import { writeCursor } from '../../src/cases/list-cursor.js';
import { CASE_STATUSES } from '../../src/cases/case-status.js';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import { enrol, startDesk, DeskClient, type Desk } from './desk.js';

let desk: Desk;
let ana: EnrolledStaffMember;
let anas: DeskClient;

beforeAll(async () => {
  desk = await startDesk();
  ana = await enrol(desk, 'ombudsman', ['officer', 'disclosure_officer']);
  await enrol(desk, 'ipca', ['officer']);
  anas = await DeskClient.of(desk, ana);
});

afterAll(async () => {
  await desk.close();
});

/** Rows of cases without words: the list shows none. */
async function insertCases(
  count: number,
  { path = 'complaint', agencyId = 'ombudsman', days = 3 } = {},
): Promise<void> {
  await desk.rows(
    `INSERT INTO cases (id, reference, agency_id, path, delivery, facets, ruleset, rules, sealed_where, status, lodged_on, assigned_to)
     SELECT gen_random_uuid(), 'T' || substr(md5(random()::text || n), 1, 12), $2, $3, 'direct',
            CASE WHEN $3 = 'complaint' THEN '{"topic": "delay"}'::jsonb END, 't', '{}', 'browser',
            (ARRAY['lodged', 'placed', 'acknowledged', 'closed'])[1 + n % 4], '2026-01-01'::date + n % $4,
            CASE WHEN n % 3 = 0 THEN $5::uuid END
       FROM generate_series(1, $1) n`,
    [count, agencyId, path, days, ana.actor.staffId],
  );
}

const referencesOn = (text: string): string[] =>
  [...text.matchAll(/>(T[0-9a-f]{12})</g)].map(([, reference]) => reference ?? '');
const nextOf = (text: string): string | undefined =>
  /rel="next" href="([^"]+)"/.exec(text)?.[1]?.replaceAll('&amp;', '&');

/** Walks a list from its first page to its last; `between` happens after each page. */
async function walk(path: string, between: () => Promise<void> = () => Promise.resolve()): Promise<string[]> {
  const seen: string[] = [];
  for (let next: string | undefined = path; next !== undefined;) {
    const { status, text } = await anas.get(next);
    expect(status).toBe(200);
    expect(referencesOn(text).length).toBeLessThanOrEqual(PAGE_LENGTH);
    seen.push(...referencesOn(text));
    await between();
    next = nextOf(text);
  }
  return seen;
}

describe('the inbox', () => {
  it('shows every case exactly once while new ones come in', async () => {
    await insertCases(140);
    await insertCases(10, { agencyId: 'ipca' });
    const before = await desk.rows<{ reference: string }>(`SELECT reference FROM cases WHERE agency_id = 'ombudsman'`);
    const seen = await walk('/staff/inbox', () => insertCases(7));
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining(before.map(({ reference }) => reference)));
    const others = await desk.rows<{ reference: string }>(`SELECT reference FROM cases WHERE agency_id = 'ipca'`);
    for (const { reference } of others) expect(seen).not.toContain(reference);
  });

  it('is the newest first', async () => {
    const seen = await walk('/staff/inbox');
    const order = await desk.rows<{ reference: string }>(
      `SELECT reference FROM cases WHERE agency_id = 'ombudsman' ORDER BY lodged_on DESC, id DESC`,
    );
    expect(seen).toEqual(order.map(({ reference }) => reference));
  });

  it.each(HOLDERS.flatMap((holder) => ['all', ...CASE_STATUSES].map((status) => [holder, status] as const)))(
    'shows of holder %s and status %s exactly those',
    async (holder, status) => {
      const seen = await walk(`/staff/inbox?holder=${holder}&status=${status}`);
      const wanted = await desk.rows<{ reference: string }>(
        `SELECT reference FROM cases WHERE agency_id = 'ombudsman' AND ($1 = 'all' OR status = $1)
            AND ($2 = 'all' OR ($2 = 'mine') = (assigned_to IS NOT NULL)) ORDER BY lodged_on DESC, id DESC`,
        [status, holder],
      );
      expect(seen).toEqual(wanted.map(({ reference }) => reference));
    },
  );

  it('says in words what is overdue, and not of what is closed', async () => {
    await desk.rows(`DELETE FROM cases WHERE agency_id = 'ombudsman'`);
    await insertCases(4);
    await desk.rows(
      `INSERT INTO clocks (case_id, kind, basis, started_on, due_on)
       SELECT id, 'answer', 'our_aim', '2026-01-01', CASE WHEN status = 'acknowledged' THEN '2999-01-01' ELSE '2026-02-03' END::date
         FROM cases WHERE agency_id = 'ombudsman'`,
    );
    const overdue = async (status: string): Promise<boolean> =>
      (await anas.get(`/staff/inbox?status=${status}`)).text.includes('Overdue');
    expect([await overdue('placed'), await overdue('acknowledged'), await overdue('closed')]).toEqual([
      true,
      false,
      false,
    ]);
    expect((await anas.get('/staff/inbox?status=placed')).text).toContain('3 February 2026');
  });

  it('refuses a cursor, holder or status that is none of ours, naming the field', async () => {
    for (const query of [
      'after=x',
      `after=${Buffer.from("2026-01-01~'").toString('base64url')}`,
      'holder=me',
      'status=open',
      'other=1',
      'status=all&status=all',
    ]) {
      expect((await anas.get(`/staff/inbox?${query}`)).status).toBe(422);
    }
  });

  it('is audited each time it is looked at', async () => {
    const looks = async (): Promise<number> =>
      (
        await desk.rows(`SELECT 1 FROM audit_entries WHERE action = 'inbox.read' AND actor_id = $1`, [
          ana.actor.staffId,
        ])
      ).length;
    const before = await looks();
    await anas.get('/staff/inbox');
    expect(await looks()).toBe(before + 1);
  });
});

describe('the plan of a page', () => {
  beforeAll(async () => {
    await insertCases(20_000, { days: 300 });
    await insertCases(5_000, { path: 'disclosure', days: 300 });
    await desk.rows('ANALYZE cases');
    await desk.rows('VACUUM cases');
  });

  const after = writeCursor({ day: '2026-06-01', id: '3f2a9d1c-0000-4000-8000-000000000000' });
  const questions = HOLDERS.flatMap((holder) =>
    (['all', ...CASE_STATUSES] as const).flatMap((status) =>
      [undefined, after].map((from) => [holder, status, from] as const),
    ),
  );

  /** The plan as it is for an officer, with what row security adds to it. */
  const explain = (sql: string, values: readonly unknown[]): Promise<{ 'QUERY PLAN': string }[]> =>
    desk.database.asActor(ana.actor, (manager) => manager.query(sql, [...values]));

  it.each(questions)(
    'for holder %s, status %s, after %s reads an index in order and sorts nothing',
    async (holder, status, from) => {
      const { text, values } = inboxQuery(ana.actor, 'complaint', { holder, status, after: from }, '2026-06-01');
      const plan = await explain(`EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) ${text}`, values);
      const lines = plan.map((row) => row['QUERY PLAN']).join('\n');
      expect(lines).not.toMatch(/Sort|Seq Scan on cases|Bitmap Heap Scan on cases|Rows Removed by Filter: \d{3,}/);
      expect(lines).toMatch(/Index Scan Backward using ix_cases_\w+ on cases/);
    },
  );

  it('for the list of disclosures asks of each whether it was granted, in order', async () => {
    const { text, values } = inboxQuery(ana.actor, 'disclosure', { holder: 'all', status: 'all' }, '2026-06-01');
    const plan = await explain(`EXPLAIN (COSTS OFF) ${text}`, values);
    const lines = plan.map((row) => row['QUERY PLAN']).join('\n');
    expect(lines).not.toMatch(/Sort|Seq Scan on cases/);
    expect(lines).toMatch(/Index Scan Backward using ix_cases_inbox on cases/);
  });
});
