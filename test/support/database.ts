import { randomBytes } from 'node:crypto';
import process from 'node:process';
import { Client, escapeIdentifier } from 'pg';

/** A migrated database of its own for one test file. */
export interface TestDatabase {
  readonly name: string;
  /** `postgres://` URL of the role that owns the tables. */
  readonly ownerUrl: string;
  /** `postgres://` URL of the role that the application serves as. */
  readonly applicationUrl: string;
  /** Removes the database, also under connections still open. */
  drop(): Promise<void>;
}

/**
 * Clones the migrated template.
 *
 * @param template name of the database to clone: ours by default, or `template0` for an empty one
 */
export async function freshDatabase(template = 'onedoor'): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  await asOwner(`CREATE DATABASE ${escapeIdentifier(name)} TEMPLATE ${escapeIdentifier(template)}`);
  return {
    name,
    ownerUrl: urlOf('ONEDOOR_TEST_OWNER_URL', name),
    applicationUrl: urlOf('ONEDOOR_TEST_APPLICATION_URL', name),
    drop: () => asOwner(`DROP DATABASE IF EXISTS ${escapeIdentifier(name)} WITH (FORCE)`),
  };
}

async function asOwner(statement: string): Promise<void> {
  const client = new Client({ connectionString: urlOf('ONEDOOR_TEST_OWNER_URL', 'postgres') });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function urlOf(variable: string, database: string): string {
  const given = process.env[variable];
  if (given === undefined) throw new Error(`${variable} is not set: run the tests with \`npm run jest\`.`);
  const url = new URL(given);
  url.pathname = `/${database}`;
  return url.href;
}
