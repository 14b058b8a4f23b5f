import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { Database } from '../../config/database.js';
import { loadDirectory } from '../../src/agencies/directory.js';
import { JobRegistry } from '../../src/queue/job-registry.js';
import { runJob } from '../../src/queue/run-job.js';
import { loadFacetCatalogue } from '../../src/routing/facets.js';
import { loadRuleset } from '../../src/routing/ruleset.js';
import { decisionsPerSecond } from '../routing/proof/walk-rate.js';
import { Log } from '../../src/web/log.js';
import { findRedisServer, startRedis } from '../support/redis.js';
import { openBenchAgency } from './bench-agency.js';
import { AGENCY, FACETS, type BenchStand, type Found, type Server } from './bench-stand.js';
import { ask } from './child-messages.js';
import { latenciesOf, round, type Latencies } from './latencies.js';
import type { LodgerLoad, LodgerResult, LodgerRun } from './lodger.js';
import { load, say, usageOf } from './machine.js';
import { fillToPlace } from './many-cases.js';
import { sealedPool } from './sealed-pool.js';

const RATES = [1, 10, 100] as const;
const SECONDS = Number(process.env.BENCH_SECONDS ?? 20);
/** Each case is two jobs: to place it, and to tell its agency. */
const BACKLOG = Number(process.env.BENCH_BACKLOG ?? 20_000) / 2;
const DIRECT = Math.min(2_000, BACKLOG);
const WORKERS = [1, 2, 4] as const;
const DECISIONS_GOAL = 100_000;
const PATIENCE_MS = 120_000;

/**
 * From the committed lodging to the agency's inbox, at three rates and on both backends of the queue; then a backlog
 * worked off by one, two and four workers, beside the same work done without any queue. The server keeps days and no
 * times, so triggers of the bench write down when each commit happened.
 */
export async function benchRoute(stand: BenchStand): Promise<Found> {
  const directory = loadDirectory();
  const catalogue = loadFacetCatalogue();
  const decisions = decisionsPerSecond(loadRuleset(directory, catalogue), directory, catalogue, 3);
  say(`rules       ${decisions.toString()} decisions a second on one core`);

  const count = RATES.reduce((sum, rate) => sum + rate * SECONDS, 0) * 2 + 100;
  const pool = await sealedPool(stand, AGENCY, count);
  await stand.prepare((app) => openBenchAgency(app, AGENCY, pool.key));
  await stand.asOwner(noteMoments);

  const backends = await backendsOf(stand);
  const latencies: Record<string, unknown> = {};
  let from = 0;
  for (const [name, url] of backends) {
    stand.queueUrl = url;
    const measured = await latenciesAt(stand, pool.file, from);
    from += RATES.reduce((sum, rate) => sum + rate * SECONDS, 0) + 50;
    latencies[name] = measured;
  }

  await stand.copyDatabase('backlog');
  await stand.asOwner((client) => fillToPlace(client, AGENCY, BACKLOG), 'backlog');
  const direct = await directly(stand);
  say(`directly    ${round(direct).toString()} cases placed a second by one process without a queue`);
  const drains: Record<string, unknown> = {};
  let best = 0;
  for (const [name, url] of backends) {
    stand.queueUrl = url;
    const rates: number[] = [];
    for (const workers of WORKERS) {
      const rate = await drain(stand, workers);
      rates.push(rate);
      const speedUp = round(rate / (rates[0] ?? rate));
      say(
        `${name.padEnd(12)}${(BACKLOG * 2).toString()} jobs by ${workers.toString()} workers: ${round(rate).toString()} a second, ` +
          `speed-up ${speedUp.toString()} (load average ${load()})`,
      );
    }
    drains[name] = Object.fromEntries(WORKERS.map((workers, at) => [workers, round(rates[at] ?? 0)]));
    best = Math.max(best, ...rates);
  }
  stand.queueUrl = undefined;
  const ratio = round(best / 2 / direct);
  return {
    met: decisions >= DECISIONS_GOAL,
    ratio,
    decisionsPerSecond: decisions,
    latencies,
    directPlacedPerSecond: round(direct),
    drains,
  };
}

async function backendsOf(stand: BenchStand): Promise<Map<string, string | undefined>> {
  const backends = new Map<string, string | undefined>([['postgresql', undefined]]);
  const program = findRedisServer();
  if (program === undefined) {
    say('redis       there is no redis-server here: that backend is not measured');
    return backends;
  }
  const redis = await startRedis(program);
  stand.owns(() => redis.stop());
  return backends.set('redis', redis.url);
}

/** Runs with the owner's rights, in the transaction that is being committed: as near to the commit as a trigger gets. */
async function noteMoments(client: Client): Promise<void> {
  await client.query(`
    CREATE TABLE moments (case_id uuid NOT NULL, what text NOT NULL, at timestamptz NOT NULL);
    CREATE FUNCTION note_case() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
      BEGIN INSERT INTO moments VALUES (NEW.id, NEW.status, clock_timestamp()); RETURN NULL; END $$;
    CREATE FUNCTION note_mail() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
      BEGIN INSERT INTO moments VALUES (NEW.case_id, 'told', clock_timestamp()); RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER note_lodged AFTER INSERT ON cases
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note_case();
    CREATE CONSTRAINT TRIGGER note_placed AFTER UPDATE ON cases
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status = 'placed') EXECUTE FUNCTION note_case();
    CREATE CONSTRAINT TRIGGER note_told AFTER INSERT ON notices
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.case_id IS NOT NULL AND NEW.state = 'sent')
      EXECUTE FUNCTION note_mail();`);
}

