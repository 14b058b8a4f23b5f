import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { Database } from '../../config/database.js';
import { Settings } from '../../config/settings.js';
import { Log } from '../web/log.js';
import { JobFailure } from './job-failure.js';
import { JobRegistry } from './job-registry.js';
import { QUEUE_NAMES, type QueueName } from './outbox.entity.js';
import { openQueueBackend, type JobWorker, type QueueBackend, type QueuedJob } from './queue-backend.js';
import { QueueTimings } from './queue-timings.js';
import { Relay } from './relay.js';
import { noteFailure, runJob, type JobTools } from './run-job.js';

/** Jobs at once, per worker process; each holds a connection while it runs, and a notice also waits for a mail server. */
const CONCURRENCY: Readonly<Record<QueueName, number>> = { routing: 6, delivery: 4, clocks: 2 };

/** How much lies where. */
export interface QueueCounts {
  readonly waiting: number;
  readonly active: number;
  /** Given up, until someone replays it. */
  readonly dead: number;
}

/** The relay and the workers of this process. */
@Injectable()
export class QueueRunner implements BeforeApplicationShutdown {
  #backend: Promise<QueueBackend> | undefined;
  #relay: Relay | undefined;
  #workers: JobWorker[] = [];
  readonly #tools: JobTools;

  constructor(
    private readonly database: Database,
    private readonly settings: Settings,
    private readonly registry: JobRegistry,
    private readonly timings: QueueTimings,
    private readonly log: Log,
  ) {
    this.#tools = { database, registry, log };
  }

  /** Begins to hand over and to work. */
  async start(): Promise<void> {
    const backend = await this.#open();
    await this.database.asActor({ kind: 'system', name: 'queue' }, (manager) => this.registry.promiseStanding(manager));
    this.#workers = QUEUE_NAMES.map((name) => {
      const worker = backend.worker(name, (job) => runJob(this.#tools, name, job), CONCURRENCY[name]);
      worker.on('error', (error) => {
        this.log.failure('queue.worker', error);
      });
      worker.on('failed', (job) => {
        void this.#buryKiller(name, job);
      });
      return worker;
    });
    this.#relay = new Relay(this.database, backend, this.timings, (error) => {
      this.log.failure('queue.relay', error);
    });
    this.#relay.start();
  }

  /** Takes nothing new, finishes what is in hand, closes. Safe to repeat. */
  async stop(): Promise<void> {
    const [relay, workers] = [this.#relay, this.#workers];
    [this.#relay, this.#workers] = [undefined, []];
    await Promise.all([relay?.stop(), ...workers.map((worker) => worker.close())]);
    const backend = this.#backend;
    this.#backend = undefined;
    await (await backend)?.close();
  }

  /** Before the pools close. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.stop();
  }

  /**
   * Whether the queue can be reached. Lodging never asks: the outbox keeps what is due until the queue is back.
   *
   * @throws when it cannot
   */
  async ping(): Promise<void> {
    await (await this.#open()).ping();
  }

  /** What waits, runs and was given up, per queue. */
  async counts(): Promise<ReadonlyMap<QueueName, QueueCounts>> {
    const { queues } = await this.#open();
    const dead = await this.database.asActor({ kind: 'system', name: 'metrics' }, (manager) =>
      manager.query<{ queue: QueueName; count: number }[]>(
        `SELECT queue, count(*)::int AS count FROM outbox WHERE dead_at IS NOT NULL GROUP BY queue`,
      ),
    );
    const counted = await Promise.all(
      [...queues].map(async ([name, queue]) => {
        const in_ = await queue.getJobCounts('waiting', 'active', 'delayed');
        return [
          name,
          {
            waiting: (in_.waiting ?? 0) + (in_.delayed ?? 0),
            active: in_.active ?? 0,
            dead: dead.find((row) => row.queue === name)?.count ?? 0,
          },
        ] as const;
      }),
    );
    return new Map(counted);
  }

  #open(): Promise<QueueBackend> {
    const { options } = this.database.dataSource;
    const url = 'url' in options ? options.url : undefined;
    if (url === undefined) throw new Error('the database was opened without a URL');
    this.#backend ??= openQueueBackend(this.settings.QUEUE_URL, url, this.timings).then((backend) => {
      for (const queue of backend.queues.values()) {
        queue.on('error', (error) => {
          this.log.failure('queue.connection', error);
        });
      }
      return backend;
    });
    return this.#backend;
  }

  /** A job that never came to an end because every worker that took it died: given up where the others are. */
  async #buryKiller(name: QueueName, job: QueuedJob | undefined): Promise<void> {
    if (job?.id === undefined || job.deferredFailure === undefined) return;
    await noteFailure(this.#tools, name, job.id, new JobFailure('stalled'), true);
  }
}
