import { expect } from '@jest/globals';
import { Client } from 'pg';
import type { Owner } from '../intake/door.js';
import type { TestApp } from '../support/app.js';
import { until } from '../support/until.js';

/**
 * Lets work come as far as a lock on a table, and kills its connection there.
 *
 * @param mode of the lock that is in its way: `ACCESS EXCLUSIVE`, or `SHARE` where only writing is to be stopped
 */
export async function killedAt(
  app: TestApp,
  owner: Owner,
  table: string,
  mode: 'ACCESS EXCLUSIVE' | 'SHARE',
  work: () => Promise<unknown>,
): Promise<void> {
  const client = new Client({ connectionString: app.database.ownerUrl });
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query(`LOCK TABLE ${table} IN ${mode} MODE`);
    const failed = expect(work()).rejects.toThrow();
    await until('it was there, and was killed', async () => {
      const killed = await owner.rows(
        `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted AND relation = $1::regclass AND database IS NOT NULL`,
        [table],
      );
      return killed.length > 0;
    });
    await failed;
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
}
