import { readFile, readlink, realpath, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';

/** A PostgreSQL server that serves a data directory. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
}

/** What `postmaster.pid` of a data directory speaks of. */
export type Found =
  | { readonly state: 'none' }
  | { readonly state: 'alive'; readonly postmaster: Postmaster; readonly starting: boolean }
  /** Dead but not yet collected by its parent: PostgreSQL takes it for alive. */
  | { readonly state: 'zombie'; readonly content: string }
  /** Its number went to another program since, as after a container's restart: PostgreSQL takes that for its own. */
  | { readonly state: 'reused'; readonly content: string }
  /** Gone; PostgreSQL cleans up after it by itself. */
  | { readonly state: 'dead' };

/** Reads `postmaster.pid` (pid on line 1, port on line 4, status on line 8) and looks whether that process lives. */
export async function findPostmaster(data: string): Promise<Found> {
  const content = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = content.split('\n');
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  if (!Number.isInteger(pid) || pid <= 0) return { state: 'none' };
  const state = await stateOf(pid, data);
  if (state === 'dead') return { state };
  if (state !== 'alive') return { state, content };
  return { state, postmaster: { pid, port }, starting: !(lines[7] ?? '').startsWith('ready') };
}

/**
 * Puts a `postmaster.pid` aside that PostgreSQL would wrongly respect. PostgreSQL still refuses to start while a process of
 * the dead server holds its shared memory.
 *
 * @param content what was read when it was judged stale; a newer file is left alone
 */
export async function clearStale(data: string, content: string): Promise<void> {
  const path = join(data, 'postmaster.pid');
  const aside = `${path}.stale`;
  await rename(path, aside).catch(() => undefined);
  const moved = await readFile(aside, 'utf8').catch(() => content);
  if (moved === content) await rm(aside, { force: true });
  else await rename(aside, path);
}

async function stateOf(pid: number, data: string): Promise<'alive' | 'dead' | 'zombie' | 'reused'> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return 'dead';
  }
  if (process.platform !== 'linux') return 'alive';
  const [, name, state] =
    /^\d+ \((.*)\) (\S)/s.exec(await readFile(`/proc/${pid.toString()}/stat`, 'utf8').catch(() => '')) ?? [];
  if (state === undefined) return 'dead';
  if (state === 'Z' || state === 'X') return 'zombie';
  if (name !== 'postgres') return 'reused';
  // A postmaster's working directory is its data; where we may not look, asking it by its port has to do.
  const cwd = await readlink(`/proc/${pid.toString()}/cwd`).catch(() => null);
  return cwd === null || cwd === (await realpath(data)) ? 'alive' : 'reused';
}
