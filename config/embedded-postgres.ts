import { realpath, rename } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Client, escapeLiteral } from 'pg';
import { type Cluster, openCluster, OWNER } from './embedded-cluster.js';
import { EmbeddedPostgresError, firstLine, run } from './embedded-programs.js';
import { clearStale, findPostmaster, type Postmaster } from './postmaster.js';

/** A running PostgreSQL of our own. */
export interface EmbeddedPostgres {
  /** `postgres://` URL of the role that owns the tables, for migrations. */
  readonly ownerUrl: string;
  /** `postgres://` URL of the role to log in as; migrating with both URLs lets it become what work is done as. */
  readonly applicationUrl: string;
  readonly port: number;
  /** Stops PostgreSQL, unless another process still uses it. The data stays. To be called after every pool has ended. */
  readonly stop: () => Promise<void>;
}

/** What the application logs in as, and the database. */
const APPLICATION = 'onedoor_login';
const DATABASE = 'onedoor';

/** Advisory locks of the database `postgres`: shared by every process that uses the cluster; held to set it up. */
const IN_USE = 1;
const SETTING_UP = 2;

/** Milliseconds for which a start that fails is tried again, and after which one that does not end is given up. */
const RETRY = 10_000;
const PATIENCE = 120_000;

/**
 * Starts the embedded PostgreSQL of a home, or adopts the one that runs there already, left by a process that was killed
 * or still used by another. The first start makes the data, in `home/postgres`.
 *
 * @param home directory of this installation
 * @param options `durable: false` trades safety at a power cut for speed; for tests
 * @returns the running server, with the database and the login role in place but nothing in them
 * @throws {EmbeddedPostgresError} one sentence, where it cannot be made or started
 */
export async function startEmbeddedPostgres(
  home: string,
  { durable = true }: { readonly durable?: boolean } = {},
): Promise<EmbeddedPostgres> {
  try {
    const cluster = await openCluster(resolve(home), durable);
    const { postmaster, keeper } = await bringUp(cluster, durable);
    await setUp(keeper, cluster.passwords.application);
    return {
      ownerUrl: urlOf(OWNER, cluster.passwords.owner, postmaster.port, DATABASE),
      applicationUrl: urlOf(APPLICATION, cluster.passwords.application, postmaster.port, DATABASE),
      port: postmaster.port,
      stop: once(() => stop(cluster, postmaster, keeper)),
    };
  } catch (error) {
    if (error instanceof EmbeddedPostgresError) throw error;
    const why = error instanceof Error ? firstLine(error.message) : 'for an unknown reason';
    throw new EmbeddedPostgresError(`The embedded PostgreSQL of ${resolve(home)} could not be started: ${why}.`);
  }
}

/** Alternates between adopting and starting until one of the two succeeds: another process may be doing the same. */
async function bringUp(cluster: Cluster, durable: boolean): Promise<{ postmaster: Postmaster; keeper: Client }> {
  const began = Date.now();
  let failed: number | undefined;
  let why = 'it does not answer';
  while (Date.now() - began < PATIENCE && (failed === undefined || Date.now() - failed < RETRY)) {
    const found = await findPostmaster(cluster.data);
    if (found.state === 'alive') {
      const keeper = await joinIn(cluster, found.postmaster);
      if (keeper) return { postmaster: found.postmaster, keeper };
      if (!found.starting) failed ??= Date.now();
    } else {
      if (
        found.state === 'reused' ||
        (found.state === 'zombie' && failed !== undefined && Date.now() - failed > RETRY / 2)
      ) {
        await clearStale(cluster.data, found.content);
      }
      const { code, output } = await launch(cluster, durable);
      if (code === 0) continue;
      failed ??= Date.now();
      why = firstLine(output.split('\n').at(-1) ?? output);
    }
    await wait(100);
  }
  throw new EmbeddedPostgresError(
    `The embedded PostgreSQL could not be started (${why}): its log is ${join(cluster.data, 'server.log')}.`,
  );
}

