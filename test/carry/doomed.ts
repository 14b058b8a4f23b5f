import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { until } from '../support/until.js';

/** On a busy machine a process takes its time to start; less than the tests that start one may take. */
const PATIENCE_MS = 90_000;

/** A process that is going to be killed. It writes a line for each job that it holds, and never ends by itself. */
export class Doomed {
  #said = '';
  readonly #gone: Promise<unknown>;

  private constructor(private readonly child: ChildProcess) {
    this.#gone = once(child, 'exit');
    child.stdout?.on('data', (chunk: Buffer) => (this.#said += chunk.toString()));
  }

  /** Starts this script. */
  static start(script: URL, environment: Readonly<Record<string, string>>): Doomed {
    const hooks = new URL('../support/typescript.mjs', import.meta.url).href;
    const child = spawn(process.execPath, ['--import', hooks, fileURLToPath(script)], {
      env: { PATH: process.env.PATH, ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    return new Doomed(child);
  }

  /** Waits until so many jobs are held. */
  async holds(jobs: number): Promise<void> {
    await this.#until(`it holds ${jobs.toString()}`, () => this.#lines().length >= jobs);
  }

  /** Waits until it has said each of these lines. */
  async says(...lines: readonly string[]): Promise<void> {
    await this.#until(`it says ${lines.join(', ')}`, () => lines.every((line) => this.#lines().includes(line)));
  }

  /** Kills it, and waits until it is gone. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.#gone;
  }

  /** Asks it to stop; resolves with its exit code. */
  async stop(): Promise<number | null> {
    this.child.kill('SIGTERM');
    await this.#gone;
    return this.child.exitCode;
  }

  #lines(): string[] {
    return this.#said.split('\n').slice(0, -1);
  }

  #until(what: string, isSo: () => boolean): Promise<void> {
    const still = (): boolean => {
      if (this.child.exitCode !== null) throw new Error('it ended by itself');
      return isSo();
    };
    return until(what, still, PATIENCE_MS);
  }
}
