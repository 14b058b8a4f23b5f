import type { Database } from '../../config/database.js';

/**
 * Removes rows whose `expires_at` has passed, the oldest first. A row that is given a later end meanwhile stays.
 *
 * @param table name of a table of ours with an index on `expires_at`
 * @param key its primary key
 * @param limit most rows to remove
 * @returns how many were removed
 */
export async function removeExpired(database: Database, table: string, key: string, limit: number): Promise<number> {
  const [, count] = await database.asActor({ kind: 'system', name: 'sweeper' }, (manager) =>
    manager.query<[unknown[], number]>(
      `DELETE FROM ${table} WHERE expires_at <= now() AND ${key} IN (
         SELECT ${key} FROM ${table} WHERE expires_at <= now() ORDER BY expires_at LIMIT $1)`,
      [limit],
    ),
  );
  return count;
}
