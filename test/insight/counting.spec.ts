import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { ServiceKeys } from '../../config/service-keys.js';
import { Settings } from '../../config/settings.js';
import { Counter } from '../../src/insight/counting/counter.js';
import { monthsUpTo } from '../../src/insight/cubes/months.js';
import { ReadCubes } from '../../src/insight/cubes/read-cubes.js';
import type { StaffActor } from '../../src/staff/staff-actor.js';
import { openLog } from '../../src/web/log.js';
import { startDesk, SYSTEM, type Desk } from '../cases/desk.js';
import { CASE_EVENT_KINDS, type CaseEventKind } from '../../src/cases/case-event.entity.js';
import { Case } from '../../src/cases/case.entity.js';
import { moveToGrantAgain } from '../../src/cases/referrals/move-referral.js';
import { Referral } from '../../src/cases/referrals/referral.entity.js';
import { accept, handOver, openAgency, Person, propose, type AtDesk } from '../cases/handing-on.js';
import { lodge } from '../cases/sealed-cases.js';
import { close, split } from '../cases/splitting.js';
import { StepsOf } from '../disclosures/duties.js';
import { todayInAuckland } from '../../src/clocks/calendar.js';
import { until } from '../support/until.js';
import { makeComplaints } from './made-complaints.js';
import { recounted, type Rows } from './recounted.js';

let desk: Desk;
let ana: AtDesk;
let hana: AtDesk;
let lead: AtDesk;

const counter = (): Counter =>
  new Counter(desk.database, desk.app.get(ServiceKeys), desk.app.get(Settings), openLog('silent'));

const rows: Rows = (sql, values) => desk.rows(sql, values);

/** The raw cells, but for those in which nobody stands any more. */
async function cells(): Promise<Map<string, number>> {
  const found = await desk.rows<{ cell: string; n: string }>(
    `SELECT concat_ws(' ', cube, agency, month, code) AS cell, n FROM figure_cells WHERE n <> 0`,
  );
  return new Map(found.map(({ cell, n }) => [cell, Number(n)]));
}

const sorted = (from: ReadonlyMap<string, number>): [string, number][] =>
  [...from].sort(([a], [b]) => (a < b ? -1 : 1));

/** Steps of the law on disclosures, which no complaint takes. */
const OF_DISCLOSURES: readonly CaseEventKind[] = [
  ...(['considered', 'asked_elsewhere', 'noted_elsewhere', 'longer_expected', 'progress_told', 'dealt_with'] as const),
  ...(['told_why', 'name_released', 'support_looked_at'] as const),
];

/** Puts one more event on the timeline of a complaint, so many days after the last one. */
const ADD_EVENT = `
  INSERT INTO case_events (id, case_id, kind, happened_on, agency_id, position)
  SELECT gen_random_uuid(), case_id, $2, max(happened_on) + $3::int, 'hdc', max(position) + 1
    FROM case_events WHERE case_id = $1 GROUP BY case_id`;

/** Everything that is kept of figures, to the last byte. */
async function everything(): Promise<object[][]> {
  const all: object[][] = [];
  for (const table of ['figure_events', 'figure_facts', 'figure_cells'])
    all.push(await desk.rows(`SELECT * FROM ${table} t ORDER BY t::text`));
  return all;
}

beforeAll(async () => {
  desk = await startDesk();
  [ana] = await openAgency(desk, 'ombudsman');
  [hana, lead] = await openAgency(desk, 'hdc');
  await openAgency(desk, 'triage');
});
afterAll(() => desk.close());

