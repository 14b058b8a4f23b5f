import { monthsAfter } from '../../src/clocks/months.js';
import { randomUUID } from 'node:crypto';
import { loadDirectory } from '../../src/agencies/directory.js';
import { todayInAuckland } from '../../src/clocks/calendar.js';
import { monthOf } from '../../src/insight/cubes/months.js';
import { periodOfDay, type Period } from '../../src/insight/open-data/periods.js';
import { Publication } from '../../src/insight/open-data/publishing/publication.js';
import { ReleaseWorks } from '../../src/insight/open-data/publishing/release-works.js';
import type { DatasetId } from '../../src/insight/open-data/table-spec.js';
import type { BenchStand } from './bench-stand.js';
import type { Sized } from './figures-pages.js';
import { round } from './latencies.js';
import { say } from './machine.js';

/** The last quarter that is over. */
export function lastQuarter(): Period {
  return periodOfDay('quarter', monthsAfter(monthOf(todayInAuckland()), -3));
}

/**
 * Seconds that bringing out an approved release takes, of each dataset: what a worker does about it, from counting the
 * period a second time over drawing noise for every cell to storing the files. There are no disclosures.
 */
export async function measureReleases(
  stand: BenchStand,
  { size, name, server }: Sized,
): Promise<Record<string, number>> {
  const { database, counter, settings } = server;
  const works = new ReleaseWorks(database, loadDirectory(), counter, new Publication(settings));
  const year = (Number(todayInAuckland().slice(0, 4)) - 1).toString();
  const seconds: Record<string, number> = {};
  for (const [dataset, period] of [
    ['complaints', lastQuarter().text],
    ['disclosures', year],
  ] as const) {
    const id = await approve(stand, name, dataset, period);
    const began = performance.now();
    const published = await works.bringOut(id);
    const took = (performance.now() - began) / 1000;
    seconds[dataset] = round(took);
    const [{ files, kib } = { files: 0, kib: 0 }] = await stand.asOwner(async (client) => {
      const { rows } = await client.query<{ files: number; kib: number }>(
        'SELECT count(*)::int AS files, (sum(bytes) / 1024)::int AS kib FROM open_data_files WHERE release_id = $1',
        [id],
      );
      return rows;
    }, name);
    say(
      `release      ${published ?? 'nothing'} of ${size.toString()} complaints: ${files.toString()} files, ${kib.toString()} KiB, in ${took.toFixed(1)} s`,
    );
    if (files === 0) throw new Error('A release came out without files.');
  }
  return seconds;
}

/* As the owner, without the two people whom it takes. */
async function approve(stand: BenchStand, database: string, dataset: DatasetId, period: string): Promise<string> {
  const id = randomUUID();
  await stand.asOwner(async (client) => {
    await client.query('SET session_replication_role = replica');
    await client.query(
      `INSERT INTO open_data_releases (id, dataset, period, number, state, prepared_by, prepared_on, approved_by, approved_on)
       VALUES ($1, $2, $3, 1, 'approved', gen_random_uuid(), current_date, gen_random_uuid(), current_date)`,
      [id, dataset, period],
    );
  }, database);
  return id;
}
