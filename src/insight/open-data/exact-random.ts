import { randomBytes } from 'node:crypto';

/** Where random bytes come from: as many as are asked for, uniform and independent, given away and wiped after use. */
export type RandomBytes = (bytes: number) => Uint8Array;

/**
 * A source of randomness that gives nothing usable, such as the same byte for ever. A sound one fails so less often than
 * once in two to the power of a hundred draws; waiting for it any longer would be waiting for ever.
 */
export class StuckRandomness extends Error {
  override readonly name = 'StuckRandomness';
  constructor() {
    super('The source of randomness is stuck: nothing may be published with it.');
  }
}

/** Bytes taken from the source at once: asking the system for each draw by itself is ten times slower. */
const BUFFERED = 4096;
/** A loop that a sound source leaves after one or two turns. */
export const MOST_TURNS = 500;

/**
 * Exact draws from uniform bits: nothing is rounded, so that what is drawn has the distribution that is proven and no
 * other (Canonne, Kamath, Steinke: The Discrete Gaussian for Differential Privacy, 2020, section 5). How long a draw
 * takes tells something of what was drawn: draw in batches, never while somebody waits for one answer.
 */
export class ExactRandom {
  private buffer: Uint8Array = new Uint8Array(0);
  private at = 0;

  /** @param source the system's generator; another only to test what is made of it */
  constructor(private readonly source: RandomBytes = randomBytes) {}

  /**
   * A uniform integer from 0 to `bound` - 1, by rejection.
   *
   * @throws RangeError when `bound` is below 1; StuckRandomness
   */
  below(bound: bigint): bigint {
    if (bound < 1n) throw new RangeError('A uniform integer needs a bound of at least 1.');
    let [bytes, range] = [0, 1n];
    while (range < bound) [bytes, range] = [bytes + 1, range << 8n];
    const whole = range - (range % bound);
    for (let turn = 0; turn < MOST_TURNS; turn += 1) {
      const drawn = this.integer(bytes);
      if (drawn < whole) return drawn % bound;
    }
    throw new StuckRandomness();
  }

  /**
   * True with probability `numerator` / `denominator`.
   *
   * @throws RangeError unless 0 <= numerator <= denominator and denominator >= 1; StuckRandomness
   */
  bernoulli(numerator: bigint, denominator: bigint): boolean {
    if (numerator < 0n || numerator > denominator) throw new RangeError('A probability is from 0 to 1.');
    return this.below(denominator) < numerator;
  }

  /**
   * True with probability exp(-`numerator` / `denominator`): the paper's algorithm 1.
   *
   * @throws RangeError unless numerator >= 0 and denominator >= 1; StuckRandomness
   */
  bernoulliExp(numerator: bigint, denominator: bigint): boolean {
    if (numerator < 0n || denominator < 1n) throw new RangeError('The exponent is a fraction that is not negative.');
    for (let whole = numerator / denominator; whole > 0n; whole -= 1n) {
      if (!this.bernoulliExpUpToOne(1n, 1n)) return false;
    }
    return this.bernoulliExpUpToOne(numerator % denominator, denominator);
  }

  private bernoulliExpUpToOne(numerator: bigint, denominator: bigint): boolean {
    let odd = true;
    let scaled = denominator;
    for (let turn = 0; turn < MOST_TURNS; turn += 1) {
      if (!this.bernoulli(numerator, scaled)) return odd;
      odd = !odd;
      scaled += denominator;
    }
    throw new StuckRandomness();
  }

  /** A uniform integer of as many bytes. Each byte is used once and wiped: what noise was made of must not be found. */
  private integer(bytes: number): bigint {
    let value = 0n;
    for (let taken = 0; taken < bytes; taken += 1) {
      if (this.at >= this.buffer.length) this.refill();
      value = (value << 8n) | BigInt(this.buffer[this.at] ?? 0);
      this.buffer[this.at] = 0;
      this.at += 1;
    }
    return value;
  }

  private refill(): void {
    this.buffer = this.source(BUFFERED);
    if (this.buffer.length !== BUFFERED) throw new StuckRandomness();
    this.at = 0;
  }
}
