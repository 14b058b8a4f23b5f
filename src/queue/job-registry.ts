import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { JobFailure } from './job-failure.js';
import type { OutboxJob } from './outbox.js';
import type { QueueName } from './outbox.entity.js';

/** How a run failed. */
export interface FailedRun {
  readonly code: string;
  /** True when the work is given up until someone replays it. */
  readonly dead: boolean;
}

/** How one kind of work is done. */
export interface JobHandler {
  /** Does it, in the transaction that takes the row away. May run again when that transaction does not commit. */
  run(manager: EntityManager, job: OutboxJob): Promise<void>;
  /** Takes note of a failed run, in a transaction of its own. */
  failed?(manager: EntityManager, job: OutboxJob, run: FailedRun): Promise<void>;
}

/** Which verb does which kind of work; features enter theirs when their module starts. */
@Injectable()
export class JobRegistry {
  readonly #handlers = new Map<string, JobHandler>();
  readonly #standing: ((manager: EntityManager) => Promise<void>)[] = [];

  /**
   * @param queue the queue it comes through
   * @param name the kind of work
   * @param handler how it is done
   * @throws {Error} when two features claim the same work
   */
  handle(queue: QueueName, name: string, handler: JobHandler): void {
    const key = `${queue}/${name}`;
    if (this.#handlers.has(key)) throw new Error(`${key} has two handlers`);
    this.#handlers.set(key, handler);
  }

  /**
   * Enters work that returns by the clock. Every worker promises it when it starts, so `promise` must be safe to
   * repeat; the work then promises its own next time.
   */
  standing(promise: (manager: EntityManager) => Promise<void>): void {
    this.#standing.push(promise);
  }

  /** Promises all work that returns by the clock. */
  async promiseStanding(manager: EntityManager): Promise<void> {
    for (const promise of this.#standing) await promise(manager);
  }

  find(queue: QueueName, name: string): JobHandler | undefined {
    return this.#handlers.get(`${queue}/${name}`);
  }

  /**
   * @throws {JobFailure} `no_handler`, not for good: while versions change, an older worker may meet newer work
   */
  handlerOf(queue: QueueName, name: string): JobHandler {
    const handler = this.find(queue, name);
    if (!handler) throw new JobFailure('no_handler');
    return handler;
  }
}
