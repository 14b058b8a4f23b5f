import type { INestApplicationContext } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { AgenciesService } from '../../src/agencies/agencies.service.js';
import { AgencyKeysService } from '../../src/agencies/agency-keys.service.js';
import { enrol } from '../../src/demo/open-agency.js';
import { grantAgencyKey } from '../../src/vault/agency-keys.js';
import type { MadeKey } from '../../src/vault/keys.js';
import { type BenchStand, load, memoryOf, say } from './bench-stand.js';
import { ask } from './child-messages.js';
import { drainAndVerify } from './drain.js';
import { round } from './latencies.js';
import type { LodgerLoad, LodgerResult, LodgerRun } from './lodger.js';
import { recordStatements, type Statement } from './recorded-statements.js';
import type { ReplayResult, ToReplay } from './replayer.js';
import { type SealedPool, sealedPool } from './sealed-pool.js';

const CONNECTIONS = 16;
const SECONDS = Number(process.env.BENCH_SECONDS ?? 20);
/** Until code is compiled and pools are filled. */
const WARM_UP_SECONDS = Math.min(4, SECONDS);
/** More than one web process lodges in a second on this kind of machine. */
const MOST_PER_SECOND = Number(process.env.BENCH_POOL ?? 700);
const GOAL = 0.5;
const AGENCY = 'msd';
const BASELINE = 'baseline';

const FACETS = {
  danger: 'none',
  classified: 'no',
  relationship: 'service_user',
  about: AGENCY,
  topic: 'benefit',
  stage: 'not_raised',
  when: 'under_3_months',
  head_implicated: 'no',
  child: 'no',
};

/**
 * Lodgings a second through the API against one web process, beside the transactions a second that PostgreSQL takes when
 * the statements of one lodging are replayed without a server: first half of the replay, lodging, second half, so that
 * drift of the machine falls on both. The two write into databases of their own, alike at the start, in one PostgreSQL.
 */
export async function benchLodge(stand: BenchStand): Promise<{ met: boolean; ratio: number }> {
  const count = Math.ceil((SECONDS + WARM_UP_SECONDS) * MOST_PER_SECOND);
  const pool = await sealedPool(stand, AGENCY, count + 2);
  const statements = await stand.prepare(async (app, origin) => {
    await openAgency(app, pool.key);
    return recordOne(origin, pool);
  });
  await stand.copyDatabase(BASELINE);
  say(`submissions ${count.toString()} really sealed by the vault, each sent once; a statement of 2,000 characters, no name`);
  say(`statements  ${statements.length.toString()} for one lodging, ${sizeOf(statements)}`);

  const web = await stand.serve('web');
  const lodger = stand.fork('lodger.ts');
  const replayer = stand.fork('replayer.ts');
  const skip = 2; // lodged already, while the statements were recorded
  await ask(lodger, { load: { origin: web.publicOrigin, file: pool.file, count, skip, facets: FACETS } } satisfies LodgerLoad);
  const lodge = (seconds: number): Promise<LodgerResult> =>
    ask(lodger, { run: { connections: CONNECTIONS, seconds } } satisfies LodgerRun);
  const replay = (seconds: number): Promise<ReplayResult> =>
    ask(replayer, { url: stand.url('application', BASELINE), statements, connections: CONNECTIONS, seconds } satisfies ToReplay);

  await replay(WARM_UP_SECONDS);
  const warmUp = await lodge(WARM_UP_SECONDS);
  say(`load average ${load()} before timing`);
  const before = await replay(SECONDS / 2);
  sayBaseline('before', before);
  const timed = await lodge(SECONDS);
  const memory = memoryOf(web.process);
  say(
    `lodging      ${timed.perSecond.toFixed(0)} a second for ${timed.seconds.toFixed(1)} s${timed.ranOut ? ' (then no submissions were left)' : ''}, ` +
      `p50 ${timed.latencies.p50.toString()} ms, p99 ${timed.latencies.p99.toString()} ms, errors ${JSON.stringify(timed.errors)}`,
  );
  const after = await replay(SECONDS / 2);
  sayBaseline('after', after);
  say(`load average ${load()} after timing`);
  say(`web process  ${memory ? `${memory.now.toString()} MiB resident, at most ${memory.peak.toString()}` : 'memory unknown'}`);
  await web.stop();

  const acknowledged = [...warmUp.acknowledged, ...timed.acknowledged];
  const drained = await drainAndVerify(stand, acknowledged);
  const baseline = (before.transactions + after.transactions) / (before.transactions / before.perSecond + after.transactions / after.perSecond);
  const errors = [warmUp, timed].flatMap((result) => Object.values(result.errors)).reduce((sum, n) => sum + n, 0);
  const ratio = round(timed.perSecond / baseline);
  return {
    met: ratio >= GOAL && errors === 0 && drained.wrong === 0,
    ratio,
    ...{ lodgingsPerSecond: round(timed.perSecond), baselinePerSecond: round(baseline), seconds: round(timed.seconds) },
    ...{ ...timed.latencies, errors, acknowledged: acknowledged.length },
    ...{ webPeakMiB: memory?.peak ?? null, ...drained },
  };
}
