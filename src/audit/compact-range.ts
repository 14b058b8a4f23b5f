import { EMPTY_ROOT, nodeHash, type Hash } from './merkle.js';
import type { TreeNode } from './stored-paths.js';

const HASH_BYTES = 32;

/**
 * The right edge of an RFC 6962 tree: the roots of its complete subtrees, largest first, one for each bit set in the
 * size. It is all one needs in order to append leaves and to know the root, whatever the size of the tree.
 * Unchangeable: appending gives a new one, so that a transaction that fails leaves the old one as it was.
 */
export class CompactRange {
  static readonly EMPTY = new CompactRange(0, []);

  private constructor(
    /** How many leaves the tree has. */
    readonly size: number,
    readonly hashes: readonly Hash[],
  ) {}

  /**
   * The range of a tree of `size` leaves, from the bytes that `toBytes` gave.
   *
   * @throws {RangeError} when the number of bytes does not belong to that size
   */
  static fromBytes(size: number, bytes: Uint8Array): CompactRange {
    if (!Number.isSafeInteger(size) || size < 0 || bytes.length !== bitsSet(size) * HASH_BYTES) {
      throw new RangeError('not the right edge of a tree of that size');
    }
    const hashes: Hash[] = [];
    for (let i = 0; i < bytes.length; i += HASH_BYTES) hashes.push(Uint8Array.from(bytes.subarray(i, i + HASH_BYTES)));
    return new CompactRange(size, hashes);
  }

  /** The hashes one after the other, largest subtree first. */
  toBytes(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.hashes));
  }

  /** The Merkle tree hash over all leaves (RFC 6962, section 2.1). */
  root(): Hash {
    return this.hashes.length === 0 ? EMPTY_ROOT : this.hashes.reduceRight((right, left) => nodeHash(left, right));
  }

  /**
   * This range with further leaves behind it; costs two hashes a leaf on average, whatever the size.
   *
   * @param leafHashes hashes of the new leaves, in their order
   * @param completed told of every inner node whose last leaf is among them, for whoever stores the tree
   */
  append(leafHashes: Iterable<Hash>, completed?: (node: TreeNode, hash: Hash) => void): CompactRange {
    const hashes = [...this.hashes];
    let { size } = this;
    for (const leaf of leafHashes) {
      let hash = leaf;
      // Like a carry in binary addition: each complete subtree of the same height on the left is taken in.
      for (let [rest, level] = [size, 1]; rest % 2 === 1; level += 1) {
        const left = hashes.pop();
        if (left) hash = nodeHash(left, hash);
        rest = Math.floor(rest / 2);
        completed?.({ level, index: rest }, hash);
      }
      hashes.push(hash);
      size += 1;
    }
    return new CompactRange(size, hashes);
  }
}

function bitsSet(n: number): number {
  let bits = 0;
  for (let rest = n; rest > 0; rest = Math.floor(rest / 2)) bits += rest % 2;
  return bits;
}
