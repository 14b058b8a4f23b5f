import { openBenchAgency } from './bench-agency.js';
import { AGENCY, FACETS, type BenchStand } from './bench-stand.js';
import { ask } from './child-messages.js';
import { round } from './latencies.js';
import { say } from './machine.js';
import { recordLodging } from './recorded-lodging.js';
import type { ReplayResult, ToReplay } from './replayer.js';
import { sealedPool } from './sealed-pool.js';

const DATABASE = 'lodged';
const CONNECTIONS = 16;

/**
 * Lodgings a second that PostgreSQL takes when the statements of one are replayed without a server: the ceiling that the
 * bench of lodging holds lodging against, and more than any server lodges. Each writes one event to be counted.
 */
export async function measureLodging(stand: BenchStand, seconds: number): Promise<number> {
  await stand.copyDatabase(DATABASE);
  const pool = await sealedPool(stand, AGENCY, 2);
  const statements = await stand.prepare(async (app, origin) => {
    await openBenchAgency(app, AGENCY, pool.key);
    return recordLodging(stand, { origin, file: pool.file, facets: FACETS });
  }, DATABASE);
  const replayer = stand.fork('replayer.ts');
  const url = stand.url('application', DATABASE);
  const replay = (forSeconds: number): Promise<ReplayResult> =>
    ask(replayer, { url, statements, connections: CONNECTIONS, seconds: forSeconds } satisfies ToReplay);
  await replay(Math.min(2, seconds));
  const { perSecond } = await replay(seconds);
  replayer.disconnect();
  await stand.dropDatabase(DATABASE);
  say(
    `lodging      ${perSecond.toFixed(0)} a second: the statements of one lodging, replayed over ${CONNECTIONS.toString()} connections without a server`,
  );
  return round(perSecond);
}
