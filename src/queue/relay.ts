import { setTimeout as sleep } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import type { Database } from '../../config/database.js';
import { QUEUE_NAMES, type QueueName } from './outbox.entity.js';
import type { QueueBackend } from './queue-backend.js';
import type { QueueTimings } from './queue-timings.js';

/** Most rows handed over in one transaction. */
const RELAY_BATCH = 200;

const claim = (which: string) => `
  WITH due AS (
    SELECT id FROM outbox
    WHERE dead_at IS NULL AND ${which} AND queue NOT IN (SELECT queue FROM queue_pauses)
    ORDER BY relayed_at, due_at LIMIT ${RELAY_BATCH.toString()} FOR UPDATE SKIP LOCKED
  )
  UPDATE outbox SET relayed_at = now() FROM due WHERE outbox.id = due.id RETURNING outbox.id, queue, name`;

const CLAIM_NEW = claim(`relayed_at IS NULL AND due_at <= now()`);
const CLAIM_LOST = claim(`relayed_at < now() - $1 * interval '1 millisecond'`);

interface Due {
  readonly id: string;
  readonly queue: QueueName;
  readonly name: string;
}

/** How often, and after which delays, work is tried again: twice as long each time, up to half of it left to chance. */
export function retriesOf({ attempts, backoff }: Pick<QueueTimings, 'attempts' | 'backoff'>) {
  return { attempts, backoff: { type: 'exponential', delay: backoff, jitter: 0.5 } } as const;
}

/** Milliseconds after which work that failed is tried again at the latest. */
function longestDelay({ attempts, backoff }: Pick<QueueTimings, 'attempts' | 'backoff'>): number {
  return backoff * 2 ** Math.max(0, attempts - 2);
}

/**
 * Hands due rows of the outbox to the queue, at least once each. Rows are locked meanwhile and passed over by other
 * relays, so any number may run. A row handed over twice is one job, since its id is the job's, for as long as that
 * job lives; after that the missing row tells that the work is done.
 *
 * It looks again and again instead of being told: NOTIFY takes a lock on the whole database at commit, so that one in
 * the transaction of every lodging would have lodgings commit one after the other.
 */
export class Relay {
  #stopping = new AbortController();
  #loop: Promise<void> = Promise.resolve();
  #lookedForLost = Number.NEGATIVE_INFINITY;
  /** By a clock that is never set. */
  #looked = performance.now();

  constructor(
    private readonly database: Database,
    private readonly backend: QueueBackend,
    private readonly timings: QueueTimings,
    private readonly onError: (error: unknown) => void,
  ) {}

  start(): void {
    this.#stopping = new AbortController();
    this.#looked = performance.now();
    this.#loop = this.#run(this.#stopping.signal);
  }

  /** Ends after the batch in hand. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
  }

  /** Milliseconds since it last looked into the outbox and handed over what it found. */
  get lookedAgo(): number {
    return performance.now() - this.#looked;
  }

  /**
   * Hands over one batch of new rows and, now and then, one of rows that the queue seems to have lost.
   *
   * @returns how many new rows there were
   */
  async relayOnce(now = performance.now()): Promise<number> {
    // First, since BullMQ waits without end for a queue it has never reached, and would do so with rows locked.
    await this.backend.ping();
    if (now - this.#lookedForLost >= this.timings.relayAgainAfter / 4) {
      this.#lookedForLost = now;
      await this.#handOver((manager) => manager.query(CLAIM_LOST, [this.timings.relayAgainAfter]));
      await this.#bringForward();
    }
    const count = await this.#handOver((manager) => manager.query(CLAIM_NEW));
    this.#looked = performance.now();
    return count;
  }

  async #handOver(claimDue: (manager: EntityManager) => Promise<[Due[], number]>): Promise<number> {
    return this.database.asActor({ kind: 'system', name: 'relay' }, async (manager) => {
      const [due] = await claimDue(manager);
      // Before the commit: were it after, a crash between the two would leave rows that nobody has for a minute.
      for (const name of QUEUE_NAMES) {
        const jobs = due.filter((row) => row.queue === name).map((row) => this.#job(row));
        if (jobs.length > 0) await this.backend.queues.get(name)?.addBulk(jobs);
      }
      return due.length;
    });
  }

  /**
   * The queue puts work off by the clock of the server where it failed. Was that clock far ahead, the work would wait until
   * it truly is that day: it is tried now, with whatever else was put off. Told by what comes last of all, in one question:
   * two counts would differ by what came and went between them.
   */
  async #bringForward(): Promise<void> {
    const now = await this.database.asActor({ kind: 'system', name: 'relay' }, async (manager) => {
      const [row] = await manager.query<{ now: Date }[]>('SELECT now() AS now');
      return row?.now.getTime() ?? 0;
    });
    // By the later of two clocks, so that a server whose own is behind does not hurry the others' work.
    const latest = Math.ceil(Math.max(now, Date.now()) + longestDelay(this.timings));
    for (const queue of this.backend.queues.values()) {
      const [last] = await queue.getJobs(['delayed'], 0, 0, false);
      if (last && (last.processedOn ?? 0) + last.delay > latest) await queue.promoteJobs();
    }
  }

  #job(row: Due) {
    return {
      name: row.name,
      data: {},
      opts: {
        jobId: row.id,
        ...retriesOf(this.timings),
        removeOnComplete: true,
        // What was given up lies in the outbox, where it can be seen and replayed; a failed job kept under the same
        // id would keep the replay out.
        removeOnFail: true,
        stackTraceLimit: 0,
      },
    };
  }

  async #run(signal: AbortSignal): Promise<void> {
    let pause = this.timings.pollBusy;
    while (!signal.aborted) {
      try {
        const count = await this.relayOnce();
        if (count === RELAY_BATCH) continue;
        pause = count > 0 ? this.timings.pollBusy : Math.min(pause * 1.5, this.timings.pollIdle);
      } catch (error) {
        this.onError(error);
        pause = this.timings.pollIdle;
      }
      await sleep(pause, undefined, { signal }).catch(() => undefined);
    }
  }
}