async function latenciesAt(stand: BenchStand, file: string, from: number): Promise<object> {
  const web = await stand.serve('web');
  const worker = await stand.serve('worker');
  const lodger = stand.fork('lodger.ts');
  const most = RATES.reduce((sum, rate) => sum + rate * SECONDS, 0) + 50;
  const requests = { origin: web.publicOrigin, file, facets: FACETS, from, to: from + most };
  await ask(lodger, { load: requests } satisfies LodgerLoad);
  // Until code is compiled and pools are filled.
  await ask<LodgerResult>(lodger, { run: { connections: 4, seconds: 2, perSecond: 10 } } satisfies LodgerRun);
  await settled(stand);
  const found: Record<string, { placed: Latencies; told: Latencies }> = {};
  for (const perSecond of RATES) {
    await stand.asOwner((client) => client.query('TRUNCATE moments'));
    const run = { connections: 16, seconds: SECONDS, perSecond };
    const { count, errors } = await ask<LodgerResult>(lodger, { run } satisfies LodgerRun);
    if (Object.keys(errors).length > 0) throw new Error(`Not every lodging was taken: ${JSON.stringify(errors)}`);
    await settled(stand);
    const placed = await waits(stand, 'placed');
    const told = await waits(stand, 'told');
    found[perSecond.toString()] = { placed, told };
    say(
      `${(stand.queueUrl === undefined ? 'postgresql' : 'redis').padEnd(12)}${perSecond.toString()} a second (${count.toString()} cases): in the inbox ` +
        `after p50 ${placed.p50.toString()} ms, p99 ${placed.p99.toString()} ms; agency told after p50 ${told.p50.toString()} ms, p99 ${told.p99.toString()} ms`,
    );
  }
  lodger.disconnect();
  await Promise.all([web.stop(), worker.stop()]);
  return found;
}

async function waits(stand: BenchStand, what: 'placed' | 'told'): Promise<Latencies> {
  const { rows } = await stand.asOwner((client) =>
    client.query<{ ms: number }>(
      `SELECT (extract(epoch FROM b.at - a.at) * 1000)::float8 AS ms
         FROM moments a JOIN moments b USING (case_id) WHERE a.what = 'lodged' AND b.what = $1`,
      [what],
    ),
  );
  return latenciesOf(rows.map(({ ms }) => ms));
}

/** Waits until nothing of a case is left to be done. */
async function settled(stand: BenchStand, database = 'onedoor'): Promise<void> {
  await stand.asOwner(async (client) => {
    let [last, moved] = [-1, performance.now()];
    for (;;) {
      const { rows } = await client.query<{ left: number }>(
        `SELECT count(*)::int AS left FROM outbox WHERE case_id IS NOT NULL AND dead_at IS NULL`,
      );
      const left = rows[0]?.left ?? 0;
      if (left === 0) return;
      if (left !== last) [last, moved] = [left, performance.now()];
      if (performance.now() - moved > PATIENCE_MS) throw new Error('The workers have stopped doing jobs.');
      await sleep(100);
    }
  }, database);
}

/** Cases placed a second by the same verb in the same transactions, as many at once as one worker does, without a queue. */
async function directly(stand: BenchStand): Promise<number> {
  await stand.asOwner((client) => client.query('CREATE DATABASE direct TEMPLATE backlog'), 'postgres');
  const rate = await stand.prepare(async (app) => {
    const tools = { database: app.get(Database), registry: app.get(JobRegistry), log: app.get(Log) };
    const ids = await tools.database.asActor({ kind: 'system', name: 'bench' }, (manager) =>
      manager.query<{ id: string }[]>(`SELECT id FROM outbox WHERE name = 'place_case' LIMIT $1`, [DIRECT]),
    );
    const began = performance.now();
    const work = async (): Promise<void> => {
      for (let one = ids.pop(); one; one = ids.pop()) {
        await runJob(tools, 'routing', { id: one.id, name: 'place_case', attemptsMade: 0, opts: {} });
      }
    };
    await Promise.all(Array.from({ length: 6 }, work));
    return (DIRECT * 1000) / (performance.now() - began);
  }, 'direct');
  await stand.dropDatabase('direct');
  return rate;
}

/** Jobs a second of a backlog, from the moment the workers are started. */
async function drain(stand: BenchStand, workers: number): Promise<number> {
  await stand.asOwner((client) => client.query('CREATE DATABASE drained TEMPLATE backlog'), 'postgres');
  const began = performance.now();
  const running: Server[] = await Promise.all(Array.from({ length: workers }, () => stand.serve('worker', 'drained')));
  await settled(stand, 'drained');
  const seconds = (performance.now() - began) / 1000;
  const used = running.map(({ process: child }) => usageOf(child)?.cpu ?? 0).reduce((sum, cpu) => sum + cpu, 0);
  say(`            ${round(used / 1000 / seconds).toString()} cores used by ${workers.toString()} workers`);
  await Promise.all(running.map((worker) => worker.stop()));
  const { rows } = await stand.asOwner(
    (client) =>
      client.query<{ wrong: number }>(
        `SELECT count(*)::int AS wrong FROM cases c
          WHERE c.status <> 'placed'
             OR (SELECT count(*) FROM case_events e WHERE e.case_id = c.id AND e.kind = 'placed') <> 1
             OR (SELECT count(*) FROM notices n WHERE n.case_id = c.id AND n.state = 'sent') <> 1`,
      ),
    'drained',
  );
  if (rows[0]?.wrong !== 0) throw new Error(`${String(rows[0]?.wrong)} cases were not placed and told exactly once.`);
  await stand.dropDatabase('drained');
  return (BACKLOG * 2) / seconds;
}
