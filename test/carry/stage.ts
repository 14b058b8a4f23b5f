import { describe } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { freshDatabase, type TestDatabase } from '../support/database.js';
import { findRedisServer, startRedis, type TestRedis } from '../support/redis.js';
import { until } from '../support/until.js';
import { openWorker, Watcher, type TestWorker, type TestWorkerOptions } from './worker.js';

export const SYSTEM = { kind: 'system', name: 'test' } as const;

/** A migrated database, perhaps a Redis, and the workers on them. */
export class Stage {
  readonly #workers: TestWorker[] = [];
  readonly #processes: ChildProcess[] = [];

  private constructor(
    readonly database: TestDatabase,
    readonly watcher: Watcher,
    readonly redis: TestRedis | undefined,
  ) {}

  static async set({ redis }: { redis: boolean }): Promise<Stage> {
    const database = await freshDatabase();
    const server = redis ? findRedisServer() : undefined;
    return new Stage(
      database,
      new Watcher(database.ownerUrl),
      server === undefined ? undefined : await startRedis(server),
    );
  }

  /** Starts a worker, or only opens it when `start` is false. */
  async work(options: Partial<TestWorkerOptions> = {}, start = true): Promise<TestWorker> {
    const worker = await openWorker({
      databaseUrl: this.database.applicationUrl,
      queueUrl: this.redis?.url,
      ...options,
    });
    this.#workers.push(worker);
    if (start) await worker.runner.start();
    return worker;
  }

  /** Starts a worker in a process of its own, which writes a line for each job that it holds and never ends. */
  doom(environment: Readonly<Record<string, string>>): Doomed {
    const script = fileURLToPath(new URL('doomed-worker.ts', import.meta.url));
    const hooks = new URL('../support/typescript.mjs', import.meta.url).href;
    const child = spawn(process.execPath, ['--import', hooks, script], {
      env: {
        PATH: process.env.PATH,
        CARRY_DATABASE_URL: this.database.applicationUrl,
        CARRY_QUEUE_URL: this.redis?.url ?? '',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#processes.push(child);
    return new Doomed(child);
  }

  /** Stops the workers and forgets all work. */
  async clear(): Promise<void> {
    for (const child of this.#processes.splice(0)) child.kill('SIGKILL');
    await Promise.all(this.#workers.splice(0).map((worker) => worker.stop()));
    await this.watcher.rows('TRUNCATE outbox, notices, reminders, queue_pauses, clocks, lead_reviews');
    if (this.redis) await this.redis.flush();
    else await this.watcher.rows('TRUNCATE bullmq.job, bullmq.event CASCADE');
  }

  async end(): Promise<void> {
    await this.watcher.close();
    await this.redis?.stop();
    await this.database.drop();
  }

  /** Waits until nothing that is due is left, but what was given up. */
  async done(): Promise<void> {
    await until(
      'the outbox is empty',
      async () => (await this.watcher.count('outbox', 'due_at <= now() AND dead_at IS NULL')) === 0,
    );
  }
}

/** A worker process that is going to be killed. */
export class Doomed {
  #said = '';
  readonly #gone: Promise<unknown>;

  constructor(private readonly child: ChildProcess) {
    this.#gone = once(child, 'exit');
    child.stdout?.on('data', (chunk: Buffer) => (this.#said += chunk.toString()));
  }

  /** Waits until so many jobs are held, and kills it. */
  async killHolding(jobs: number): Promise<void> {
    try {
      await until(`it holds ${jobs.toString()}`, () => {
        if (this.child.exitCode !== null) throw new Error('it ended by itself');
        return this.#said.split('\n').length > jobs;
      });
    } finally {
      this.child.kill('SIGKILL');
    }
    await this.#gone;
  }

  /** Waits until it says so. */
  async says(line: string): Promise<void> {
    await until(`it says ${line}`, () => {
      if (this.child.exitCode !== null) throw new Error('it ended by itself');
      return this.#said.includes(`${line}\n`);
    });
  }

  /** Asks it to stop; resolves with its exit code. */
  async stop(): Promise<number | null> {
    this.child.kill('SIGTERM');
    await this.#gone;
    return this.child.exitCode;
  }
}

const skipped = findRedisServer() === undefined;

/** Has the same tests on both backends of the queue. */
export function onBothBackends(what: string, tests: (options: { redis: boolean }) => void): void {
  describe(`${what} on PostgreSQL`, () => {
    tests({ redis: false });
  });
  (skipped ? describe.skip : describe)(`${what} on Redis${skipped ? ' (skipped: no redis-server found)' : ''}`, () => {
    tests({ redis: true });
  });
}
