import { createCipheriv, createHash } from 'node:crypto';
import { recordKey } from '../../../src/insight/cubes/cell-key.js';
import { ExactRandom } from '../../../src/insight/open-data/exact-random.js';

/** Numbers that are as good as random and the same each time: an experiment can be repeated. */
export class Seeded {
  private block = 0;
  private words: number[] = [];

  constructor(private readonly seed: string) {}

  /** From 0 to below 1. */
  next(): number {
    if (this.words.length === 0) {
      const digest = createHash('sha512').update(`${this.seed} ${this.block.toString()}`).digest();
      this.block += 1;
      for (let at = 0; at < 64; at += 4) this.words.push(digest.readUInt32BE(at));
    }
    return (this.words.pop() ?? 0) / 2 ** 32;
  }

  /** A whole number from 0 to below `bound`. */
  below(bound: number): number {
    return Math.floor(this.next() * bound);
  }

  one<T>(of: readonly T[]): T {
    const found = of[this.below(of.length)];
    if (found === undefined) throw new Error('There is nothing to choose from.');
    return found;
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }

  uuid(): string {
    return this.bytes(16)
      .toString('hex')
      .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  }
}

/** Exact draws that are the same each time: for attacks on noise, never for what is published. */
export function seededDraws(seed: string): ExactRandom {
  const key = createHash('sha256').update(seed).digest();
  const stream = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  return new ExactRandom((bytes) => stream.update(Buffer.alloc(bytes)));
}

/** A case as the cubes know it. */
export interface Case {
  readonly key: number;
  readonly month: number;
  readonly topic: number;
  readonly agency: number;
  readonly disclosure: boolean;
}

export const SHAPE = { months: 24, topics: 12, agencies: 40 } as const;

/** Ordinary complaints as they come: a few topics and agencies have most of them, most have few. */
export class World {
  readonly cases: readonly Case[];
  private readonly cells: readonly (readonly Case[])[];

  constructor(
    readonly random: Seeded,
    complaints: number,
  ) {
    const [topics, agencies] = [zipf(SHAPE.topics, 1), zipf(SHAPE.agencies, 0.8)];
    const secret = random.bytes(32);
    this.cases = Array.from({ length: complaints }, () => ({
      key: recordKey(secret, random.uuid()),
      month: random.below(SHAPE.months),
      topic: drawn(random, topics),
      agency: drawn(random, agencies),
      disclosure: false,
    }));
    const cells = Array.from({ length: SHAPE.months * SHAPE.topics }, (): Case[] => []);
    for (const each of this.cases) cells[each.month * SHAPE.topics + each.topic]?.push(each);
    this.cells = cells.filter((cell) => cell.length > 0);
  }

  /** A case that is not there yet. */
  another(): Case {
    return { ...this.random.one(this.cases), key: this.random.below(2 ** 32) };
  }

  /**
   * What a filter of a few months and topics finds, less one agency: many sets, none of them twice.
   *
   * @param least no fewer than these, for an attacker asks where nothing is hidden
   */
  filtered(least: number, without: number): Case[] {
    const found = new Set<Case>();
    while (found.size < least) {
      for (const each of this.random.one(this.cells)) if (each.agency !== without) found.add(each);
    }
    return [...found];
  }
}

/** Shares that add up to one, each by a power of its place smaller than the first. @param power from 0, where all are equal */
export function zipf(length: number, power: number): number[] {
  const weights = Array.from({ length }, (_, i) => (i + 1) ** -power);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

function drawn(random: Seeded, shares: readonly number[]): number {
  let left = random.next();
  const found = shares.findIndex((share) => (left -= share) < 0);
  return found < 0 ? shares.length - 1 : found;
}
