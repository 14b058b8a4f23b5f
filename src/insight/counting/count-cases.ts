import type { EntityManager } from 'typeorm';
import type { FigureKeys } from '../cubes/figure-keys.js';
import { CELLS_OF_CHANGE, withTotals } from './cells-of-facts.js';
import { FACT_COLUMNS, factsOf } from './facts-of-cases.js';

/** What a count needs to know that is in no table. */
export interface CountingWorld {
  readonly keys: FigureKeys;
  /** The operator's desk, which hands on by trade. */
  readonly triageAgency: string;
}

const COLUMNS = FACT_COLUMNS.join(', ');
const AS_BEFORE = FACT_COLUMNS.map((column) => `w.${column} AS was_${column}`).join(', ');

/* One row by its key each: a join would be planned for how few facts there are at the very beginning, and be slow ever after. */
const AS_COUNTED = `(SELECT case_id, ${COLUMNS} FROM figure_facts f WHERE f.case_id = n.case_id OFFSET 0)`;

/**
 * SQL: counts complaints anew. Where they stand in another cell than before they are taken off the one and put on the other, in
 * signed sums by cell; a complaint that stands as it stood changes nothing. A complaint that is gone keeps counting.
 */
function countAnew(which: string): string {
  return `
    WITH ${which},
    now_is AS MATERIALIZED (${factsOf('changed w')}),
    moved AS MATERIALIZED (
      SELECT n.*, ${AS_BEFORE} FROM now_is n LEFT JOIN LATERAL ${AS_COUNTED} w ON true WHERE n IS DISTINCT FROM w),
    facts AS (
      INSERT INTO figure_facts (case_id, ${COLUMNS})
      SELECT case_id, ${COLUMNS} FROM moved
      ON CONFLICT (case_id) DO UPDATE SET (${COLUMNS}) = (${FACT_COLUMNS.map((column) => `excluded.${column}`).join(', ')})),
    own AS MATERIALIZED (
      SELECT v.cube, v.agency, v.month, v.code, sum(v.sign) AS n, sum(v.sign * v.key)::bigint AS keys
        FROM moved f CROSS JOIN LATERAL ${CELLS_OF_CHANGE} v GROUP BY 1, 2, 3, 4),
    cells AS (
      INSERT INTO figure_cells (cube, agency, month, code, n, keys)
      SELECT * FROM (${withTotals('own')}) c WHERE n <> 0 OR keys <> 0
      ON CONFLICT (cube, agency, month, code)
        DO UPDATE SET n = figure_cells.n + excluded.n, keys = figure_cells.keys + excluded.keys)`;
}

/*
 * Whatever is there, in no order: there is no last one after which anything could commit unseen. As a list, so that each is
 * found by its key: joined, all that waits would be looked through for each batch.
 */
const COUNT_PENDING = `
  ${countAnew(`taken AS (
    DELETE FROM figure_events WHERE id = ANY (ARRAY(SELECT id FROM figure_events LIMIT $4)) RETURNING case_id),
  changed AS MATERIALIZED (SELECT DISTINCT case_id FROM taken)`)}
  SELECT count(*)::integer AS events FROM taken`;

const COUNT_PAGE = `
  ${countAnew(`changed AS MATERIALIZED (SELECT id AS case_id FROM cases WHERE id > $4 ORDER BY id LIMIT $5)`)}
  SELECT count(*)::integer AS looked_at, (SELECT case_id FROM changed ORDER BY case_id DESC LIMIT 1) AS last FROM changed`;

/**
 * Counts the complaints of which something waits to be counted, and takes what waits away, in the caller's transaction: if it
 * commits both have happened, once. Nobody else may count meanwhile.
 *
 * @param most how many events at most
 * @returns how many events were taken; fewer than `most` when nothing is left
 */
export async function countPending(
  manager: EntityManager,
  { keys, triageAgency }: CountingWorld,
  most: number,
): Promise<number> {
  const [done] = await manager.query<{ events: number }[]>(COUNT_PENDING, [...keys.recordKeyPads, triageAgency, most]);
  return done?.events ?? 0;
}

/**
 * Counts the complaints that follow one another by id anew, in the caller's transaction. Nobody else may count meanwhile.
 *
 * @param after the last id before them
 * @param most how many at most
 * @returns how many there were, and the last of them; null when none is left
 */
export async function countFrom(
  manager: EntityManager,
  { keys, triageAgency }: CountingWorld,
  after: string,
  most: number,
): Promise<{ readonly lookedAt: number; readonly last: string } | null> {
  const [done] = await manager.query<{ looked_at: number; last: string | null }[]>(COUNT_PAGE, [
    ...keys.recordKeyPads,
    triageAgency,
    after,
    most,
  ]);
  return done?.last ? { lookedAt: done.looked_at, last: done.last } : null;
}
