import type { Client } from 'pg';
import { cellsOf } from '../../src/insight/counting/cells-of-facts.js';
import type { FigureKeys } from '../../src/insight/cubes/figure-keys.js';
import { CASE_COLUMNS, caseOf, EVENTS_OF_LIFE, insertClocks, insertReferrals } from '../insight/made-complaints.js';
import { makeLives, type MadeWorld } from '../insight/made-lives.js';
import { INSERT_FACTS } from './figures-facts.js';

interface Index {
  readonly name: string;
  readonly definition: string;
  readonly constraint: string | null;
}

/**
 * Loads complaints and the figures of them in sets, as if they had come one by one and been counted: cases whole, facts
 * and cells whole. Steps, clocks and hand-overs are there for what the nightly count looks at and for no other complaint. The
 * triggers that check foreign keys are off meanwhile, and the indexes of `cases` are made when its rows are there.
 *
 * @param client the owner of the tables, for whom this connection is closed afterwards
 * @param since first day of what the nightly count looks at, YYYY-MM-DD
 */
export async function loadFigures(client: Client, keys: FigureKeys, world: MadeWorld, since: string): Promise<void> {
  const query = async (sql: string, values?: unknown[]): Promise<void> => {
    await client.query(sql, values);
  };
  await query(`SET session_replication_role = replica`);
  await query(`SET work_mem = '512MB'`);
  await query(`SET maintenance_work_mem = '512MB'`);
  await makeLives(query, world);
  await query('ANALYZE lives');

  const indexes = await secondIndexes(client);
  for (const { name, constraint } of indexes) {
    await query(constraint === null ? `DROP INDEX ${name}` : `ALTER TABLE cases DROP CONSTRAINT ${name}`);
  }
  await query(`INSERT INTO cases (${CASE_COLUMNS}) SELECT ${caseOf('now')} FROM lives l ORDER BY l.n`);
  for (const { name, definition, constraint } of indexes) {
    await query(constraint === null ? definition : `ALTER TABLE cases ADD CONSTRAINT ${name} ${constraint}`);
  }
  await query(INSERT_FACTS, [...keys.recordKeyPads]);
  await query('ANALYZE figure_facts');
  // Month after month, as cells come to be. As a table of its own first, since PostgreSQL makes that with all its processes.
  await query(`CREATE TEMPORARY TABLE cells AS ${cellsOf('figure_facts')}`);
  await query(
    'INSERT INTO figure_cells (cube, agency, month, code, n, keys) SELECT cube, agency, month, code, n, keys FROM cells ORDER BY month',
  );
  await query(
    `DELETE FROM lives WHERE NOT EXISTS (
       SELECT FROM figure_facts f WHERE f.case_id = lives.id AND '${since}' <= ANY (ARRAY[received_in, closed_in, moved_in]))`,
  );
  await query(`
    INSERT INTO case_events (id, case_id, kind, happened_on, agency_id, position)
    SELECT gen_random_uuid(), l.id, s.kind, s.happened_on, s.agency_id, s.position
      FROM lives l CROSS JOIN LATERAL ${EVENTS_OF_LIFE}`);
  await query(insertClocks('l.closed_on'));
  await query(insertReferrals());
  // As autovacuum would have left it.
  await query('VACUUM ANALYZE cases, case_events, clocks, referrals, figure_facts, figure_cells');
}

/* All but the key, to which other tables refer. */
async function secondIndexes(client: Client): Promise<readonly Index[]> {
  const { rows } = await client.query<Index>(
    `SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS definition, pg_get_constraintdef(c.oid) AS constraint
       FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype IN ('u', 'x')
      WHERE i.indrelid = 'cases'::regclass AND NOT i.indisprimary`,
  );
  return rows;
}
