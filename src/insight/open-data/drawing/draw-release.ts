import type { EntityManager } from 'typeorm';
import { JobFailure } from '../../../queue/job-failure.js';
import { discreteLaplace } from '../discrete-laplace.js';
import { exactEpsilon } from '../epsilon.js';
import { parsePeriod, type Period } from '../periods.js';
import type { DatasetId, DatasetSpec, TableSpec } from '../table-spec.js';
import type { TrueCell, TrueCounts } from './true-counts.js';

/** The first draw of a table, and the last: a second one would cost as much again, and the budget has no more. */
const DRAW = 1;

const STORE = `
  INSERT INTO open_data_draws (dataset, period, table_name, draw, codes, value)
  SELECT $1, $2, $3, $4, ARRAY(SELECT c.code FROM jsonb_array_elements_text(d.cell->'codes') WITH ORDINALITY c (code, at) ORDER BY c.at),
         (d.cell->>'value')::integer
    FROM jsonb_array_elements($5::jsonb) d (cell)`;

/**
 * Draws the figures of an approved release, in the caller's transaction: what they cost comes into the ledger, each cell gets
 * noise of its own, and the release goes on. All of it happens or nothing does. What was drawn for the period before is not
 * drawn again: the release has those figures, and costs nothing. Run twice it comes to the same.
 *
 * @param id of the release
 * @param count what is true of the period; asked for only where it is drawn now
 * @param today YYYY-MM-DD
 * @throws {JobFailure} `ledger_torn`, for good, where some tables were drawn and others not
 */
export async function drawRelease(
  manager: EntityManager,
  id: string,
  dataset: DatasetSpec,
  count: (period: Period) => Promise<TrueCounts>,
  today: string,
): Promise<void> {
  const [release] = await manager.query<{ period: string }[]>(
    `SELECT period FROM open_data_releases WHERE id = $1 AND dataset = $2 AND state = 'approved' FOR UPDATE`,
    [id, dataset.id],
  );
  if (!release) return;
  const period = parsePeriod(release.period);
  const drawn = await drawnTables(manager, dataset.id, period);
  if (drawn.length === 0) {
    const counts = await count(period);
    for (const table of dataset.tables) await drawTable(manager, dataset, period, table, counts, today);
  } else if (drawn.length !== dataset.tables.length) {
    throw new JobFailure('ledger_torn', { permanent: true });
  }
  await manager.query(`UPDATE open_data_releases SET state = 'drawn' WHERE id = $1`, [id]);
}

/** Whether a period was drawn before, so that a release of it takes those figures. */
export async function wasDrawn(manager: EntityManager, dataset: DatasetId, period: Period): Promise<boolean> {
  return (await drawnTables(manager, dataset, period)).length > 0;
}

function drawnTables(manager: EntityManager, dataset: DatasetId, { text }: Period): Promise<unknown[]> {
  return manager.query<unknown[]>('SELECT table_name FROM privacy_ledger WHERE dataset = $1 AND period = $2', [
    dataset,
    text,
  ]);
}

async function drawTable(
  manager: EntityManager,
  { id }: DatasetSpec,
  { text }: Period,
  table: TableSpec,
  counts: TrueCounts,
  today: string,
): Promise<void> {
  const of = [id, text, table.name, DRAW];
  const known = counts.cells(table.name);
  // Paid for first: what the budget refuses is never drawn.
  await manager.query('SELECT spend_epsilon($1, $2, $3, $4, $5, $6, $7)', [...of, known.length, table.epsilon, today]);
  const epsilon = exactEpsilon(table.epsilon);
  const cells = known.map(({ codes, count }: TrueCell) => ({
    codes,
    value: (count + discreteLaplace(epsilon)).toString(),
  }));
  await manager.query(STORE, [...of, JSON.stringify(cells)]);
}
