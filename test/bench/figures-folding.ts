import type { Client } from 'pg';
import { cellsOf } from '../../src/insight/counting/cells-of-facts.js';
import { factsOf } from '../../src/insight/counting/facts-of-cases.js';
import { makeLives } from '../insight/made-lives.js';
import { STEPS, take } from '../insight/made-complaints.js';
import type { BenchStand } from './bench-stand.js';
import { openFiguresServer, type FiguresServer } from './figures-server.js';
import { round } from './latencies.js';
import { load, say } from './machine.js';

const DATABASE = 'folding';

/** What all cells come to, and where they are. */
interface Sums {
  readonly cells: number;
  readonly n: string;
  readonly keys: string;
  readonly places: string;
}
const SUMS = `count(*)::int AS cells, sum(n)::text AS n, sum(keys)::text AS keys,
              sum(n * hashtextextended(concat_ws(' ', cube, agency, month, code), 0)::numeric)::text AS places`;

/** How fast figures keep up. */
export interface FoldingFound {
  /** Events counted a second, as they happen: none of a batch of the same complaint but the first two. */
  readonly eventsPerSecond: number;
  /** The same where all that ever happened to a complaint waits together. */
  readonly backlogPerSecond: number;
  /** Events a second that one GROUP BY sums up into the same cells. */
  readonly ceilingPerSecond: number;
  readonly eventsEach: number;
}

/**
 * Counts the events of so many complaints by the server's own counter, in the order in which they happen: when a complaint
 * is closed it was counted before, lodged and acknowledged. Then all of them again as one backlog. Beside it the ceiling: one
 * SELECT by the owner of the tables that sums the same complaints up into the same cells, stores nothing, and knows
 * nothing of what was counted before.
 */
export async function measureFolding(stand: BenchStand, complaints: number, months: number): Promise<FoldingFound> {
  await stand.copyDatabase(DATABASE);
  const server = await openFiguresServer(stand, DATABASE);
  // Puts the numbers of working days there, and marks the day's second count as done.
  await server.counter.runOnce();
  const found = await stand.asOwner((client) => fold(client, server, complaints, months), DATABASE);
  await server.close();
  await stand.dropDatabase(DATABASE);
  return found;
}

async function fold(
  client: Client,
  { counter, keys }: FiguresServer,
  complaints: number,
  months: number,
): Promise<FoldingFound> {
  const query = async (sql: string, values?: unknown[]): Promise<void> => {
    await client.query(sql, values);
  };
  await makeLives(query, { count: complaints, agencies: 55, months, seed: 0.25 });
  let [events, took] = [0, 0];
  for (const step of STEPS) {
    await take(query, step);
    // As autovacuum would have left it.
    await query('VACUUM ANALYZE cases, case_events, clocks, referrals, figure_events, figure_facts, figure_cells');
    const began = performance.now();
    const counted = await counter.runOnce();
    const ms = performance.now() - began;
    say(
      `folding      ${counted.toString().padStart(7)} events (${step}): ${rate(counted, ms)} (load average ${load()})`,
    );
    events += counted;
    took += ms;
  }
  const totalled = await ceiling(client, keys.recordKeyPads);
  const backlogPerSecond = await foldBacklog(query, counter);
  const { rows } = await client.query<Sums>(`SELECT ${SUMS} FROM figure_cells WHERE n <> 0`);
  if (JSON.stringify(rows[0]) !== JSON.stringify(totalled.sums))
    throw new Error('Folding and the raw GROUP BY did not come to the same cells.');
  const found = {
    eventsPerSecond: round((events * 1000) / took),
    backlogPerSecond: round(backlogPerSecond),
    ceilingPerSecond: round((events * 1000) / totalled.ms),
    eventsEach: round(events / complaints),
  };
  say(
    `folding      ${found.eventsPerSecond.toFixed(0)} events a second as they happen, ` +
      `${found.backlogPerSecond.toFixed(0)} where all ${found.eventsEach.toString()} of a complaint wait together`,
  );
  say(
    `ceiling      ${found.ceilingPerSecond.toFixed(0)} events a second: one SELECT … GROUP BY of the same events into the same ` +
      `${totalled.sums.cells.toString()} cells, which stores nothing`,
  );
  return found;
}

async function foldBacklog(
  query: (sql: string) => Promise<void>,
  counter: { runOnce(): Promise<number> },
): Promise<number> {
  await query('TRUNCATE figure_facts, figure_cells');
  await query('INSERT INTO figure_events (id, case_id) SELECT id, case_id FROM case_events ORDER BY case_id');
  await query('VACUUM ANALYZE figure_events, figure_facts, figure_cells');
  const began = performance.now();
  const counted = await counter.runOnce();
  return (counted * 1000) / (performance.now() - began);
}

async function ceiling(client: Client, pads: readonly Buffer[]): Promise<{ ms: number; sums: Sums }> {
  // So that it is not held up by disk that counting never needs.
  await client.query(`SET work_mem = '256MB'`);
  const began = performance.now();
  const {
    rows: [sums],
  } = await client.query<Sums>(
    `SELECT ${SUMS} FROM (${cellsOf(`(${factsOf('(SELECT DISTINCT case_id FROM case_events) w')})`)}) c`,
    [...pads, 'triage'],
  );
  const ms = performance.now() - began;
  await client.query('RESET work_mem');
  if (!sums) throw new Error('Nothing was summed up.');
  return { ms, sums };
}

function rate(count: number, ms: number): string {
  return `${((count * 1000) / ms).toFixed(0)} a second`;
}
