import process from 'node:process';
import { openBenchAgency } from './bench-agency.js';
import { AGENCY, FACETS, type BenchStand, type Found } from './bench-stand.js';
import { ask } from './child-messages.js';
import { drainAndVerify } from './drain.js';
import { round } from './latencies.js';
import { load, say, usageOf } from './machine.js';
import type { LodgerLoad, LodgerResult, LodgerRun } from './lodger.js';
import { recordLodging } from './recorded-lodging.js';
import type { Statement } from './recorded-statements.js';
import type { ReplayResult, ToReplay } from './replayer.js';
import { sealedPool } from './sealed-pool.js';

const CONNECTIONS = 16;
const SECONDS = Number(process.env.BENCH_SECONDS ?? 20);
/** Until code is compiled and pools are filled. */
const WARM_UP_SECONDS = Math.min(4, SECONDS);
/** Submissions that are made ready for each second: more than one web process takes. */
const READY_PER_SECOND = Number(process.env.BENCH_READY ?? 700);
const GOAL = 0.5;
const BASELINE = 'baseline';

/**
 * Lodgings a second through the API against one web process, beside the transactions a second that PostgreSQL takes when
 * the statements of one lodging are replayed without a server: first half of the replay, lodging, second half, so that
 * drift of the machine falls on both. The two write into databases of their own, alike at the start, in one PostgreSQL.
 */
export async function benchLodge(stand: BenchStand): Promise<Found> {
  const count = Math.ceil((SECONDS + WARM_UP_SECONDS) * READY_PER_SECOND);
  const pool = await sealedPool(stand, AGENCY, count);
  say(`sealed      ${count.toString()} submissions, every one by the vault, to be sent once`);

  const statements = await stand.prepare(async (app, origin) => {
    await openBenchAgency(app, AGENCY, pool.key);
    return recordLodging(stand, { origin, file: pool.file, facets: FACETS });
  });
  say(`statements  ${statements.length.toString()} for one lodging, with ${sizeOf(statements)} bytes of parameters`);
  await stand.copyDatabase(BASELINE);

  const web = await stand.serve('web');
  const lodger = stand.fork('lodger.ts');
  const replayer = stand.fork('replayer.ts');
  // The first two were lodged while the statements were recorded.
  const requests = { origin: web.publicOrigin, file: pool.file, facets: FACETS, from: 2, to: count };
  await ask(lodger, { load: requests } satisfies LodgerLoad);
  const lodge = (seconds: number): Promise<LodgerResult> =>
    ask(lodger, { run: { connections: CONNECTIONS, seconds } } satisfies LodgerRun);
  const url = stand.url('application', BASELINE);
  const replay = (seconds: number): Promise<ReplayResult> =>
    ask(replayer, { url, statements, connections: CONNECTIONS, seconds } satisfies ToReplay);

  await replay(WARM_UP_SECONDS);
  const warmUp = await lodge(WARM_UP_SECONDS);
  say(`load average ${load()} before timing; ${CONNECTIONS.toString()} connections`);
  const before = await replay(SECONDS / 2);
  sayRate('baseline', before);
  const idle = usageOf(web.process);
  const timed = await lodge(SECONDS);
  const used = usageOf(web.process);
  sayRate('lodging', timed);
  if (timed.ranOut) say('            the submissions ran out before the time did: set BENCH_READY higher');
  const after = await replay(SECONDS / 2);
  sayRate('baseline', after);
  say(`load average ${load()} after timing`);
  if (idle && used) {
    const each = round((used.cpu - idle.cpu) / timed.count);
    say(
      `web         ${each.toString()} ms of a core for a lodging, where the baseline's client takes ${round(before.cpuEach).toString()}`,
    );
    say(`            ${used.resident.toString()} MiB resident under load, at most ${used.peak.toString()}`);
  }
  await web.stop();

  const acknowledged = [...warmUp.acknowledged, ...timed.acknowledged];
  const errors = { ...warmUp.errors, ...timed.errors };
  if (Object.keys(errors).length > 0) say(`errors      ${JSON.stringify(errors)}`);
  const drained = await drainAndVerify(stand, acknowledged);
  const baseline = (before.count + after.count) / (before.seconds + after.seconds);
  const ratio = round(timed.perSecond / baseline);
  return {
    met: ratio >= GOAL && Object.keys(errors).length === 0 && drained.wrong === 0,
    ratio,
    lodgingsPerSecond: round(timed.perSecond),
    baselinePerSecond: round(baseline),
    seconds: round(timed.seconds),
    ...timed.latencies,
    errors,
    acknowledged: acknowledged.length,
    webPeakMiB: used?.peak ?? null,
    ...drained,
  };
}

function sayRate(name: string, { perSecond, seconds, latencies }: ReplayResult | LodgerResult): void {
  const { p50, p99 } = latencies;
  say(
    `${name.padEnd(12)}${perSecond.toFixed(0).padStart(5)} a second for ${seconds.toFixed(1)} s, ` +
      `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`,
  );
}

function sizeOf(statements: readonly Statement[]): string {
  const size = (value: unknown): number => {
    if (Array.isArray(value)) return value.reduce<number>((sum, one) => sum + size(one), 0);
    if (value instanceof Uint8Array) return value.length;
    return typeof value === 'string' ? Buffer.byteLength(value) : 0;
  };
  return statements.reduce((sum, { values }) => sum + size(values), 0).toString();
}
