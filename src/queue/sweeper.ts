import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { Log } from '../web/log.js';
import { Rounds } from './rounds.js';

/** Most rows removed in one transaction, so that none of them holds anybody up. */
export const SWEEP_BATCH = 1_000;
const HOUR = 3_600_000;

/**
 * Removes what has expired.
 *
 * @param limit most rows to remove
 * @returns how many were removed
 */
export type Sweep = (limit: number) => Promise<number>;

/**
 * Clears away what has expired: features say what is theirs, and a worker does it when it starts and every hour. Any
 * number of workers may; what has expired counts for nothing also while it still lies there.
 */
@Injectable()
export class Sweeper implements BeforeApplicationShutdown {
  readonly #sweeps = new Map<string, Sweep>();
  readonly #rounds = new Rounds(HOUR, (signal) => this.sweepOnce(signal));

  constructor(private readonly log: Log) {}

  /**
   * @param name what is swept, a code for the log
   * @param sweep removes one batch
   * @throws {Error} when two features claim the same
   */
  add(name: string, sweep: Sweep): void {
    if (this.#sweeps.has(name)) throw new Error(`${name} is swept twice`);
    this.#sweeps.set(name, sweep);
  }

  /** Begins to sweep. */
  start(): void {
    this.#rounds.start();
  }

  /** Ends after the batch in hand. Safe to repeat. */
  async stop(): Promise<void> {
    await this.#rounds.stop();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.stop();
  }

  /**
   * Sweeps everything once. What fails is logged, keeps nothing else from being swept, and is tried again next time.
   *
   * @param signal ends it after the batch in hand
   * @returns how many rows were removed
   */
  async sweepOnce(signal?: AbortSignal): Promise<number> {
    let removed = 0;
    for (const [name, sweep] of this.#sweeps) {
      try {
        for (let batch = SWEEP_BATCH; batch >= SWEEP_BATCH && signal?.aborted !== true; removed += batch) {
          batch = await sweep(SWEEP_BATCH);
        }
      } catch (error) {
        this.log.failure('sweep.failed', error, { name });
      }
    }
    return removed;
  }
}
