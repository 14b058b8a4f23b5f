import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, escapeIdentifier } from 'pg';

/** Places that are searched, by a name that says where. */
export type Haystack = Map<string, Buffer>;

/** Things that must be nowhere, by a name that says what: texts, or bytes. */
export type Secrets = ReadonlyMap<string, string | Buffer>;

/**
 * Looks for every secret in every place: as it is, percent-encoded, in base64 and base64url at any of the three
 * alignments, and each of these once more in hexadecimal.
 *
 * @returns what was found, as `secret (form) in place`
 */
export function search(haystack: Haystack, secrets: Secrets): string[] {
  const found: string[] = [];
  for (const [secret, value] of secrets) {
    for (const [form, needle] of formsOf(value)) {
      for (const [place, content] of haystack) {
        if (content.includes(needle)) found.push(`${secret} (${form}) in ${place}`);
      }
    }
  }
  return found;
}

function formsOf(secret: string | Buffer): Map<string, Buffer> {
  const bytes = Buffer.from(secret);
  const forms = new Map([['as it is', bytes]]);
  if (typeof secret === 'string' && encodeURIComponent(secret) !== secret) {
    forms.set('percent-encoded', Buffer.from(encodeURIComponent(secret)));
    forms.set('form-encoded', Buffer.from(secret.replaceAll(' ', '+')));
  }
  for (const lead of [0, 1, 2]) {
    // Characters that also depend on the neighbours are left off at both ends.
    const first = Math.ceil((lead * 4) / 3);
    const whole = Buffer.concat([Buffer.alloc(lead), bytes]);
    const core = whole.toString('base64url').slice(first, Math.floor((whole.length * 8) / 6));
    const standard = core.replaceAll('-', '+').replaceAll('_', '/');
    forms.set(`base64url at ${lead.toString()}`, Buffer.from(core));
    if (standard !== core) forms.set(`base64 at ${lead.toString()}`, Buffer.from(standard));
  }
  for (const [form, needle] of [...forms]) forms.set(`hexadecimal of ${form}`, Buffer.from(needle.toString('hex')));
  return forms;
}

/** Every row of every table of every schema, PostgreSQL's own included, as its owner sees it. */
export async function dumpDatabase(ownerUrl: string): Promise<Haystack> {
  const dump: Haystack = new Map();
  await asking(ownerUrl, async (client) => {
    const { rows: tables } = await client.query<{ schema: string; name: string }>(
      `SELECT nspname AS schema, relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
       WHERE relkind IN ('r', 'p', 'm') ORDER BY 1, 2`,
    );
    for (const { schema, name } of tables) {
      const { rows } = await client.query<{ row: string }>(
        `SELECT t::text AS row FROM ${escapeIdentifier(schema)}.${escapeIdentifier(name)} t`,
      );
      dump.set(`table ${schema}.${name}`, Buffer.from(rows.map(({ row }) => row).join('\n')));
    }
  });
  return dump;
}

/** What a new connection has to know of the catalogue: PostgreSQL removes it and makes it anew at any time. */
const MADE_ANEW = 'pg_internal.init';

/** Where the write-ahead log stands now. */
export async function walPosition(ownerUrl: string): Promise<string> {
  return asking(ownerUrl, async (client) => {
    const { rows } = await client.query<{ file: string }>(`SELECT pg_walfile_name(pg_current_wal_lsn()) AS file`);
    return rows[0]?.file ?? '';
  });
}

/**
 * What PostgreSQL has on disk: the write-ahead log from a position on, the files of this database with the remains of
 * rows that were changed or deleted, and its own log.
 *
 * @param since from {@link walPosition}
 */
export async function filesOnDisk(ownerUrl: string, since: string): Promise<Haystack> {
  const files: Haystack = new Map();
  const [data, database] = await asking(ownerUrl, async (client) => {
    // Its commit waits for the log to be written, and with it for everything before.
    await client.query('SET synchronous_commit = on');
    await client.query('CREATE TABLE flushed ()');
    await client.query('DROP TABLE flushed');
    await client.query('CHECKPOINT');
    const { rows } = await client.query<{ data: string; oid: string }>(
      `SELECT current_setting('data_directory') AS data, oid::text FROM pg_database WHERE datname = current_database()`,
    );
    return [rows[0]?.data ?? '', rows[0]?.oid ?? ''] as const;
  });
  const wal = (await readdir(join(data, 'pg_wal'))).filter((name) => /^[0-9A-F]{24}$/.test(name) && name >= since);
  const heap = await readdir(join(data, 'base', database));
  const paths = [
    ...wal.map((name) => join('pg_wal', name)),
    ...heap.map((name) => join('base', database, name)),
    'server.log',
  ];
  for (const path of paths) {
    const content = await readFile(join(data, path)).catch((error: unknown) => {
      if (!path.includes(MADE_ANEW)) throw error;
    });
    if (content) files.set(`file ${path}`, content);
  }
  return files;
}

async function asking<T>(url: string, ask: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await ask(client);
  } finally {
    await client.end();
  }
}
