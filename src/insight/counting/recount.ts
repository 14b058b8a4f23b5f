import type { EntityManager } from 'typeorm';
import type { CountingWorld } from './count-cases.js';
import { cellsOf } from './cells-of-facts.js';
import { FACT_COLUMNS, factsOf } from './facts-of-cases.js';

/** What a recount found otherwise than it was counted. */
export interface RecountFound {
  /** Complaints that stand otherwise than they count. */
  readonly facts: number;
  /** Cells that hold another sum than that of their complaints. */
  readonly cells: number;
}

/* Of what waits to be counted nothing can be said yet. */
const factsThatDiffer = (which: string): string => `
  WITH now_is AS MATERIALIZED (${factsOf(`(${which}) w`)}),
  differs AS MATERIALIZED (
    SELECT n.case_id FROM now_is n
      LEFT JOIN LATERAL (SELECT case_id, ${FACT_COLUMNS.join(', ')} FROM figure_facts f
                          WHERE f.case_id = n.case_id OFFSET 0) w ON true
     WHERE n IS DISTINCT FROM w)
  SELECT count(*)::integer AS n FROM differs d WHERE NOT EXISTS (SELECT FROM figure_events e WHERE e.case_id = d.case_id)`;

const SINCE = factsThatDiffer(`
  SELECT id AS case_id FROM cases WHERE path = 'complaint' AND (lodged_on >= $4 OR closed_on >= $4)
   UNION
  SELECT case_id FROM figure_facts WHERE received_in >= $4 OR closed_in >= $4 OR moved_in >= $4`);

const BETWEEN = factsThatDiffer(`
  SELECT id AS case_id FROM cases
   WHERE path = 'complaint' AND (lodged_on BETWEEN $4 AND $5 OR closed_on BETWEEN $4 AND $5)
   UNION
  SELECT case_id FROM figure_facts WHERE received_in BETWEEN $4 AND $5 OR closed_in BETWEEN $4 AND $5`);

const CELLS_THAT_DIFFER = `
  WITH should AS (${cellsOf('figure_facts', '(f.received_in >= $1 OR f.closed_in >= $1 OR f.moved_in >= $1) AND v.month >= $1')})
  SELECT count(*)::integer AS n
    FROM should s FULL JOIN (SELECT * FROM figure_cells WHERE month >= $1 AND (n <> 0 OR keys <> 0)) c
         USING (cube, agency, month, code)
   WHERE s.n IS DISTINCT FROM c.n OR s.keys IS DISTINCT FROM c.keys`;

/**
 * Counts the newest months a second time, from the complaints themselves, and compares. Reads only, all of it as of one
 * moment: the caller's transaction must be one.
 *
 * @param since first day of the oldest month that is looked at, YYYY-MM-DD
 */
export async function recount(
  manager: EntityManager,
  { keys, triageAgency }: CountingWorld,
  since: string,
): Promise<RecountFound> {
  await takeTime(manager);
  const [facts] = await manager.query<{ n: number }[]>(SINCE, [...keys.recordKeyPads, triageAgency, since]);
  const [cells] = await manager.query<{ n: number }[]>(CELLS_THAT_DIFFER, [since]);
  return { facts: facts?.n ?? 0, cells: cells?.n ?? 0 };
}

/**
 * Counts a second time the complaints that came or ended in some days, from the complaints themselves, and no cell: what a
 * release is drawn from.
 *
 * @param first the first of those days, YYYY-MM-DD
 * @param last the last of them
 * @returns how many complaints stand otherwise than they count
 */
export async function recountFacts(
  manager: EntityManager,
  { keys, triageAgency }: CountingWorld,
  first: string,
  last: string,
): Promise<number> {
  await takeTime(manager);
  const [facts] = await manager.query<{ n: number }[]>(BETWEEN, [...keys.recordKeyPads, triageAgency, first, last]);
  return facts?.n ?? 0;
}

/* Months of a large service take longer than anybody who waits for a page would. */
async function takeTime(manager: EntityManager): Promise<void> {
  await manager.query(`SELECT set_config('statement_timeout', '10min', true)`);
}
