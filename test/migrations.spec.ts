import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Client } from 'pg';
import { createDataSource } from '../config/data-source.js';
import { migrate, unmigrate } from '../config/migrations.js';
import { freshDatabase, type TestDatabase } from './support/database.js';

const EMPTY = 'template0';

let database: TestDatabase;

async function ask(statement: string): Promise<string[]> {
  const client = new Client({ connectionString: database.ownerUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ line: string }>(statement);
    return rows.map(({ line }) => line);
  } finally {
    await client.end();
  }
}

/** Everything that a migration can make, one line each, with who may do what to it. */
const everything = () =>
  ask(`
    WITH ours AS (SELECT oid, nspname, nspacl FROM pg_namespace
                  WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema')
    SELECT format('schema %s %s', nspname, nspacl) AS line FROM ours
    UNION ALL
    SELECT format('relation %s.%s %s rls=%s %s', nspname, relname, relkind, relrowsecurity, relacl)
      FROM pg_class c JOIN ours ON ours.oid = c.relnamespace
    UNION ALL
    SELECT format('column %s.%s %s %s %s %s', nspname, relname, attname, format_type(atttypid, atttypmod), attnotnull,
                  pg_get_expr(adbin, adrelid))
      FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid JOIN ours ON ours.oid = c.relnamespace
      LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
      WHERE attnum > 0 AND NOT attisdropped
    UNION ALL
    SELECT format('constraint %s.%s %s', nspname, conname, pg_get_constraintdef(k.oid))
      FROM pg_constraint k JOIN ours ON ours.oid = k.connamespace
    UNION ALL
    SELECT format('index %s', indexdef) FROM pg_indexes JOIN ours ON nspname = schemaname
    UNION ALL
    SELECT format('policy %s.%s %s %s %s', schemaname, tablename, policyname, qual, with_check) FROM pg_policies
    UNION ALL
    SELECT format('trigger %s', pg_get_triggerdef(t.oid)) FROM pg_trigger t WHERE NOT tgisinternal
    UNION ALL
    SELECT format('function %s.%s %s', nspname, proname, proacl) FROM pg_proc p JOIN ours ON ours.oid = p.pronamespace
    UNION ALL
    SELECT format('type %s.%s', nspname, typname) FROM pg_type t JOIN ours ON ours.oid = t.typnamespace
    ORDER BY line`);

async function entities(): Promise<(new () => object)[]> {
  const src = join(import.meta.dirname, '..', 'src');
  const files = (await readdir(src, { recursive: true })).filter((name) => name.endsWith('.entity.ts'));
  const classes: (new () => object)[] = [];
  for (const name of files) {
    // One after the other: Jest loses its way among modules that are linked at the same time.
    const module = (await import(pathToFileURL(join(src, name)).href)) as Record<string, unknown>;
    for (const value of Object.values(module).flat()) {
      if (typeof value === 'function') classes.push(value as new () => object);
    }
  }
  return classes;
}

describe('the migrations', () => {
  beforeEach(async () => {
    database = await freshDatabase(EMPTY);
  });
  afterEach(async () => {
    await database.drop();
  });

  it('go up, down to nothing, and up again to the same', async () => {
    const before = await everything();
    await migrate(database.ownerUrl, database.applicationUrl);
    const first = await everything();
    expect(first.length).toBeGreaterThan(before.length);

    await unmigrate(database.ownerUrl);
    expect(withoutGrants(await everything())).toEqual(withoutGrants(before));
    expect(
      await ask(`SELECT grantee AS line FROM information_schema.role_table_grants WHERE grantee LIKE 'onedoor\\_%'
                                AND grantee <> 'onedoor_owner'`),
    ).toEqual([]);

    await migrate(database.ownerUrl, database.applicationUrl);
    expect(await everything()).toEqual(first);
  });

  it('are applied once by several processes that start at once', async () => {
    await Promise.all([1, 2, 3, 4].map(() => migrate(database.ownerUrl, database.applicationUrl)));
    const names = await ask('SELECT name AS line FROM migrations ORDER BY id');
    expect(names.length).toBeGreaterThan(0);
    expect(new Set(names).size).toBe(names.length);
  });

  it('make exactly what the entities describe', async () => {
    await migrate(database.ownerUrl);
    const described = await entities();
    expect(described.length).toBeGreaterThan(0);
    const dataSource = await createDataSource(database.ownerUrl, described).initialize();
    try {
      const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
      expect(upQueries.map(({ query }) => query)).toEqual([]);
    } finally {
      await dataSource.destroy();
    }
  });

  it('leave a table for every entity and an entity for every table', async () => {
    await migrate(database.ownerUrl);
    const dataSource = await createDataSource(database.ownerUrl, await entities()).initialize();
    const described = dataSource.entityMetadatas.map(({ schema, tableName }) => `${schema ?? 'public'}.${tableName}`);
    await dataSource.destroy();
    const made = await ask(`
      SELECT format('%s.%s', table_schema, table_name) AS line FROM information_schema.tables
      WHERE table_schema NOT IN ('pg_catalog', 'information_schema', 'bullmq') AND table_name <> 'migrations' AND table_type = 'BASE TABLE'`);
    expect(made.sort()).toEqual(described.sort());
  });

  it('let the application own nothing, and grant nothing to everyone', async () => {
    await migrate(database.ownerUrl, database.applicationUrl);
    expect(
      await ask(`
        SELECT rolname AS line FROM pg_shdepend JOIN pg_roles r ON r.oid = refobjid
        WHERE deptype = 'o' AND rolname LIKE 'onedoor\\_%' AND rolname <> 'onedoor_owner'`),
    ).toEqual([]);
    expect(
      await ask(`
        SELECT format('%s.%s %s', table_schema, table_name, privilege_type) AS line
        FROM information_schema.role_table_grants
        WHERE grantee = 'PUBLIC' AND table_schema NOT IN ('pg_catalog', 'information_schema')`),
    ).toEqual([]);
  });

  it('let the application work with the queue but not change its shape or its ledger', async () => {
    await migrate(database.ownerUrl, database.applicationUrl);
    const client = new Client({ connectionString: database.applicationUrl });
    await client.connect();
    try {
      await expect(client.query('SELECT version FROM bullmq.migration')).rejects.toThrow('permission denied');
      for (const role of ['onedoor_web', 'onedoor_worker']) {
        await client.query(`SET ROLE ${role}`);
        await expect(client.query('SELECT version FROM bullmq.migration')).resolves.toBeDefined();
        await expect(client.query('DELETE FROM bullmq.migration')).rejects.toThrow('permission denied');
        await expect(client.query('CREATE TABLE bullmq.mine ()')).rejects.toThrow('permission denied');
        await expect(client.query('CREATE TABLE public.mine ()')).rejects.toThrow('permission denied');
      }
    } finally {
      await client.end();
    }
  });
});

/** An access list that was emptied is written out where one never touched is not. */
function withoutGrants(lines: readonly string[]): string[] {
  return lines.map((line) => line.replace(/ \{.*\}$| $/, ''));
}
