import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * A sum that takes a computer a second or so and us a moment to check (hashcash): find a text so that the SHA-256 of
 * `challenge:text` begins with so many zero bits.
 */
export interface Puzzle {
  readonly challenge: string;
  readonly bits: number;
}

/** Zero bits of the easiest puzzle, about 65,000 tries, and of the hardest, which is still done within a minute on an old phone. */
export const FEWEST_BITS = 16;
export const MOST_BITS = 20;
/** Milliseconds for which a puzzle may be solved. */
const LIFE_MS = 2 * 60_000;
const MOST_SPENT = 50_000;
const SOLUTION = /^([\w-]{22}\.\d{1,15}\.\d{1,2}\.[\w-]{1,40})\.([\w-]{43}):([\w-]{1,20})$/;

/**
 * Sets puzzles and checks what was made of them. Nothing of a puzzle is kept until it is solved: it carries its own MAC.
 * A solution counts once, is not bound to an address, which changes under people on the move, and is good for one purpose.
 */
export class Puzzles {
  private readonly spent = new Map<string, number>();

  /**
   * @param key the same in every process that serves, so that each takes what another set
   * @param now milliseconds since 1970
   */
  constructor(
    private readonly key: Uint8Array = randomBytes(32),
    private readonly now: () => number = () => Date.now(),
  ) {}

  /** @param bits how hard it is to be; kept between the easiest and the hardest */
  set(purpose: string, bits: number): Puzzle {
    const hard = Math.min(MOST_BITS, Math.max(FEWEST_BITS, Math.round(bits)));
    const salt = randomBytes(16).toString('base64url');
    const body = [salt, this.now() + LIFE_MS, hard, purpose].join('.');
    return { challenge: `${body}.${this.mac(body)}`, bits: hard };
  }

  /** Whether this is `challenge:text` of a puzzle of ours for this purpose, solved in time and not yet spent; it is then. */
  spend(purpose: string, solution: string): boolean {
    const [, body = '', mac = '', text = ''] = SOLUTION.exec(solution) ?? [];
    if (body === '' || !sameMac(mac, this.mac(body))) return false;
    const [salt = '', until = '', bits = '', wanted = ''] = body.split('.');
    if (wanted !== purpose || Number(until) < this.now() || this.spent.has(salt)) return false;
    if (zeroBits(createHash('sha256').update(`${body}.${mac}:${text}`).digest()) < Number(bits)) return false;
    this.remember(salt, Number(until));
    return true;
  }

  /** How many spent ones are remembered, which is bounded. */
  get size(): number {
    return this.spent.size;
  }

  private remember(salt: string, until: number): void {
    this.spent.set(salt, until);
    for (const [one, ended] of this.spent) {
      // They were spent in about the order in which they end.
      if (ended >= this.now() && this.spent.size <= MOST_SPENT) break;
      this.spent.delete(one);
    }
  }

  private mac(body: string): string {
    return createHmac('sha256', this.key).update(`onedoor.puzzle.1 ${body}`).digest('base64url');
  }
}

function sameMac(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(one), Buffer.from(other));
}

function zeroBits(hash: Uint8Array): number {
  const at = hash.findIndex((byte) => byte !== 0);
  return at === -1 ? hash.length * 8 : at * 8 + Math.clz32(hash[at] ?? 0) - 24;
}
