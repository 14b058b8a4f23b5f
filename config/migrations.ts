import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runMigrations } from 'bullmq';
import { Client, escapeIdentifier } from 'pg';
import type { MigrationInterface } from 'typeorm';
import { createDataSource } from './data-source.js';
import { ROLES_OF } from './database-roles.js';
import type { Settings } from './settings.js';

type MigrationClass = new () => MigrationInterface;

/** Any number; whoever holds this advisory lock of the database is the one who migrates it. */
const MIGRATION_LOCK = 7_263_118_201;

/** The schema in which BullMQ keeps its tables. */
const QUEUE_SCHEMA = 'bullmq';

/** Who works with the queue: the workers, and the web for the operator's page, which counts what waits. */
const QUEUE_USERS = 'onedoor_web, onedoor_worker';

/**
 * Brings a database to the newest schema: our migrations, then BullMQ's, then the rights on the queue.
 * Safe to run again, and safe when several processes start at once: one works, the others wait and find nothing to do.
 *
 * @param ownerUrl `postgres://` URL of the role that owns the tables
 * @param applicationUrl `postgres://` URL that a process logs in with
 * @param part what that process does: its login may become the roles of that
 */
export async function migrate(
  ownerUrl: string,
  applicationUrl?: string,
  part: Settings['ROLE'] = 'all',
): Promise<void> {
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
      GRANT USAGE ON SCHEMA ${QUEUE_SCHEMA} TO ${QUEUE_USERS};
      GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${QUEUE_SCHEMA} TO ${QUEUE_USERS};
      REVOKE INSERT, UPDATE, DELETE ON ${QUEUE_SCHEMA}.migration FROM ${QUEUE_USERS};
      GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA ${QUEUE_SCHEMA} TO ${QUEUE_USERS};
      GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ${QUEUE_SCHEMA} TO ${QUEUE_USERS};
      ALTER DEFAULT PRIVILEGES IN SCHEMA ${QUEUE_SCHEMA} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${QUEUE_USERS};
      ALTER DEFAULT PRIVILEGES IN SCHEMA ${QUEUE_SCHEMA} GRANT USAGE, SELECT ON SEQUENCES TO ${QUEUE_USERS};
      ALTER DEFAULT PRIVILEGES IN SCHEMA ${QUEUE_SCHEMA} GRANT EXECUTE ON FUNCTIONS TO ${QUEUE_USERS}`);
    if (applicationUrl !== undefined) {
      await letServe(client, decodeURIComponent(new URL(applicationUrl).username), part);
    }
  });
}

/** Lets a login become what its process works as, and gives it nothing beside that. */
async function letServe(client: Client, login: string, part: Settings['ROLE']): Promise<void> {
  for (const role of ROLES_OF[part]) {
    const { rowCount } = await client.query(
      `SELECT FROM pg_auth_members WHERE roleid = $1::regrole AND member = $2::regrole AND set_option AND NOT inherit_option`,
      [role, escapeIdentifier(login)],
    );
    if (rowCount === 0) await client.query(`GRANT ${role} TO ${escapeIdentifier(login)} WITH INHERIT FALSE, SET TRUE`);
  }
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
