import { chmod, mkdtemp, readdir, rm, statfs } from 'node:fs/promises';
import { freemem, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../config/embedded-postgres.js';
import { migrate } from '../../config/migrations.js';
import { notePagesIn } from './axe.js';

const PREFIX = 'onedoor-test-run-';
/** Where Linux keeps files in memory. Each test file clones a database of a thousand files: a disk takes ten times as long. */
const MEMORY = '/dev/shm';
const ENOUGH_BYTES = 4 * 2 ** 30;
/** What the workers and their browsers take beside it. */
const WORKERS_BYTES = 6 * 2 ** 30;

/** A cluster that lives as long as one run of Jest. */
export interface Cluster {
  stop(): Promise<void>;
}

/**
 * Starts PostgreSQL in a temporary directory, in memory where there is room, and migrates its database, which every test
 * file then clones. `ONEDOOR_TEST_OWNER_URL` and `ONEDOOR_TEST_APPLICATION_URL` tell the test files where it is. Beside it
 * is noted which pages were looked at.
 */
export async function startCluster(): Promise<Cluster> {
  await sweep();
  const { home, postgres } = await startSomewhere();
  const stop = async () => {
    await postgres.stop();
    await rm(home, { recursive: true, force: true });
  };
  try {
    await migrate(postgres.ownerUrl, postgres.applicationUrl);
    await notePagesIn(join(home, 'pages'));
  } catch (error) {
    await stop();
    throw error;
  }
  process.env.ONEDOOR_TEST_OWNER_URL = postgres.ownerUrl;
  process.env.ONEDOOR_TEST_APPLICATION_URL = postgres.applicationUrl;
  return { stop };
}

/** Ends the clusters of runs that were killed before they could. */
async function sweep(): Promise<void> {
  for (const directory of [tmpdir(), MEMORY]) {
    for (const name of await readdir(directory).catch(() => [])) {
      const run = name.startsWith(PREFIX) ? Number(name.slice(PREFIX.length).split('-')[0]) : NaN;
      if (Number.isNaN(run) || isAlive(run)) continue;
      const home = join(directory, name);
      await startEmbeddedPostgres(home, { durable: false })
        .then((left) => left.stop())
        .catch(() => undefined);
      // What somebody else left is theirs.
      await rm(home, { recursive: true, force: true }).catch(() => undefined);
    }
  }
}

/** In memory where there is enough of it and programs may run there, else wherever temporary files lie. */
async function startSomewhere(): Promise<{ home: string; postgres: EmbeddedPostgres }> {
  if (!(await isRoomInMemory())) return startIn(tmpdir());
  return startIn(MEMORY).catch(() => startIn(tmpdir()));
}

async function startIn(directory: string): Promise<{ home: string; postgres: EmbeddedPostgres }> {
  const home = await mkdtemp(join(directory, `${PREFIX}${process.pid.toString()}-`));
  try {
    await chmod(home, 0o711); // for root, PostgreSQL runs as another user, who has to get in
    return { home, postgres: await startEmbeddedPostgres(home, { durable: false }) };
  } catch (error) {
    await rm(home, { recursive: true, force: true });
    throw error;
  }
}

async function isRoomInMemory(): Promise<boolean> {
  try {
    const { bavail, bsize } = await statfs(MEMORY);
    return bavail * bsize >= ENOUGH_BYTES && freemem() >= ENOUGH_BYTES + WORKERS_BYTES;
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
