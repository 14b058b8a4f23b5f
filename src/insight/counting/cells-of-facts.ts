import { ALL_AGENCIES, CUBES, type Cube, type CubeName } from '../cubes/cubes.js';

const CUBES_BY_NAME: readonly (readonly [string, Cube])[] = Object.entries(CUBES);
/** Of all agencies together every hand-over would only say that there was one. */
const WITHOUT_TOTAL: CubeName = 'handed_on';

/* Where a complaint stands in a cube; nowhere, where there is no month. `row` is `f.`, or `f.was_` for what it was before. */
function placeIn({ agency, month, code, onlyOpen }: Cube, row: 'f.' | 'f.was_'): readonly [string, string, string] {
  const at = row + month;
  return [row + agency, onlyOpen ? `CASE WHEN ${row}is_open THEN ${at} END` : at, row + code];
}

/* Both are lists of `<month> <who> <whom, or what they said>`. */
const HANDED_ON = (moves: string): string =>
  `SELECT 'handed_on', split_part(m, ' ', 2), split_part(m, ' ', 1)::date, split_part(m, ' ', 3) FROM unnest(${moves}) m`;
const ASKED = (moves: string): string =>
  `SELECT 'asked', split_part(m, ' ', 2), split_part(m, ' ', 1)::date, split_part(m, ' ', 3) FROM unnest(${moves}) m`;

/* The agencies' cells that a row `f` of `figure_facts` counts in; those of all together come by `withTotals`. */
const CELLS_OF_FACT = `
  (SELECT v.* FROM (VALUES ${CUBES_BY_NAME.map(([name, cube]) => `('${name}', ${placeIn(cube, 'f.').join(', ')})`).join(', ')})
                   v (cube, agency, month, code) WHERE v.month IS NOT NULL
   UNION ALL ${HANDED_ON('f.handed_on')}
   UNION ALL ${ASKED('f.asked')})`;

/**
 * SQL: all cells of facts, each once, as `(cube, agency, month, code, n, keys)`.
 *
 * @param facts name of a FROM item with the columns of `figure_facts`
 * @param which condition on its row `f` and the cell `v`
 */
export function cellsOf(facts: string, which = 'true'): string {
  return `
    WITH own AS MATERIALIZED (
      SELECT v.cube, v.agency, v.month, v.code, count(*) AS n, sum(f.record_key)::bigint AS keys
        FROM ${facts} f CROSS JOIN LATERAL ${CELLS_OF_FACT} v WHERE ${which} GROUP BY 1, 2, 3, 4)
    ${withTotals('own')}`;
}

const PLACES_OF_CHANGE = `
  (VALUES ${CUBES_BY_NAME.map(
    ([name, cube]) => `('${name}', ${[...placeIn(cube, 'f.'), ...placeIn(cube, 'f.was_')].join(', ')})`,
  ).join(', ')}) v (cube, agency, month, code, was_agency, was_month, was_code)`;
const IS_ANOTHER = `((v.agency, v.month, v.code) IS DISTINCT FROM (v.was_agency, v.was_month, v.was_code)
                     OR f.record_key IS DISTINCT FROM f.was_record_key)`;

/* What was there and is there still is taken off and put on; the sums make nothing of it. */
function movesOfChange(moves: (column: string) => string, column: string): string {
  const differ = `f.${column} IS DISTINCT FROM f.was_${column}`;
  return `
    SELECT 1, m.*, f.record_key FROM (${moves(`f.${column}`)}) m WHERE ${differ}
     UNION ALL
    SELECT -1, m.*, f.was_record_key FROM (${moves(`f.was_${column}`)}) m WHERE ${differ}`;
}

/**
 * SQL: what becomes of agencies' cells when a row `f` of `figure_facts`, with what it was before as `was_…` (nulls where it
 * was not), is counted, as `(sign, cube, agency, month, code, key)`. A complaint stands in eleven of them and mostly moves in
 * one or two: the others are left alone. For a CROSS JOIN LATERAL.
 */
export const CELLS_OF_CHANGE = `
  (SELECT 1 AS sign, v.cube, v.agency, v.month, v.code, f.record_key AS key
     FROM ${PLACES_OF_CHANGE} WHERE v.month IS NOT NULL AND ${IS_ANOTHER}
   UNION ALL
   SELECT -1, v.cube, v.was_agency, v.was_month, v.was_code, f.was_record_key
     FROM ${PLACES_OF_CHANGE} WHERE f.was_received_in IS NOT NULL AND v.was_month IS NOT NULL AND ${IS_ANOTHER}
   UNION ALL ${movesOfChange(HANDED_ON, 'handed_on')}
   UNION ALL ${movesOfChange(ASKED, 'asked')})`;

/**
 * SQL: sums by cell, and beside those of each agency those of all together: out of the sums, which are fewer than what was
 * summed up.
 *
 * @param own name of a FROM item `(cube, agency, month, code, n, keys)` with the sums of each agency, bigint
 */
export function withTotals(own: string): string {
  return `
    SELECT cube, agency, month, code, n, keys FROM ${own}
     UNION ALL
    SELECT cube, '${ALL_AGENCIES}', month, code, sum(n)::bigint, sum(keys)::bigint FROM ${own} WHERE cube <> '${WITHOUT_TOTAL}'
     GROUP BY cube, month, code`;
}
