import type { Bytes } from './suite.js';

/* Whole here, so that a browser and Node hold a log to its promises by the same lines. */

/** Whatever bytes it is given, only a SHA-256 value fits anywhere. */
type Hash = Uint8Array;

const LEAF = 0x00;
const NODE = 0x01;

/** The hash of a leaf (RFC 6962, section 2.1), where there is WebCrypto only. */
export function hashOfLeaf(data: Uint8Array): Promise<Bytes> {
  return digest(LEAF, data);
}

/**
 * Whether a leaf is in the tree with that root (RFC 9162, section 2.1.3.2). False for anything malformed.
 *
 * @param proof the leaf's hash, its position from 0, the size and root of the tree, and the path from the leaf up
 */
export async function verifyInclusion(proof: {
  readonly leafHash: Hash;
  readonly index: number;
  readonly size: number;
  readonly path: readonly Hash[];
  readonly root: Hash;
}): Promise<boolean> {
  const { index, size, path } = proof;
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return false;
  let fn = index;
  let sn = size - 1;
  let root = proof.leafHash;
  for (const sibling of path) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      root = await digest(NODE, sibling, root);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else {
      root = await digest(NODE, root, sibling);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && equal(root, proof.root);
}

/**
 * Whether an earlier tree is the beginning of a later one (RFC 9162, section 2.1.4.2). False for anything malformed.
 * The empty tree is the beginning of every tree, with an empty path.
 *
 * @param proof sizes and roots of both trees and the path between them
 */
export async function verifyConsistency(proof: {
  readonly earlierSize: number;
  readonly earlierRoot: Hash;
  readonly size: number;
  readonly root: Hash;
  readonly path: readonly Hash[];
}): Promise<boolean> {
  const { earlierSize, earlierRoot, size, root } = proof;
  if (!Number.isSafeInteger(earlierSize) || !Number.isSafeInteger(size) || earlierSize < 0 || earlierSize > size) {
    return false;
  }
  if (earlierSize === size) return proof.path.length === 0 && equal(earlierRoot, root);
  if (earlierSize === 0) return proof.path.length === 0 && equal(earlierRoot, await emptyRoot());
  let fn = earlierSize - 1;
  let sn = size - 1;
  while (fn % 2 === 1) [fn, sn] = [half(fn), half(sn)];
  // An earlier tree that is one complete subtree of the later one is not repeated in the path.
  const [first, ...rest] = fn === 0 ? [earlierRoot, ...proof.path] : proof.path;
  if (!first) return false;
  let earlier = first;
  let later = first;
  for (const sibling of rest) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      earlier = await digest(NODE, sibling, earlier);
      later = await digest(NODE, sibling, later);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else {
      later = await digest(NODE, later, sibling);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && equal(earlier, earlierRoot) && equal(later, root);
}

/** The root of the tree over these leaves (RFC 6962, section 2.1), where all of them are at hand. */
export async function rootOf(leaves: readonly Uint8Array[]): Promise<Bytes> {
  let level = await Promise.all(leaves.map(hashOfLeaf));
  while (level.length > 1) {
    const evens = level.filter((_, at) => at % 2 === 0);
    const odds = level.filter((_, at) => at % 2 === 1);
    // One that is left over at the end of its level goes up as it is.
    level = await Promise.all(evens.map(async (left, at) => (odds[at] ? digest(NODE, left, odds[at]) : left)));
  }
  return level[0] ?? emptyRoot();
}

async function emptyRoot(): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(0)));
}

async function digest(kind: number, ...parts: readonly Uint8Array[]): Promise<Bytes> {
  const whole = new Uint8Array(1 + parts.reduce((sum, { length }) => sum + length, 0));
  whole[0] = kind;
  let at = 1;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return new Uint8Array(await crypto.subtle.digest('SHA-256', whole));
}

function equal(a: Hash, b: Hash): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

// Division, not shifts: a log may outgrow the 32 bits that JavaScript shifts.
function half(n: number): number {
  return Math.floor(n / 2);
}
