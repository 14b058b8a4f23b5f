import type { EntityManager } from 'typeorm';
import { countFrom, type CountingWorld } from './count-cases.js';
import { cellsOf } from './cells-of-facts.js';
import { recordKeyOf } from './facts-of-cases.js';

const NO_ID = '00000000-0000-0000-0000-000000000000';

const CELLS_OF_THE_GONE = `INSERT INTO figure_cells (cube, agency, month, code, n, keys) ${cellsOf('figure_facts')}`;

/** Complaints looked at in one transaction. */
const PAGE = 5_000;

/** How far counting everything anew is. */
export interface RebuildProgress {
  readonly done: number;
  /** About how many there are: what PostgreSQL estimates. */
  readonly of: number;
}

/**
 * Forgets every figure and begins to count from nothing, in the caller's transaction. What waits to be counted may stay: counted
 * twice it is counted once. Complaints that are gone keep counting as what they last were. Nobody else may count meanwhile.
 *
 * @param version of the cubes and their key that is counted by from now on
 */
export async function beginRebuild(
  manager: EntityManager,
  { keys }: Pick<CountingWorld, 'keys'>,
  version: string,
): Promise<void> {
  await manager.query('DELETE FROM figure_cells');
  await manager.query('DELETE FROM figure_facts f WHERE EXISTS (SELECT FROM cases c WHERE c.id = f.case_id)');
  await manager.query(`UPDATE figure_facts SET record_key = ${recordKeyOf('case_id')}`, [...keys.recordKeyPads]);
  await manager.query(CELLS_OF_THE_GONE);
  await manager.query(
    `UPDATE figure_states
        SET version = $1, rebuilding_after = $2, rebuilt = 0, differences = 0, recounted_on = NULL,
            rebuilding_of = greatest(0, (SELECT reltuples FROM pg_class WHERE oid = 'cases'::regclass))`,
    [version, NO_ID],
  );
}

/**
 * Counts the next page of complaints, in the caller's transaction, which also holds how far it is: what is killed in the
 * middle goes on from the last page that was committed. Nobody else may count meanwhile.
 *
 * @returns how far it is; null when all is counted, or nothing was begun
 */
export async function rebuildPage(manager: EntityManager, world: CountingWorld): Promise<RebuildProgress | null> {
  const [state] = await manager.query<{ after: string | null }[]>(
    'SELECT rebuilding_after AS after FROM figure_states',
  );
  if (!state?.after) return null;
  const page = await countFrom(manager, world, state.after, PAGE);
  if (!page) {
    await manager.query(`UPDATE figure_states SET rebuilding_after = NULL, rebuilding_of = NULL, rebuilt = NULL`);
    return null;
  }
  const [rows] = await manager.query<[{ done: string; of: string }[], number]>(
    `UPDATE figure_states SET rebuilding_after = $1, rebuilt = rebuilt + $2 RETURNING rebuilt AS done, rebuilding_of AS of`,
    [page.last, page.lookedAt],
  );
  const [{ done, of } = { done: '0', of: '0' }] = rows;
  return { done: Number(done), of: Math.max(Number(of), Number(done)) };
}