describe('a complaint', () => {
  it('is counted at each step as what it then is, and never as what it was', async () => {
    const figures = counter();
    const month = `${todayInAuckland().slice(0, 7)}-01`;
    const at = async (cell: string): Promise<number> => {
      await figures.runOnce();
      const [cube, agency, code] = cell.split(' ');
      return (await cells()).get([cube, agency, month, code].join(' ')) ?? 0;
    };
    const lodged = await lodge(desk, { agencyId: 'ombudsman', path: 'complaint' });
    expect(await at('acknowledged ombudsman open')).toBe(1);
    expect(await at('acknowledged * open')).toBe(1);

    expect((await ana.client.post(`/staff/api/cases/${lodged.id}/acknowledgement`, {})).status).toBe(204);
    expect(await at('acknowledged ombudsman open')).toBe(0);
    expect(await at('acknowledged ombudsman 0-5')).toBe(1);

    await handOver(desk, lodged, ana, hana);
    expect(await at('hand_offs ombudsman 1')).toBe(1);
    expect(await at('handed_on ombudsman hdc')).toBe(1);
    expect(await at('open ombudsman open')).toBe(0);
    expect(await at('open hdc open')).toBe(1);

    expect((await close(hana, lodged, 'upheld', 'They were late.')).status).toBe(204);
    expect(await at('outcome hdc upheld')).toBe(1);
    expect(await at('answered hdc in_time')).toBe(1);
    expect(await at('open hdc open')).toBe(0);

    expect((await lead.client.submit(`/staff/cases/${lodged.id}/reopen`)).status).toBe(303);
    expect(await at('outcome hdc upheld')).toBe(0);
    expect(await at('outcome hdc taken_up_again')).toBe(1);
    expect(sorted(await cells())).toEqual(sorted(await recounted(rows)));
  });

  it('is counted anew when an acceptance of it falls away, though its timeline says nothing of that', async () => {
    const figures = counter();
    const lodged = await lodge(desk, { agencyId: 'ombudsman', path: 'complaint' });
    const { id } = await propose(ana, lodged, 'hdc');
    await (await Person.of(desk, lodged)).agree(id, ['case']);
    expect((await accept(hana, id)).status).toBe(204);
    await figures.runOnce();
    const [accepted] = await desk.rows('SELECT asked FROM figure_facts WHERE case_id = $1', [lodged.id]);
    expect(JSON.stringify(accepted)).toContain('hdc accepted');
    await desk.database.asActor(hana.who.actor, async (manager) => {
      const found = await manager.findOneByOrFail(Case, { id: lodged.id });
      await moveToGrantAgain(manager, hana.who.actor, found, await manager.findOneByOrFail(Referral, { id }));
    });
    await figures.runOnce();
    expect(await figures.recountOnce()).toEqual({ facts: 0, cells: 0 });
    const [again] = await desk.rows('SELECT asked FROM figure_facts WHERE case_id = $1', [lodged.id]);
    expect(JSON.stringify(again)).toContain('hdc waiting');
  });

  const informed = async (id: string): Promise<unknown> => {
    const [fact] = await desk.rows('SELECT kept_informed FROM figure_facts WHERE case_id = $1', [id]);
    return fact?.kept_informed;
  };

  /** One that is closed after so many days, with an event on its timeline so many days before; gives its id. */
  const closedAfter = async (days: number, kind: CaseEventKind, ago: number): Promise<string> => {
    const { id } = await lodge(desk, { agencyId: 'hdc', path: 'complaint' });
    await desk.rows('UPDATE cases SET lodged_on = lodged_on - $2::int WHERE id = $1', [id, days]);
    await desk.rows('UPDATE case_events SET happened_on = happened_on - $2::int WHERE case_id = $1', [id, days]);
    await desk.rows(ADD_EVENT, [id, kind, days - ago]);
    expect((await close(hana, { id }, 'upheld', 'They were late.')).status).toBe(204);
    await counter().runOnce();
    return id;
  };

  it.each([
    { days: 31, ago: 20, is: 'not_due' },
    { days: 32, ago: 31, is: 'monthly' },
    { days: 62, ago: 31, is: 'monthly' },
    { days: 62, ago: 30, is: 'longer' },
    { days: 62, ago: 32, is: 'longer' },
  ])('closed after $days days, with a word $ago days before, is $is for keeping people informed', async (one) => {
    expect(await informed(await closedAfter(one.days, 'acknowledged', one.ago))).toBe(one.is);
    expect(sorted(await cells())).toEqual(sorted(await recounted(rows)));
  });

  it('kept people informed as it did when it was first closed, whatever comes later', async () => {
    const id = await closedAfter(62, 'reply', 31);
    expect((await lead.client.submit(`/staff/cases/${id}/reopen`)).status).toBe(303);
    await desk.rows(ADD_EVENT, [id, 'reply', 40]);
    await counter().runOnce();
    expect(await informed(id)).toBe('monthly');
    expect(sorted(await cells())).toEqual(sorted(await recounted(rows)));
  });

  it('keeps people informed by whatever an agency tells them, and by nothing else', async () => {
    const telling: string[] = [];
    for (const kind of CASE_EVENT_KINDS.filter((one) => !OF_DISCLOSURES.includes(one) && one !== 'closed'))
      if ((await informed(await closedAfter(62, kind, 31))) === 'monthly') telling.push(kind);
    expect(telling).toEqual([
      ...['acknowledged', 'reply', 'split'],
      ...['referral_proposed', 'referral_grounded', 'referral_stopped', 'referral_declined', 'referral_accepted'],
      'handed_over',
    ]);
  });

  it('keeps people informed by what they are told of a part', async () => {
    const whole = await lodge(desk, { agencyId: 'hdc', path: 'complaint' });
    const part = await split(hana, whole);
    expect((await close(hana, part)).status).toBe(204);
    await desk.rows('UPDATE cases SET lodged_on = lodged_on - 62 WHERE id = $1', [whole.id]);
    await desk.rows(
      `UPDATE case_events SET happened_on = happened_on - CASE case_id WHEN $1 THEN 62 ELSE 31 END
        WHERE case_id IN ($1::uuid, $2)`,
      [whole.id, part.id],
    );
    expect((await close(hana, whole)).status).toBe(204);
    await counter().runOnce();
    expect(await informed(whole.id)).toBe('monthly');
    expect(sorted(await cells())).toEqual(sorted(await recounted(rows)));
  });

  it('has a record key that is an HMAC of its id under a key nobody else has', async () => {
    const [fact] = await desk.rows<{ id: string; key: string }>(
      `SELECT case_id AS id, record_key AS key FROM figure_facts`,
    );
    const secret = desk.app.get(ServiceKeys).serverSecret;
    const key = createHmac('sha256', secret).update('onedoor figures record key').digest();
    const bytes = Buffer.from((fact?.id ?? '').replaceAll('-', ''), 'hex');
    expect(Number(fact?.key)).toBe(createHmac('sha256', key).update(bytes).digest().readUInt32BE(0));
  });
});

