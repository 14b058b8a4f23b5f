import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runMigrations } from 'bullmq';
import { Client, escapeIdentifier } from 'pg';
import type { MigrationInterface } from 'typeorm';
import { createDataSource } from './data-source.js';

type MigrationClass = new () => MigrationInterface;

/** Any number; whoever holds this advisory lock of the database is the one who migrates it. */
const MIGRATION_LOCK = 7_263_118_201;

/** The schema in which BullMQ keeps its tables. */
const QUEUE_SCHEMA = 'bullmq';

/**
 * Brings a database to the newest schema: our migrations, then BullMQ's, then the application's rights on the queue.
 * Safe to run again, and safe when several processes start at once: one works, the others wait and find nothing to do.
 *
 * @param ownerUrl `postgres://` URL of the role that owns the tables
 * @param applicationUrl `postgres://` URL the application serves with: its role is made a member of `onedoor_app`
 */
export async function migrate(ownerUrl: string, applicationUrl?: string): Promise<void> {
  await alone(ownerUrl, async (client) => {
    const dataSource = createDataSource(ownerUrl, [], { max: 2, statementTimeout: 0 });
    dataSource.setOptions({ migrations: await migrationClasses() });
    await dataSource.initialize();
    try {
      await dataSource.runMigrations({ transaction: 'all' });
    } finally {
      await dataSource.destroy();
    }
    await runMigrations(client, QUEUE_SCHEMA);
    await client.query(`
      GRANT USAGE ON SCHEMA ${QUEUE_SCHEMA} TO onedoor_app;
      GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${QUEUE_SCHEMA} TO onedoor_app;
      REVOKE INSERT, UPDATE, DELETE ON ${QUEUE_SCHEMA}.migration FROM onedoor_app;
      GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA ${QUEUE_SCHEMA} TO onedoor_app;
      GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ${QUEUE_SCHEMA} TO onedoor_app;
      ALTER DEFAULT PRIVILEGES IN SCHEMA ${QUEUE_SCHEMA} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO onedoor_app;
      ALTER DEFAULT PRIVILEGES IN SCHEMA ${QUEUE_SCHEMA} GRANT USAGE, SELECT ON SEQUENCES TO onedoor_app;
      ALTER DEFAULT PRIVILEGES IN SCHEMA ${QUEUE_SCHEMA} GRANT EXECUTE ON FUNCTIONS TO onedoor_app`);
    if (applicationUrl !== undefined) {
      const role = decodeURIComponent(new URL(applicationUrl).username);
      const { rowCount } = await client.query(`SELECT WHERE pg_has_role($1, 'onedoor_app', 'MEMBER')`, [role]);
      if (rowCount === 0) await client.query(`GRANT onedoor_app TO ${escapeIdentifier(role)}`);
    }
  });
}

/**
 * Takes everything down again, queue included: nothing that {@link migrate} made is left, nor anything in it.
 *
 * @param ownerUrl `postgres://` URL of the role that owns the tables
 */
export async function unmigrate(ownerUrl: string): Promise<void> {
  await alone(ownerUrl, async (client) => {
    await client.query(`DROP SCHEMA IF EXISTS ${QUEUE_SCHEMA} CASCADE`);
    const dataSource = createDataSource(ownerUrl, [], { max: 2, statementTimeout: 0 });
    const migrations = await migrationClasses();
    dataSource.setOptions({ migrations });
    await dataSource.initialize();
    try {
      for (let left = migrations.length; left > 0; left--) await dataSource.undoLastMigration({ transaction: 'each' });
    } finally {
      await dataSource.destroy();
    }
    await client.query('DROP TABLE IF EXISTS migrations');
  });
}

async function alone(url: string, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: url, application_name: 'onedoor migrate' });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await work(client);
  } finally {
    await client.end(); // the lock is the session's and goes with it
  }
}

/** Every class of `migrations/`, compiled (`.js`) or, under a runner that reads TypeScript, as it stands (`.ts`). */
async function migrationClasses(): Promise<MigrationClass[]> {
  const folder = join(import.meta.dirname, '..', 'migrations');
  const files = (await readdir(folder)).filter((name) => /^\d+-[a-z-]+\.[jt]s$/.test(name)).sort();
  const classes: MigrationClass[] = [];
  for (const name of files) {
    const module = (await import(pathToFileURL(join(folder, name)).href)) as Record<string, MigrationClass>;
    classes.push(...Object.values(module));
  }
  return classes;
}
