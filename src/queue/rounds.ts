import { setTimeout as sleep } from 'node:timers/promises';

/** Work that is done again and again, from a start to a stop, one turn after another. */
export class Rounds {
  #stopping = new AbortController();
  #loop: Promise<void> | undefined;

  /**
   * @param every milliseconds from the end of a turn to the beginning of the next
   * @param turn one turn, which deals with its own failures; its signal says that it is the last one
   */
  constructor(
    private readonly every: number,
    private readonly turn: (signal: AbortSignal) => Promise<unknown>,
  ) {}

  /** Whether it was asked to end, so that a long turn does not begin anything more. */
  get ending(): boolean {
    return this.#stopping.signal.aborted;
  }

  /** Begins with the first turn. Nothing where it has begun. */
  start(): void {
    if (this.#loop) return;
    this.#stopping = new AbortController();
    this.#loop = this.#repeat(this.#stopping.signal);
  }

  /** Ends after the turn in hand. Safe to repeat. @returns whether there was anything to end */
  async stop(): Promise<boolean> {
    if (!this.#loop) return false;
    this.#stopping.abort();
    await this.#loop;
    this.#loop = undefined;
    return true;
  }

  async #repeat(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.turn(signal);
      await sleep(this.every, undefined, { signal }).catch(() => undefined);
    }
  }
}

/**
 * A turn that tells of its first failure, and of none that follows until it has gone well again.
 *
 * @param turn what may fail
 * @param tell is given what was thrown
 */
export function tellingOnce(turn: () => Promise<unknown>, tell: (error: unknown) => void): () => Promise<void> {
  let failed = false;
  return async () => {
    try {
      await turn();
      failed = false;
    } catch (error) {
      if (!failed) tell(error);
      failed = true;
    }
  };
}
