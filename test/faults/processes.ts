import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import process from 'node:process';
import { argumentsFor } from '../support/command.js';
import { until } from '../support/until.js';

const PROJECT = join(import.meta.dirname, '..', '..');

/** How a process ended. */
export interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A server in a process of its own, run as it was built, that knows of its surroundings only what it is told. */
export class ServerProcess {
  static readonly #running = new Set<ServerProcess>();

  /** Everything it wrote, standard output and standard error. */
  output = '';
  readonly ended: Promise<End>;
  readonly #child: ChildProcess;
  #over = false;

  private constructor(entry: string, environment: Readonly<Record<string, string>>) {
    const child = spawn(process.execPath, argumentsFor(entry), {
      cwd: PROJECT,
      env: { PATH: process.env.PATH, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => (this.output += chunk));
    }
    ServerProcess.#running.add(this);
    // Not at its exit but once all that it wrote has been read.
    this.ended = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        ServerProcess.#running.delete(this);
        this.#over = true;
        resolve({ code, signal });
      });
    });
  }

  /**
   * Starts one.
   *
   * @param entry path of its source from the project's root, such as `src/main.ts`
   * @param environment all of its environment but the search path
   */
  static start(entry: string, environment: Readonly<Record<string, string>>): ServerProcess {
    return new ServerProcess(entry, environment);
  }

  /** Ends, by force, what a failed test left running. */
  static async endAll(): Promise<void> {
    await Promise.all([...this.#running].map((left) => left.kill()));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Waits until it has written what `pattern` matches; fails with all it wrote when it ends, or takes long, without. */
  async says(pattern: RegExp, limit = 150_000): Promise<RegExpExecArray> {
    const said = (): RegExpExecArray | null => pattern.exec(this.output);
    await until('it says so', () => said() !== null || this.#over, limit).catch(() => undefined); // told below
    const found = said();
    if (found) return found;
    throw new Error(`it ${this.#over ? 'ended' : 'went on'} without saying ${String(pattern)}:\n${this.output}`);
  }

  /** Asks it to stop, and waits until it has. */
  async stop(): Promise<End> {
    this.#child.kill('SIGTERM');
    return this.ended;
  }

  /** Asks it to stop, and does not wait. */
  terminate(): void {
    this.#child.kill('SIGTERM');
  }

  /** `kill -9`, and waits until it is gone. */
  async kill(): Promise<End> {
    this.#child.kill('SIGKILL');
    return this.ended;
  }
}

/** A port of the loopback address that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Pids of the processes, but for this one, whose command line or working directory speaks of a directory (on Linux). */
export async function processesOf(directory: string): Promise<number[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const found: number[] = [];
  for (const pid of pids) {
    const commandLine = await readFile(join('/proc', pid, 'cmdline'), 'utf8').catch(() => '');
    const workingDirectory = await readlink(join('/proc', pid, 'cwd')).catch(() => '');
    if (`${commandLine}\n${workingDirectory}`.includes(directory)) found.push(Number(pid));
  }
  return found.filter((pid) => pid !== process.pid);
}