async function launch(cluster: Cluster, durable: boolean): Promise<{ code: number; output: string }> {
  const log = join(cluster.data, 'server.log');
  await rename(log, `${log}.previous`).catch(() => undefined); // so that it does not grow for ever
  const hurry = durable ? '' : ' -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=300';
  return run(cluster.user, join(cluster.programs, 'bin', 'pg_ctl'), [
    ...['start', '-D', cluster.data, '-l', log, '-w', '-t', '100', '-s'],
    ...['-o', `-p ${(await freePort()).toString()}${hurry}`],
  ]);
}

/**
 * A session that says, by a shared lock, that this process uses the cluster.
 *
 * @returns null where the server does not answer yet, or is not the one of this data directory
 */
async function joinIn({ data, passwords }: Cluster, { port }: Postmaster): Promise<Client | null> {
  const keeper = new Client({
    connectionString: urlOf(OWNER, passwords.owner, port, 'postgres'),
    application_name: 'onedoor keeper',
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
  });
  keeper.on('error', () => undefined); // the server may end before we do; `stop` looks at what is left then
  try {
    await keeper.connect();
    const { rows } = await keeper.query<{ data: string }>(`SELECT current_setting('data_directory') AS data`);
    if (rows[0] && (await realpath(rows[0].data)) === (await realpath(data))) {
      await keeper.query('SELECT pg_advisory_lock_shared($1)', [IN_USE]);
      return keeper;
    }
  } catch {
    // Starting, stopping, or somebody else's: the caller looks again.
  }
  await keeper.end().catch(() => undefined);
  return null;
}

async function setUp(keeper: Client, password: string): Promise<void> {
  await keeper.query('SELECT pg_advisory_lock($1)', [SETTING_UP]);
  const role = await keeper.query('SELECT FROM pg_roles WHERE rolname = $1', [APPLICATION]);
  const verb = role.rowCount === 0 ? 'CREATE' : 'ALTER';
  await keeper.query(`${verb} ROLE ${APPLICATION} LOGIN PASSWORD ${escapeLiteral(password)}`);
  const database = await keeper.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE]);
  if (database.rowCount === 0) await keeper.query(`CREATE DATABASE ${DATABASE}`);
  await keeper.query('SELECT pg_advisory_unlock($1)', [SETTING_UP]);
}

async function stop(cluster: Cluster, postmaster: Postmaster, keeper: Client): Promise<void> {
  try {
    if (!(await lastToLeave(cluster, postmaster, keeper))) return;
    // The lock is still ours, so that nobody joins in between; who waits for it is cut off and starts the server anew.
    const { code, output } = await run(cluster.user, join(cluster.programs, 'bin', 'pg_ctl'), [
      ...['stop', '-D', cluster.data, '-m', 'fast', '-w', '-t', '60', '-s'],
    ]);
    if (code !== 0 && (await findPostmaster(cluster.data)).state === 'alive') {
      throw new EmbeddedPostgresError(`The embedded PostgreSQL could not be stopped: ${firstLine(output)}.`);
    }
  } finally {
    await keeper.end().catch(() => undefined);
  }
}

async function lastToLeave({ data }: Cluster, { pid }: Postmaster, keeper: Client): Promise<boolean> {
  try {
    await keeper.query('SELECT pg_advisory_unlock_shared($1)', [IN_USE]);
    const { rows } = await keeper.query<{ last: boolean }>('SELECT pg_try_advisory_lock($1) AS last', [IN_USE]);
    return rows[0]?.last === true;
  } catch {
    // The session broke. Is that server still there, it is ours to stop; a newer one belongs to who started it.
    const found = await findPostmaster(data);
    return found.state === 'alive' && found.postmaster.pid === pid;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        resolve(port);
      });
    });
  });
}

function urlOf(role: string, password: string, port: number, database: string): string {
  return `postgres://${role}:${password}@127.0.0.1:${port.toString()}/${database}`;
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= work());
}
