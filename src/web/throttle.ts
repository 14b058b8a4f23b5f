import type { FastifyRequest } from 'fastify';
import ipaddr from 'ipaddr.js';
import { createHmac, randomBytes } from 'node:crypto';
import { TooMany } from './errors.js';
import { FEWEST_BITS, Puzzles } from './puzzles.js';
import { Turns } from './turns.js';

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
  // A commitment is not guessed; each answer costs a signature and a tree.
  proof: { burst: 60, seconds: 2 },
  // Files that anybody may have, and programs fetch by the dozen.
  open_data: { burst: 600, seconds: 0.1 },
  // Looking at figures: as much as a person reads, and too little to take them apart by asking.
  figures: { burst: 120, seconds: 2 },
  // A token costs a signature, an answer a check of one and a row; each rating takes one of either.
  rating: { burst: 120, seconds: 1 },
  // Sealing here costs some 25 ms of a core each time.
  lodge_in_clear: { burst: 300, seconds: 2 },
  // Costs next to nothing but a row for ever; no office writes ten a second.
  lodge_sealed: { burst: 6_000, seconds: 0.1 },
} as const satisfies Record<string, Limit>;

export type Guess = keyof typeof LIMITS;

interface Bucket {
  tokens: number;
  /** Milliseconds of the clock at the last take. */
  at: number;
}

const MOST_BUCKETS = 50_000;

/** Tries beyond somebody's share, of one kind within a minute, from which on we count as under attack and ask for work. */
export const UNDER_ATTACK = 10;
const MINUTE_MS = 60_000;

/** Header with which a script sends what it made of a puzzle. */
export const WORK_HEADER = 'onedoor-work';

/** What of a request is looked at. */
export interface Asker {
  readonly ip: string;
  readonly headers?: FastifyRequest['headers'];
}

/**
 * Slows guessing down by token buckets in memory. No address is kept: a bucket's name is a MAC of it under a key that
 * dies with the process.
 *
 * Many share an address, and one of them must not shut the door on the others. So whoever is over the share of their
 * address is not turned away for good: while there are many such tries, a script may solve a puzzle and come in; and who
 * has no script waits their turn. What is tried at one account is held back besides, for all servers together
 * (`staff/slow-down`).
 */
export class Throttle {
  private readonly key = randomBytes(32);
  private readonly pressure = new Map<Guess, { from: number; tries: number; before: number }>();
  /** In the order of last use; the oldest goes first when there are too many. */
  private readonly buckets = new Map<string, Bucket>();

  /**
   * @param now milliseconds of a clock that never goes back
   * @param puzzles for those over their share; of one process only, unless a key is shared
   */
  constructor(
    private readonly now: () => number = () => performance.now(),
    private readonly puzzles = new Puzzles(),
    private readonly turns = new Turns(),
  ) {}

  /**
   * Counts one try.
   *
   * @param kind what is being tried
   * @param request whose address counts, IPv6 by its /64; or the work it brings
   * @throws {TooMany} with the seconds to wait, and under attack with the puzzle to be solved instead
   */
  take(kind: Guess, request: Asker): void {
    const wait = this.takeOne(`${kind} from ${networkOf(request.ip)}`, LIMITS[kind]);
    if (wait > 0) this.beyondShare(kind, request, wait);
  }

  /**
   * Counts one try of somebody who is signed in, from whatever address.
   *
   * @param id of the account
   * @throws {TooMany} with the seconds to wait
   */
  takeAs(kind: Guess, id: string): void {
    const wait = this.takeOne(`${kind} as ${id}`, LIMITS[kind]);
    if (wait > 0) throw new TooMany(Math.ceil(wait));
  }

  /**
   * Counts one try of a form, whose sender may have no script: over the share of their address they wait their turn.
   *
   * @throws {TooMany} when too many wait already
   */
  async takeInTurn(kind: Guess, request: Asker): Promise<void> {
    try {
      this.take(kind, request);
    } catch (error) {
      if (!(error instanceof TooMany) || !(await this.turns.wait(this.idOf(networkOf(request.ip))))) throw error;
    }
  }

  /** How many buckets there are, which is bounded. */
  get size(): number {
    return this.buckets.size;
  }

  private beyondShare(kind: Guess, { headers }: Asker, wait: number): void {
    const work = headers?.[WORK_HEADER];
    if (typeof work === 'string' && this.puzzles.spend(kind, work)) return;
    const tries = this.underPressure(kind);
    const bits = FEWEST_BITS + Math.log2(tries / UNDER_ATTACK);
    throw new TooMany(Math.ceil(wait), tries < UNDER_ATTACK ? undefined : this.puzzles.set(kind, bits));
  }

  /** Tries beyond a share within about the last minute, this one among them. */
  private underPressure(kind: Guess): number {
    const now = this.now();
    let { from, tries, before } = this.pressure.get(kind) ?? { from: now, tries: 0, before: 0 };
    if (now - from >= MINUTE_MS) {
      before = now - from < 2 * MINUTE_MS ? tries : 0;
      from = now;
      tries = 0;
    }
    this.pressure.set(kind, { from, tries: tries + 1, before });
    return Math.max(tries + 1, before);
  }

  /** Seconds to wait; 0 when a token was there and is taken. */
  private takeOne(name: string, { burst, seconds }: Limit): number {
    const id = this.idOf(name);
    const now = this.now();
    const before = this.buckets.get(id) ?? { tokens: burst, at: now };
    const tokens = Math.min(burst, before.tokens + (now - before.at) / 1000 / seconds);
    const granted = tokens >= 1;
    this.buckets.delete(id);
    this.buckets.set(id, { tokens: granted ? tokens - 1 : tokens, at: now });
    this.forgetOldest();
    return granted ? 0 : (1 - tokens) * seconds;
  }

  private idOf(name: string): string {
    return createHmac('sha256', this.key).update(name).digest('base64');
  }

  private forgetOldest(): void {
    if (this.buckets.size <= MOST_BUCKETS) return;
    const [oldest] = this.buckets.keys();
    if (oldest !== undefined) this.buckets.delete(oldest);
  }
}

/** The part of an address that one network holds: a whole IPv4 address, the first 64 bits of an IPv6 one. */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return 'unknown';
  const parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv4) return parsed.toString();
  return Buffer.from(parsed.toByteArray().slice(0, 8)).toString('hex');
}