describe('a disclosure', () => {
  it('leaves every figure as it was to the last byte, whatever is done with it', async () => {
    const figures = counter();
    await figures.runOnce();
    const before = await everything();
    const disclosure = await lodge(desk, { agencyId: 'ombudsman', path: 'disclosure' });
    await figures.runOnce();
    const steps = new StepsOf(ana, disclosure, todayInAuckland());
    await steps.firstThree();
    await figures.runOnce();
    expect(await everything()).toEqual(before);
    await figures.rebuild();
    expect(await everything()).toEqual(before.map((rows) => withoutEmpty(rows)));
  });

  it('is not there for whoever counts, nor is a word of anybody’s', async () => {
    const asFigures = <T>(sql: string): Promise<T[]> =>
      desk.database.asActor({ kind: 'system', name: 'figures' }, (manager) => manager.query<T[]>(sql));
    expect(await asFigures(`SELECT id FROM cases WHERE path = 'disclosure'`)).toEqual([]);
    expect(await asFigures('SELECT case_id FROM disclosure_steps')).toEqual([]);
    const paths = await asFigures<{ path: string }>(
      `SELECT DISTINCT c.path FROM case_events e LEFT JOIN cases c ON c.id = e.case_id`,
    );
    expect(paths).toEqual([{ path: 'complaint' }]);
    for (const table of ['case_items', 'mailboxes', 'case_grants', 'staff', 'audit_entries'])
      await expect(asFigures(`SELECT count(*) FROM ${table}`)).rejects.toThrow(/permission denied/);
    await expect(asFigures('SELECT reference FROM cases')).rejects.toThrow(/permission denied/);
  });
});

