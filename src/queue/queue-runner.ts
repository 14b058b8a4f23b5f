import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { Database } from '../../config/database.js';
import { Settings } from '../../config/settings.js';
import { Log } from '../web/log.js';
import { JobFailure } from './job-failure.js';
import { JobRegistry } from './job-registry.js';
import { QUEUE_NAMES, type QueueName } from './outbox.entity.js';
import { openQueueBackend, type JobWorker, type QueueBackend, type QueuedJob } from './queue-backend.js';
import { readStandings, type QueueStanding } from './queue-standing.js';
import { QueueTimings } from './queue-timings.js';
import { Relay } from './relay.js';
import { noteFailure, runJob, type JobTools } from './run-job.js';

/** Jobs at once, per worker process; each holds a connection while it runs, and a notice also waits for a mail server. */
const CONCURRENCY: Readonly<Record<QueueName, number>> = { routing: 6, delivery: 4, clocks: 2 };

/** How many jobs lie between the outbox and their end. */
export interface QueueCounts {
  readonly waiting: number;
  readonly active: number;
}

/** Milliseconds between two lines of the log about the same thing that is away. */
const COMPLAIN_AGAIN = 60_000;

/** The relay and the workers of this process. */
@Injectable()
export class QueueRunner implements BeforeApplicationShutdown {
  #backend: Promise<QueueBackend> | undefined;
  #relay: Relay | undefined;
  #workers: JobWorker[] = [];
  #promising: NodeJS.Timeout | undefined;
  #promised: Promise<void> = Promise.resolve();
  readonly #tools: JobTools;
  readonly #complained = new Map<string, number>();

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
    await this.#promise();
    this.#workers = QUEUE_NAMES.map((name) => {
      const worker = backend.worker(name, (job) => runJob(this.#tools, name, job), CONCURRENCY[name]);
      worker.on('error', (error) => {
        this.#complain('queue.worker', error);
      });
      worker.on('failed', (job) => {
        void this.#buryKiller(name, job);
      });
      return worker;
    });
    this.#relay = new Relay(this.database, backend, this.timings, (error) => {
      this.#complain('queue.relay', error);
    });
    this.#relay.start();
    this.#promising = setInterval(() => {
      this.#promised = this.#promise().catch((error: unknown) => {
        this.log.failure('queue.standing', error);
      });
    }, this.timings.promiseAgain);
  }

  /** Takes nothing new, finishes what is in hand, closes. Safe to repeat. */
  async stop(): Promise<void> {
    clearInterval(this.#promising);
    const [relay, workers] = [this.#relay, this.#workers];
    [this.#relay, this.#workers] = [undefined, []];
    await Promise.all([this.#promised, relay?.stop(), ...workers.map((worker) => worker.close())]);
    const backend = this.#backend;
    this.#backend = undefined;
    await (await backend)?.close();
  }

  /** Says that something is away, and not again at each of the many tries until it is back. */
  #complain(event: string, error: unknown): void {
    const now = performance.now();
    if (now - (this.#complained.get(event) ?? -Infinity) < COMPLAIN_AGAIN) return;
    this.#complained.set(event, now);
    this.log.failure(event, error);
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

  /** Milliseconds since the relay of this process last did its work; undefined where none runs. */
  get relayLookedAgo(): number | undefined {
    return this.#relay?.lookedAgo;
  }

  /**
   * Whether this process hands over what is promised.
   *
   * @throws when it does not
   */
  relayAlive(): Promise<void> {
    const ago = this.relayLookedAgo;
    if (ago !== undefined && ago < this.timings.relaySilence) return Promise.resolve();
    return Promise.reject(new Error('the relay does not look'));
  }

  /** How each queue stands by the outbox. */
  standings(): Promise<QueueStanding[]> {
    return this.database.asActor({ kind: 'system', name: 'metrics' }, readStandings);
  }

  /**
   * What waits and runs, per queue.
   *
   * @throws when the queue cannot be reached
   */
  async counts(): Promise<ReadonlyMap<QueueName, QueueCounts>> {
    const backend = await this.#open();
    // First, since BullMQ waits without end for a queue it has never reached.
    await backend.ping();
    const counted = await Promise.all(
      [...backend.queues].map(async ([name, queue]) => {
        const in_ = await queue.getJobCounts('waiting', 'active', 'delayed');
        return [name, { waiting: (in_.waiting ?? 0) + (in_.delayed ?? 0), active: in_.active ?? 0 }] as const;
      }),
    );
    return new Map(counted);
  }

  #open(): Promise<QueueBackend> {
    const { options } = this.database.dataSource;
    const url = 'url' in options ? options.url : undefined;
    if (url === undefined) throw new Error('the database was opened without a URL');
    const role = this.settings.ROLE === 'web' ? 'onedoor_web' : 'onedoor_worker';
    this.#backend ??= openQueueBackend(this.settings.QUEUE_URL, { url, role }, this.timings).then((backend) => {
      for (const queue of backend.queues.values()) {
        queue.on('error', (error) => {
          this.#complain('queue.connection', error);
        });
      }
      return backend;
    });
    return this.#backend;
  }

  #promise(): Promise<void> {
    return this.database.asActor({ kind: 'system', name: 'queue' }, (manager) =>
      this.registry.promiseStanding(manager),
    );
  }

  /** A job that never came to an end because every worker that took it died: given up where the others are. */
  async #buryKiller(name: QueueName, job: QueuedJob | undefined): Promise<void> {
    if (job?.id === undefined || job.deferredFailure === undefined) return;
    await noteFailure(this.#tools, name, job.id, new JobFailure('stalled'), true);
  }
}
