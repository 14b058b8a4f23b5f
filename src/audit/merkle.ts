import { hash } from 'node:crypto';

/** A SHA-256 value of 32 bytes. */
export type Hash = Uint8Array;

const LEAF = Uint8Array.of(0x00);
const NODE = Uint8Array.of(0x01);

function sha256(...parts: readonly Uint8Array[]): Hash {
  return new Uint8Array(hash('sha256', Buffer.concat(parts), 'buffer'));
}

/** The root of the tree without leaves (RFC 6962, section 2.1). */
export const EMPTY_ROOT: Hash = sha256();

/**
 * The hash of a leaf (RFC 6962, section 2.1).
 *
 * @param data what the leaf records, as bytes
 */
export function leafHash(data: Uint8Array): Hash {
  return sha256(LEAF, data);
}

/** The hash of an inner node (RFC 6962, section 2.1). */
export function nodeHash(left: Hash, right: Hash): Hash {
  return sha256(NODE, left, right);
}

/** Whether these are the same bytes. */
export function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

/**
 * A whole RFC 6962 tree in memory: built once with as many hashes as leaves, after which every path costs O(log n).
 * For logs that do not fit in memory, see {@link CompactRange}.
 */
export class MerkleTree {
  /** `levels[k][j]` is the hash over the leaves from j·2^k up to (j+1)·2^k or the end, whichever comes first. */
  readonly #levels: readonly (readonly Hash[])[];

  /** @param leafHashes the hashes of the leaves, in their order */
  constructor(leafHashes: readonly Hash[]) {
    const levels: Hash[][] = [[...leafHashes]];
    for (let level = levels[0] ?? []; level.length > 1;) {
      const above: Hash[] = [];
      for (let i = 0; i < level.length; i += 2) {
        const left = at(level, i);
        const right = level[i + 1];
        above.push(right ? nodeHash(left, right) : left);
      }
      levels.push(above);
      level = above;
    }
    this.#levels = levels;
  }

  /** How many leaves the tree has. */
  get size(): number {
    return this.#levels[0]?.length ?? 0;
  }

  /** The Merkle tree hash over all leaves (RFC 6962, section 2.1). */
  get root(): Hash {
    return this.#levels.at(-1)?.[0] ?? EMPTY_ROOT;
  }

  /**
   * The hashes that prove a leaf is in this tree (RFC 6962, section 2.1.1), from the leaf up.
   *
   * @param index position of the leaf, from 0
   * @throws {RangeError} when there is no such leaf
   */
  inclusionPath(index: number): Hash[] {
    if (!Number.isInteger(index) || index < 0 || index >= this.size) throw new RangeError('no such leaf');
    const path: Hash[] = [];
    let j = index;
    for (const level of this.#levels) {
      const sibling = level[j % 2 === 0 ? j + 1 : j - 1];
      if (sibling) path.push(sibling);
      j = Math.floor(j / 2);
    }
    return path;
  }

  /**
   * The hashes that prove that the tree of the first `earlierSize` leaves is the beginning of this one
   * (RFC 6962, section 2.1.2).
   *
   * @param earlierSize how many leaves the earlier tree had, from 0 to the size of this one
   * @throws {RangeError} when the earlier tree cannot be a beginning of this one
   */
  consistencyPath(earlierSize: number): Hash[] {
    if (!Number.isInteger(earlierSize) || earlierSize < 0 || earlierSize > this.size) {
      throw new RangeError('no such earlier tree');
    }
    return earlierSize === 0 ? [] : this.#subproof(earlierSize, 0, this.size, true);
  }

  /** SUBPROOF(m, D[start:end], known) of RFC 6962, section 2.1.2. */
  #subproof(m: number, start: number, end: number, known: boolean): Hash[] {
    const size = end - start;
    if (m === size) return known ? [] : [this.#rootOf(start, end)];
    const k = largestPowerOfTwoBelow(size);
    return m <= k
      ? [...this.#subproof(m, start, start + k, known), this.#rootOf(start + k, end)]
      : [...this.#subproof(m - k, start + k, end, false), this.#rootOf(start, start + k)];
  }

  #rootOf(start: number, end: number): Hash {
    let level = 0;
    let width = 1;
    for (; width < end - start; width *= 2) level += 1;
    return at(this.#levels[level] ?? [], start / width);
  }
}

/** The largest power of two smaller than `n`, by which RFC 6962 parts a tree of `n` leaves; `n` is at least 2. */
export function largestPowerOfTwoBelow(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

function at(level: readonly Hash[], index: number): Hash {
  const found = level[index];
  if (!found) throw new RangeError('outside the tree');
  return found;
}