describe('figures', () => {
  beforeAll(async () => {
    await makeComplaints(rows, { count: 2_000, agencies: 12, months: 14, seed: 0.25 });
  });

  it('are those of a count that takes one complaint after another', async () => {
    const counted = await counter().runOnce();
    expect(counted).toBeGreaterThan(6_000);
    const should = await recounted(rows);
    expect([...should.keys()].some((cell) => cell.startsWith('came_back * ') && cell.endsWith(' yes'))).toBe(true);
    expect(sorted(await cells())).toEqual(sorted(should));
    expect(await desk.rows('SELECT 1 FROM figure_events')).toEqual([]);
  });

  it('come to the same count by whichever way they are added up', async () => {
    const cubes = new ReadCubes(desk.database, desk.app.get(ServiceKeys));
    const [staffId, agencyId, displayName] = ['00000000-0000-4000-8000-000000000001', 'triage', 'Analyst'];
    const analyst: StaffActor = { kind: 'staff', staffId, agencyId, displayName, roles: ['analyst'] };
    const until = `${todayInAuckland().slice(0, 7)}-01`;
    await cubes.reading(analyst, async (reader) => {
      const at = { cube: 'channel', agency: '*', until, months: 12 } as const;
      const apart = await reader.cube(at);
      const byCode = await reader.cube({ ...at, together: 'months' });
      const byMonth = await reader.cube({ ...at, together: 'codes' });
      expect(byCode.codes()).toEqual(apart.codes());
      for (const code of apart.codes()) expect(byCode.count({ codes: [code] })).toEqual(apart.count({ codes: [code] }));
      for (const month of monthsUpTo(until, 12))
        expect(byMonth.count({ months: [month] })).toEqual(apart.count({ months: [month] }));
      expect([byCode.count(), byMonth.count()]).toEqual([apart.count(), apart.count()]);
      expect(() => byCode.count({ months: [until] })).toThrow(TypeError);
      expect(() => byMonth.count({ codes: ['web'] })).toThrow(TypeError);
      expect(() => byMonth.only(['web'])).toThrow(TypeError);
    });
  });

  it('are the same when all is counted anew, and it says how far it is', async () => {
    const before = await everything();
    const told: number[] = [];
    await counter().rebuild(({ done, of }) => told.push(done / of));
    expect(told.at(-1)).toBeGreaterThan(0.9);
    expect((await everything()).slice(1)).toEqual(before.slice(1).map((rows) => withoutEmpty(rows)));
  });

  it('keep counting a complaint that is gone, also when all is counted anew', async () => {
    const figures = counter();
    await figures.runOnce();
    const gone = await lodge(desk, { agencyId: 'ombudsman', path: 'complaint' });
    await figures.runOnce();
    const before = await everything();
    await desk.rows('BEGIN');
    await desk.rows('SET LOCAL session_replication_role = replica');
    await desk.rows('DELETE FROM cases WHERE id = $1', [gone.id]);
    await desk.rows('COMMIT');
    await desk.rows('INSERT INTO figure_events (id, case_id) VALUES (gen_random_uuid(), $1)', [gone.id]);
    await figures.runOnce();
    expect((await everything()).slice(1)).toEqual(before.slice(1));
    await figures.rebuild();
    expect((await everything()).slice(1)).toEqual(before.slice(1).map((rows) => withoutEmpty(rows)));
    await desk.rows('DELETE FROM figure_facts WHERE case_id = $1', [gone.id]);
    await desk.rows('DELETE FROM case_events WHERE case_id = $1', [gone.id]);
    await figures.rebuild();
  });

  it('are the same however many count at once', async () => {
    await desk.rows(
      `INSERT INTO figure_events (id, case_id) SELECT gen_random_uuid(), id FROM cases WHERE path = 'complaint'`,
    );
    const before = await cells();
    await Promise.all([counter().runOnce(), counter().runOnce(), counter().runOnce()]);
    expect(sorted(await cells())).toEqual(sorted(before));
  });

  it('hold what committed late', async () => {
    const figures = counter();
    await desk.rows('BEGIN');
    await desk.rows(`
      UPDATE cases SET facets = facets || '{"topic": "tax"}'
       WHERE id = (SELECT min(id::text)::uuid FROM cases WHERE path = 'complaint')`);
    await desk.rows(
      `INSERT INTO figure_events (id, case_id) SELECT gen_random_uuid(), min(id::text)::uuid FROM cases WHERE path = 'complaint'`,
    );
    await desk.database.asActor(SYSTEM, (manager) =>
      manager.query(
        `INSERT INTO figure_events (id, case_id) SELECT gen_random_uuid(), id FROM cases WHERE path = 'complaint' LIMIT 10`,
      ),
    );
    expect(await figures.runOnce()).toBe(10);
    await desk.rows('COMMIT');
    expect(await figures.runOnce()).toBe(1);
    expect(sorted(await cells())).toEqual(sorted(await recounted(rows)));
  });

  it('lose nothing and count nothing twice when the count is killed before its commit', async () => {
    await desk.rows(
      `UPDATE cases SET facets = facets || '{"topic": "council"}' WHERE path = 'complaint' AND facets->>'topic' = 'tax'`,
    );
    await desk.rows(
      `INSERT INTO figure_events (id, case_id) SELECT gen_random_uuid(), id FROM cases WHERE path = 'complaint'`,
    );
    const waiting = await desk.rows('SELECT 1 FROM figure_events');
    // Whoever counts waits here for the end of this transaction, and is killed while it waits.
    await desk.rows('BEGIN');
    await desk.rows('LOCK TABLE figure_cells IN ACCESS EXCLUSIVE MODE');
    const counting = counter().runOnce();
    const failed = expect(counting).rejects.toThrow();
    await until('it was at the cells, and was killed there', async () => {
      const killed = await desk.rows(
        `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted AND relation = 'figure_cells'::regclass`,
      );
      return killed.length > 0;
    });
    await failed;
    await desk.rows('COMMIT');
    expect(await desk.rows('SELECT 1 FROM figure_events')).toHaveLength(waiting.length);
    await counter().runOnce();
    expect(sorted(await cells())).toEqual(sorted(await recounted(rows)));
  });

  it('are left alone by a server of another version that was there before', async () => {
    const older = counter();
    await older.runOnce();
    await desk.rows(`UPDATE figure_states SET version = 'newer'`);
    await desk.rows(
      `INSERT INTO figure_events (id, case_id) SELECT gen_random_uuid(), id FROM cases WHERE path = 'complaint' LIMIT 1`,
    );
    expect(await older.runOnce()).toBe(0);
    expect(await desk.rows('SELECT 1 FROM figure_events')).toHaveLength(1);
    // A server that starts with another version than that of the figures counts them anew.
    await counter().runOnce();
    expect(sorted(await cells())).toEqual(sorted(await recounted(rows)));
  });
});

