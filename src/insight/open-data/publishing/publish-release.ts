import type { EntityManager } from 'typeorm';
import { JobFailure } from '../../../queue/job-failure.js';
import type { Datasets } from '../datasets.js';
import { describeFile } from '../files/checksums.js';
import type { Release } from '../files/release.js';
import { writeRelease } from '../files/write-release.js';
import { parsePeriod } from '../periods.js';
import type { DatasetId, DrawnCell, DrawnTable } from '../table-spec.js';
import { asDrawn } from './as-drawn.js';

/** What the files of every release have in common. */
export interface Publishing extends Pick<Release, 'publisher' | 'baseUrl' | 'attacks'> {
  readonly datasets: Datasets;
}

/**
 * Writes the files of a release whose figures are drawn, stores them and publishes them, in the caller's transaction: all of
 * it happens or nothing does. Runs as `open_data`, which sees what was drawn and nothing of what is true. Run twice it comes
 * to the same.
 *
 * @param id of the release
 * @param today YYYY-MM-DD, the day that the files bear
 * @throws {JobFailure} for good: `ledger_torn` where there are not as many draws as the ledger says, `tables_changed` where the
 *   period was drawn in other tables than are declared by now
 */
export async function publishRelease(
  manager: EntityManager,
  id: string,
  { datasets, publisher, baseUrl, attacks }: Publishing,
  today: string,
): Promise<void> {
  const [found] = await manager.query<{ dataset: DatasetId; period: string; number: number }[]>(
    `SELECT dataset, period, number FROM open_data_releases WHERE id = $1 AND state = 'drawn' FOR UPDATE`,
    [id],
  );
  if (!found) return;
  const tables = await readDraws(manager, found.dataset, found.period);
  await requireWhole(manager, found.dataset, found.period, tables);
  const files = filesOf({
    publisher,
    baseUrl,
    attacks,
    dataset: asDrawn(datasets[found.dataset], tables),
    period: parsePeriod(found.period),
    number: found.number,
    releasedOn: today,
    tables,
  });
  for (const file of files) {
    const { name, mediaType, bytes, sha256 } = describeFile(file);
    await manager.query(
      `INSERT INTO open_data_files (release_id, name, media_type, bytes, sha256, body) VALUES ($1, $2, $3, $4, $5, $6)`,
      [id, name, mediaType, bytes, sha256, Buffer.from(file.body)],
    );
  }
  await manager.query(`UPDATE open_data_releases SET state = 'published', published_on = $2 WHERE id = $1`, [
    id,
    today,
  ]);
}

/** What was drawn for a period, by table, cells in any order. */
export async function readDraws(
  manager: EntityManager,
  dataset: DatasetId,
  period: string,
): Promise<readonly DrawnTable[]> {
  const rows = await manager.query<{ table: string; codes: string[]; value: number }[]>(
    `SELECT table_name AS table, codes, value FROM open_data_draws WHERE dataset = $1 AND period = $2`,
    [dataset, period],
  );
  const tables = new Map<string, DrawnCell[]>();
  for (const { table, codes, value } of rows) {
    const cells = tables.get(table) ?? [];
    cells.push({ codes, countNoisy: value });
    tables.set(table, cells);
  }
  return [...tables].map(([table, cells]) => ({ table, cells }));
}

/* The codes of a table are read off its draws: that one is missing, or was added to what was paid for, shows here alone. */
async function requireWhole(
  manager: EntityManager,
  dataset: DatasetId,
  period: string,
  drawn: readonly DrawnTable[],
): Promise<void> {
  const paid = await manager.query<{ table: string; cells: number }[]>(
    `SELECT table_name AS table, cells FROM privacy_ledger WHERE dataset = $1 AND period = $2`,
    [dataset, period],
  );
  const found = new Map(drawn.map(({ table, cells }) => [table, cells.length]));
  if (paid.length !== found.size || paid.some(({ table, cells }) => found.get(table) !== cells))
    throw new JobFailure('ledger_torn', { permanent: true });
}

function filesOf(release: Release): ReturnType<typeof writeRelease> {
  try {
    return writeRelease(release);
  } catch (error) {
    // A period that was drawn in other tables than today: its first release stays as it is.
    if (error instanceof RangeError) throw new JobFailure('tables_changed', { permanent: true });
    throw error;
  }
}
