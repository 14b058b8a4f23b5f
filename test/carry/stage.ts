import { describe } from '@jest/globals';
import type { QueueName } from '../../src/queue/outbox.entity.js';
import { freshDatabase, type TestDatabase } from '../support/database.js';
import { findRedisServer, startRedis, type TestRedis } from '../support/redis.js';
import { until } from '../support/until.js';
import { Doomed } from './doomed.js';
import { openWorker, Watcher, type TestWorker, type TestWorkerOptions } from './worker.js';

export const SYSTEM = { kind: 'system', name: 'test' } as const;

/** Jobs of one kind that a doomed worker holds for ever, the first at the first point, the next at the next. */
export interface Hold {
  readonly queue: QueueName;
  readonly name: string;
  /** What is between two effects: part of a statement, or `mail`. */
  readonly between?: string;
  readonly points: readonly Point[];
}

/**
 * Before its effects; between two of them; after all of them; after their commit, which the queue never hears of; or
 * before them until it is asked to stop.
 */
export type Point = 'before' | 'between' | 'after' | 'committed' | 'slow';

/** A migrated database, perhaps a Redis, and the workers on them. */
export class Stage {
  readonly #workers: TestWorker[] = [];
  readonly #doomed: Doomed[] = [];

  private constructor(
    readonly database: TestDatabase,
    readonly watcher: Watcher,
    public redis: TestRedis | undefined,
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

  /** Starts workers in a process of their own that hold jobs, as `doomed-worker.ts` says. */
  doom(hold: readonly Hold[], environment: Readonly<Record<string, string>> = {}): Doomed {
    const doomed = Doomed.start(new URL('doomed-worker.ts', import.meta.url), {
      CARRY_DATABASE_URL: this.database.applicationUrl,
      CARRY_QUEUE_URL: this.redis?.url ?? '',
      CARRY_HOLD: JSON.stringify(hold),
      ...environment,
    });
    this.#doomed.push(doomed);
    return doomed;
  }

  /** Stops the workers and forgets all work. */
  async clear(): Promise<void> {
    await Promise.all(this.#doomed.splice(0).map((doomed) => doomed.kill()));
    await Promise.all(this.#workers.splice(0).map((worker) => worker.stop()));
    await this.watcher.rows('TRUNCATE outbox, notices, reminders, queue_pauses, clocks, lead_reviews');
    await this.emptyQueue();
  }

  /** What a flushed Redis or a restored queue looks like: it has no memory at all. */
  async emptyQueue(): Promise<void> {
    if (this.redis) await this.redis.flush();
    else await this.watcher.rows('TRUNCATE bullmq.job, bullmq.event CASCADE');
  }

  /** Starts Redis again where it was, after it was stopped. */
  async restartRedis(): Promise<void> {
    const [program, { port }] = [findRedisServer(), new URL(this.redis?.url ?? '')];
    if (program === undefined) throw new Error('there is no Redis');
    this.redis = await startRedis(program, Number(port));
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
