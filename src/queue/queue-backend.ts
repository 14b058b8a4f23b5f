import { createPostgresBackend, createRedisBackend, withBackend, type JobsOptions, type PgPool } from 'bullmq';
import { Pool } from 'pg';
import type { DatabaseRole } from '../../config/database-roles.js';
import { QUEUE_NAMES, type QueueName } from './outbox.entity.js';
import type { QueueTimings } from './queue-timings.js';

/** Schema of BullMQ's tables. */
const SCHEMA = 'bullmq';

/** Times of events are of use to nobody here and say when people came: hardly any are kept. */
const STREAMS = { events: { maxLen: 100 } };

/** What a worker is told of a job; its content is its id. */
export interface QueuedJob {
  readonly id?: string | undefined;
  readonly name: string;
  readonly attemptsMade: number;
  readonly opts: { readonly attempts?: number | undefined };
  readonly deferredFailure?: string | undefined;
}

/** When it was last begun, in milliseconds since the epoch by its worker's clock, and for how many it was put off then. */
interface DelayedJob {
  readonly processedOn?: number | undefined;
  readonly delay: number;
}

interface Closing {
  on(event: 'error', listener: (error: Error) => void): unknown;
  close(): Promise<void>;
}

interface JobQueue extends Closing {
  addBulk(jobs: { name: string; data: object; opts: JobsOptions }[]): Promise<unknown>;
  getJobCounts(...states: ('waiting' | 'active' | 'delayed')[]): Promise<Record<string, number>>;
  /** Those that wait to be tried again, from the `start`th to the `end`th; in descending order, whose turn comes last is first. */
  getJobs(states: 'delayed'[], start: number, end: number, ascending: boolean): Promise<(DelayedJob | undefined)[]>;
  /** Lets all that wait to be tried again have their turn now. */
  promoteJobs(): Promise<void>;
}

export interface JobWorker extends Closing {
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'failed', listener: (job: QueuedJob | undefined, error: Error) => void): unknown;
}

/** Where jobs lie between the outbox and their worker. */
export interface QueueBackend {
  readonly queues: ReadonlyMap<QueueName, JobQueue>;
  worker(name: QueueName, run: (job: QueuedJob) => Promise<void>, concurrency: number): JobWorker;
  /** @throws when the queue cannot be reached */
  ping(): Promise<void>;
  /** Closes the queues and their connections, not the workers. */
  close(): Promise<void>;
}

/** Where the queue lies in PostgreSQL, and as what this process works with it. */
export interface QueueDatabase {
  readonly url: string;
  readonly role: Extract<DatabaseRole, 'onedoor_web' | 'onedoor_worker'>;
}

/**
 * Opens the queue: in Redis or Valkey where a URL is given, else in PostgreSQL.
 *
 * @param queueUrl `redis://` or `rediss://`
 * @param database `postgres://` URL to log in with, and the role to become
 * @param timings locks and their renewal
 */
export function openQueueBackend(
  queueUrl: string | undefined,
  database: QueueDatabase,
  timings: QueueTimings,
): Promise<QueueBackend> {
  return queueUrl === undefined ? Promise.resolve(onPostgres(database, timings)) : onRedis(queueUrl, timings);
}

function workerOptions(timings: QueueTimings, concurrency: number) {
  return {
    concurrency,
    lockDuration: timings.lockDuration,
    stalledInterval: timings.stalledInterval,
    maxStalledCount: timings.mostStalls,
  };
}

function onPostgres({ url, role }: QueueDatabase, timings: QueueTimings): QueueBackend {
  // One pool for the process: with one for each queue and worker, a handful of processes would use up PostgreSQL.
  const pool = new Pool({
    connectionString: url,
    max: 10,
    // These connections serve the queue alone and stay what they are.
    options: `-c search_path=${SCHEMA} -c role=${role}`,
    application_name: 'onedoor queue',
    connectionTimeoutMillis: 10_000,
    statement_timeout: 15_000,
    keepAlive: true,
  });
  pool.on('error', () => undefined); // an idle connection broke; the pool replaces it
  const connection = pool as unknown as PgPool; // one and the same, but pg's types spell their overloads otherwise
  const { Queue, Worker } = withBackend(createPostgresBackend);
  const queues = new Map(QUEUE_NAMES.map((name) => [name, new Queue(name, { connection, streams: STREAMS })] as const));
  return {
    queues,
    worker: (name, run, concurrency) => new Worker(name, run, { connection, ...workerOptions(timings, concurrency) }),
    ping: async () => {
      await pool.query('SELECT version FROM migration LIMIT 1');
    },
    close: async () => {
      await Promise.all([...queues.values()].map((queue) => queue.close()));
      await pool.end();
    },
  };
}

async function onRedis(url: string, timings: QueueTimings): Promise<QueueBackend> {
  const { Redis } = await import('ioredis');
  // Handing over must fail at once when Redis is away, since the outbox keeps the row; workers wait for it to return.
  const handOver = new Redis(url, { maxRetriesPerRequest: 1, enableOfflineQueue: true, commandTimeout: 5_000 });
  const wait = new Redis(url, { maxRetriesPerRequest: null });
  for (const client of [handOver, wait]) client.on('error', () => undefined); // it reconnects by itself; ping tells
  const { Queue, Worker } = withBackend(createRedisBackend);
  const queues = new Map(
    QUEUE_NAMES.map((name) => [name, new Queue(name, { connection: handOver, streams: STREAMS })] as const),
  );
  return {
    queues,
    worker: (name, run, concurrency) =>
      new Worker(name, run, { connection: wait, ...workerOptions(timings, concurrency) }),
    ping: async () => {
      await handOver.ping();
    },
    close: async () => {
      await Promise.all([...queues.values()].map((queue) => queue.close()));
      handOver.disconnect();
      wait.disconnect();
    },
  };
}
