import type { Client } from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchStand } from './bench-stand.js';
import { round } from './latencies.js';
import { load, say, usageOf } from './machine.js';

/** What became of the acknowledged cases. */
export interface Drained {
  /** Acknowledged cases that are not there, or not placed exactly once. */
  readonly wrong: number;
  readonly placedPerSecond: number;
  readonly jobsPerSecond: number;
  readonly workerPeakMiB: number | null;
}

interface Left {
  readonly jobs: number;
  readonly toPlace: number;
  readonly dead: number;
}

/** Longest time without a job done before the drain is given up. */
const PATIENCE_MS = 60_000;

/** Starts a worker, waits until the outbox is empty, and looks at every acknowledged case. */
export async function drainAndVerify(
  stand: BenchStand,
  acknowledged: readonly { readonly id: string; readonly reference: string }[],
): Promise<Drained> {
  return stand.asOwner(async (client) => {
    const first = await left(client);
    const began = performance.now();
    const worker = await stand.serve('worker');
    let placedAfter: number | undefined;
    let [now, moved] = [first, performance.now()];
    while (now.jobs > 0) {
      await sleep(250);
      const then = now;
      now = await left(client);
      if (now.toPlace === 0) placedAfter ??= performance.now() - began;
      if (now.jobs !== then.jobs) moved = performance.now();
      if (performance.now() - moved > PATIENCE_MS) throw new Error('The worker has stopped doing jobs.');
    }
    const took = performance.now() - began;
    const memory = usageOf(worker.process);
    await worker.stop();
    const wrong = await countWrong(client, acknowledged);
    // Each case is two jobs: to place it, and to tell its agency.
    const jobs = first.toPlace * 2;
    const placedPerSecond = round((first.toPlace * 1000) / (placedAfter ?? took));
    const jobsPerSecond = round((jobs * 1000) / took);
    say(
      `worker       ${jobs.toString()} jobs in ${(took / 1000).toFixed(1)} s: ${jobsPerSecond.toString()} a second, ` +
        `cases placed ${placedPerSecond.toString()} a second (load average ${load()})`,
    );
    if (memory) say(`             ${memory.resident.toString()} MiB resident, at most ${memory.peak.toString()}`);
    say(
      `acknowledged ${acknowledged.length.toString()} cases, of which missing or not placed exactly once: ${wrong.toString()}`,
    );
    return { wrong: wrong + now.dead, placedPerSecond, jobsPerSecond, workerPeakMiB: memory?.peak ?? null };
  });
}

async function left(client: Client): Promise<Left> {
  const { rows } = await client.query<Left>(
    `SELECT count(*) FILTER (WHERE dead_at IS NULL)::int AS jobs,
            count(*) FILTER (WHERE dead_at IS NULL AND name = 'place_case')::int AS "toPlace",
            count(*) FILTER (WHERE dead_at IS NOT NULL)::int AS dead
       FROM outbox WHERE case_id IS NOT NULL`,
  );
  return rows[0] ?? { jobs: 0, toPlace: 0, dead: 0 };
}

async function countWrong(
  client: Client,
  acknowledged: readonly { readonly id: string; readonly reference: string }[],
): Promise<number> {
  const { rows } = await client.query<{ wrong: number }>(
    `SELECT count(*)::int AS wrong
       FROM unnest($1::uuid[], $2::text[]) AS a (id, reference)
       LEFT JOIN cases c ON c.id = a.id AND c.reference = a.reference
      WHERE c.status IS DISTINCT FROM 'placed'
         OR (SELECT count(*) FROM case_events e WHERE e.case_id = a.id AND e.kind = 'placed') <> 1
         OR (SELECT count(*) FROM case_items i WHERE i.case_id = a.id) <> 1
         OR (SELECT count(*) FROM clocks k WHERE k.case_id = a.id) <> 1`,
    [acknowledged.map(({ id }) => id), acknowledged.map(({ reference }) => reference)],
  );
  return rows[0]?.wrong ?? acknowledged.length;
}