describe('servers that start together', () => {
  it('begin anew once, and go on from where the other one is', async () => {
    await desk.rows(`
      CREATE TABLE begun (at timestamptz);
      CREATE FUNCTION note_begun() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
        BEGIN INSERT INTO public.begun VALUES (now()); RETURN NEW; END $$;
      CREATE TRIGGER note_begun AFTER UPDATE ON figure_states
        FOR EACH ROW WHEN (NEW.rebuilt = 0) EXECUTE FUNCTION note_begun();
      UPDATE figure_states SET version = 'older'`);
    await Promise.all([counter().runOnce(), counter().runOnce(), counter().runOnce()]);
    expect(await desk.rows('SELECT at FROM begun')).toHaveLength(1);
    expect(sorted(await cells())).toEqual(sorted(await recounted(rows)));
    await desk.rows('DROP TRIGGER note_begun ON figure_states; DROP FUNCTION note_begun(); DROP TABLE begun');
  });
});

describe('the nightly count', () => {
  const alarms = (): Promise<{ subject: string }[]> =>
    desk.rows(`SELECT subject FROM audit_entries WHERE action = 'figures.differ' ORDER BY happened_at`);
  const month = `${todayInAuckland().slice(0, 7)}-01`;

  it('finds nothing where figures are right, also while something waits to be counted', async () => {
    await desk.rows(`UPDATE cases SET facets = facets || '{"topic": "charity"}' WHERE facets->>'topic' = 'council'`);
    await desk.rows(
      `INSERT INTO figure_events (id, case_id) SELECT gen_random_uuid(), id FROM cases WHERE facets->>'topic' = 'charity'`,
    );
    expect(await counter().recountOnce()).toEqual({ facts: 0, cells: 0 });
    await counter().runOnce();
    expect(await counter().recountOnce()).toEqual({ facts: 0, cells: 0 });
    expect(await alarms()).toEqual([]);
  });

  it('sounds the alarm where a cell was changed', async () => {
    await desk.rows(`UPDATE figure_cells SET n = n + 1 WHERE cube = 'topic' AND agency = '*' AND month = $1`, [month]);
    const found = await counter().recountOnce();
    expect(found.cells).toBeGreaterThan(0);
    expect(found.facts).toBe(0);
    expect(await alarms()).toEqual([{ subject: `facts.0.cells.${found.cells.toString()}` }]);
    expect(await desk.rows('SELECT differences FROM figure_states')).toEqual([{ differences: found.cells }]);
  });

  it('sounds the alarm where a complaint was changed behind the back of the figures', async () => {
    await counter().rebuild();
    await desk.rows(
      `UPDATE cases SET facets = facets || '{"topic": "election"}'
        WHERE id = (SELECT id FROM cases WHERE path = 'complaint' AND whole_id IS NULL AND lodged_on >= $1 AND facets->>'topic' <> 'election' ORDER BY id LIMIT 1)`,
      [month],
    );
    expect(await counter().recountOnce()).toEqual({ facts: 1, cells: 0 });
    expect(await alarms()).toHaveLength(2);
  });

  it('is done once a day by whoever counts', async () => {
    await counter().rebuild();
    const figures = counter();
    const [state] = await desk.rows<{ on: string | null }>('SELECT recounted_on::text AS on FROM figure_states');
    expect(state?.on).toBeNull();
    await figures.runOnce();
    expect(await desk.rows('SELECT recounted_on::text AS on FROM figure_states')).toEqual([{ on: todayInAuckland() }]);
    await desk.rows(`UPDATE figure_cells SET n = n + 1 WHERE cube = 'topic'`);
    await figures.runOnce();
    expect(await desk.rows('SELECT differences FROM figure_states')).toEqual([{ differences: 0 }]);
    await figures.runOnce(new Date(Date.now() + 30 * 3_600_000));
    const [after] = await desk.rows<{ differences: number }>('SELECT differences FROM figure_states');
    expect(after?.differences).toBeGreaterThan(0);
  });
});

function withoutEmpty(rows: readonly object[]): object[] {
  return rows.filter((row) => !('n' in row) || row.n !== '0');
}
