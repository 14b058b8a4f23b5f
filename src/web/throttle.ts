import type { FastifyRequest } from 'fastify';
import ipaddr from 'ipaddr.js';
import { createHmac, randomBytes } from 'node:crypto';
import { TooMany } from './errors.js';

/** A burst, and then one more try each `seconds`. */
interface Limit {
  readonly burst: number;
  readonly seconds: number;
}

/** What can be guessed at, or costs us dearly, and how often. Generous by address: libraries and Tor exits are shared by many. */
export const LIMITS = {
  mailbox: { burst: 20, seconds: 10 },
  sign_in: { burst: 20, seconds: 6 },
  invitation: { burst: 10, seconds: 30 },
  // Reading the log of keys in pages, and signing over its heads.
  key_log: { burst: 120, seconds: 1 },
  // Sealing here costs some 25 ms of a core each time. What a client sealed costs next to nothing and is not counted.
  lodge_in_clear: { burst: 300, seconds: 2 },
} as const satisfies Record<string, Limit>;

export type Guess = keyof typeof LIMITS;

interface Bucket {
  tokens: number;
  /** Milliseconds of the clock at the last take. */
  at: number;
}

const MOST_BUCKETS = 50_000;

/**
 * Slows guessing down by token buckets in memory. No address is kept: a bucket's name is a MAC of it under a key that
 * dies with the process.
 */
export class Throttle {
  private readonly key = randomBytes(32);
  /** In the order of last use; the oldest goes first when there are too many. */
  private readonly buckets = new Map<string, Bucket>();

  /** @param now milliseconds of a clock that never goes back */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /**
   * Counts one try.
   *
   * @param kind what is being tried
   * @param request whose address counts, IPv6 by its /56
   * @param account what is tried, if it has a name of its own, so that many addresses cannot share the guessing
   * @throws {TooMany} with the seconds to wait
   */
  take(kind: Guess, request: Pick<FastifyRequest, 'ip'>, account?: string): void {
    const names = [`${kind} from ${networkOf(request.ip)}`];
    if (account !== undefined) names.push(`${kind} of ${account}`);
    for (const name of names) {
      const wait = this.takeOne(name, LIMITS[kind]);
      // Before the account's turn: who is refused by their address must not use up what somebody else may try.
      if (wait > 0) throw new TooMany(Math.ceil(wait));
    }
  }

  /** How many buckets there are, which is bounded. */
  get size(): number {
    return this.buckets.size;
  }

  /** Seconds to wait; 0 when a token was there and is taken. */
  private takeOne(name: string, { burst, seconds }: Limit): number {
    const id = createHmac('sha256', this.key).update(name).digest('base64');
    const now = this.now();
    const before = this.buckets.get(id) ?? { tokens: burst, at: now };
    const tokens = Math.min(burst, before.tokens + (now - before.at) / 1000 / seconds);
    const granted = tokens >= 1;
    this.buckets.delete(id);
    this.buckets.set(id, { tokens: granted ? tokens - 1 : tokens, at: now });
    this.forgetOldest();
    return granted ? 0 : (1 - tokens) * seconds;
  }

  private forgetOldest(): void {
    if (this.buckets.size <= MOST_BUCKETS) return;
    const [oldest] = this.buckets.keys();
    if (oldest !== undefined) this.buckets.delete(oldest);
  }
}

/** The part of an address that one customer holds: a whole IPv4 address, the first 56 bits of an IPv6 one. */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return 'unknown';
  const parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv4) return parsed.toString();
  return Buffer.from(parsed.toByteArray().slice(0, 7)).toString('hex');
}
