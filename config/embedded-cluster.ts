import { createHash, randomBytes } from 'node:crypto';
import {
  chmod,
  chown,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import {
  EmbeddedPostgresError,
  findPrograms,
  firstLine,
  run,
  type ServerUser,
  serverUser,
  SHARED_PLACE,
} from './embedded-programs.js';

/** Owns every table and, in this cluster of our own, everything else. */
export const OWNER = 'onedoor_owner';

/** A data directory and what is needed to run it. */
export interface Cluster {
  readonly data: string;
  /** Directory with `bin/`. */
  readonly programs: string;
  readonly user: ServerUser;
  readonly passwords: Passwords;
}

interface Passwords {
  readonly owner: string;
  readonly application: string;
}

const UNFINISHED = 'postgres-new-';

/**
 * Finds the cluster of a home, and makes it where there is none.
 *
 * @param home absolute path; the data is kept in `home/postgres`, or in a directory of that home's own under
 *   {@link SHARED_PLACE} where the server's user cannot reach it
 * @param durable false saves the waits for the disk
 */
export async function openCluster(home: string, durable: boolean): Promise<Cluster> {
  const user = await serverUser();
  const place = await findPlace(home, user);
  const programs = await findPrograms(user, place);
  const root = join(place, 'postgres');
  if (!(await exists(root))) await makeCluster(place, programs, user, durable);
  const passwords = await readFile(join(root, 'passwords.json'), 'utf8').catch(() => {
    throw new EmbeddedPostgresError(
      `The passwords of the embedded PostgreSQL are missing: ${root}/passwords.json cannot be read.`,
    );
  });
  return { data: join(root, 'data'), programs, user, passwords: JSON.parse(passwords) as Passwords };
}

async function findPlace(home: string, user: ServerUser): Promise<string> {
  const name = createHash('sha256').update(home).digest('hex').slice(0, 16);
  const elsewhere = join(SHARED_PLACE, name);
  // Data that exists decides: a home whose mode changed must not come up empty.
  if (user.become && !(await exists(join(home, 'postgres'))) && (await exists(join(elsewhere, 'postgres'))))
    return elsewhere;
  await mkdir(home, { recursive: true });
  if (await reaches(user, home)) return home;
  if (await exists(join(home, 'postgres'))) {
    throw new EmbeddedPostgresError(
      `The database in ${home}/postgres can no longer be reached by the user "nobody", which runs it: open its parent directories (chmod a+x).`,
    );
  }
  await mkdir(elsewhere, { recursive: true });
  await chmod(SHARED_PLACE, 0o755);
  await chmod(elsewhere, 0o711);
  if (await reaches(user, elsewhere)) return elsewhere;
  throw new EmbeddedPostgresError(
    `The user "nobody", which has to run PostgreSQL for root, reaches neither ${home} nor ${SHARED_PLACE}: set ONEDOOR_HOME to a directory it can reach, or DATABASE_URL.`,
  );
}

async function reaches(user: ServerUser, directory: string): Promise<boolean> {
  return (await run(user, '/bin/sh', ['-c', 'cd "$1"', 'sh', directory])).code === 0;
}

/**
 * Makes the cluster beside its place and moves it there whole, so that a start cut short leaves nothing half made, and of
 * two starts at once one cluster stands.
 */
async function makeCluster(place: string, programs: string, user: ServerUser, durable: boolean): Promise<void> {
  await removeUnfinished(place);
  const staging = await mkdtemp(join(place, UNFINISHED));
  try {
    await chmod(staging, 0o711);
    const passwords: Passwords = {
      owner: randomBytes(24).toString('hex'),
      application: randomBytes(24).toString('hex'),
    };
    await writeFile(join(staging, 'passwords.json'), JSON.stringify(passwords), { mode: 0o600 });
    const data = join(staging, 'data');
    const secret = join(staging, 'owner-password');
    await mkdir(data, { mode: 0o700 });
    await writeFile(secret, passwords.owner, { mode: 0o600 });
    if (user.become) {
      await chown(data, user.become.uid, user.become.gid);
      await chown(secret, user.become.uid, user.become.gid);
    }
    const initdb = join(user.named ? programs : await withoutNames(programs, staging), 'bin', 'initdb');
    const { code, output } = await run(user, initdb, [
      ...['-D', data, '-U', OWNER, `--pwfile=${secret}`, '--auth=scram-sha-256', '--encoding=UTF8', '--data-checksums'],
      // PostgreSQL's own C.UTF-8, which does not ask which locales the machine has.
      ...['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
      ...(durable ? [] : ['--no-sync']),
      ...SETTINGS.flatMap((setting) => ['-c', setting]),
    ]);
    if (code !== 0)
      throw new EmbeddedPostgresError(`The embedded database could not be made in ${place}: ${lastLine(output)}.`);
    await rm(secret);
    await rm(join(staging, 'programs'), { recursive: true, force: true });
    await rename(staging, join(place, 'postgres'));
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    if (!(await exists(join(place, 'postgres')))) throw error; // otherwise another start was first, and its cluster serves
  }
}

const SETTINGS = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'password_encryption=scram-sha-256',
  'timezone=UTC',
  'log_timezone=UTC',
  // A statement, its parameters and an error's detail quote what people wrote: the server's log holds none of them.
  'log_min_messages=log',
  'log_min_error_statement=panic',
  'log_error_verbosity=terse',
  'log_statement=none',
  'log_checkpoints=off',
];

/**
 * `initdb`, and `postgres` in the single-user mode it uses, insist on a name for the uid and refuse one that the password
 * database does not know, although the name is then not used. In this private copy, thrown away afterwards, they ask
 * for the first entry of the password database (`getpwent`) instead of the entry of the uid (`getpwuid`).
 */
async function withoutNames(programs: string, staging: string): Promise<string> {
  const copy = join(staging, 'programs');
  await mkdir(join(copy, 'bin'), { recursive: true });
  await symlink(join(programs, 'lib'), join(copy, 'lib'));
  await symlink(join(programs, 'share'), join(copy, 'share'));
  for (const program of ['initdb', 'postgres']) {
    const path = join(copy, 'bin', program);
    await cp(join(programs, 'bin', program), path);
    const code = await readFile(path);
    const at = code.indexOf('\0getpwuid\0', 0, 'latin1');
    if (at < 0) {
      throw new EmbeddedPostgresError(
        'This user has no name: add it to /etc/passwd, or set DATABASE_URL to a PostgreSQL of your own.',
      );
    }
    code.write('\0getpwent\0', at, 'latin1');
    await writeFile(path, code, { mode: 0o700 });
  }
  return copy;
}

/** What a start that was killed left behind, old enough to be nobody's any more. */
async function removeUnfinished(place: string): Promise<void> {
  for (const name of await readdir(place)) {
    if (!name.startsWith(UNFINISHED)) continue;
    const { mtimeMs } = await stat(join(place, name)).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > 600_000) await rm(join(place, name), { recursive: true, force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}

function lastLine(output: string): string {
  return firstLine(
    output
      .split('\n')
      .filter((line) => line.includes('error') || line.includes('FATAL'))
      .at(-1) ?? output,
  );
}
