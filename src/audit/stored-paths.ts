import { EMPTY_ROOT, largestPowerOfTwoBelow, nodeHash, type Hash } from './merkle.js';

/**
 * A complete subtree: the leaves from `index`·2^`level` up to (`index`+1)·2^`level`. Once its last leaf is in the tree
 * its hash never changes, so that it can be stored.
 */
export interface TreeNode {
  readonly level: number;
  readonly index: number;
}

/**
 * Reads the hashes of complete subtrees, in the order in which they are asked for; level 0 are the leaves.
 * It is asked once for each path, for fewer than 3·log2(size) of them.
 */
export type ReadNodes = (nodes: readonly TreeNode[]) => Promise<readonly Hash[]>;

/** Leaves from a position up to, and without, another. */
type Span = readonly [start: number, end: number];

/**
 * The hashes that prove a leaf is in the tree of `size` leaves (RFC 6962, section 2.1.1), out of a stored tree.
 *
 * @throws {RangeError} when there is no such leaf
 */
export async function storedInclusionPath(index: number, size: number, read: ReadNodes): Promise<Hash[]> {
  const [path] = await storedInclusionPaths([index], size, read);
  return path ?? [];
}

/**
 * As {@link storedInclusionPath}, for many leaves at once.
 *
 * @throws {RangeError} when one of them is not there
 */
export async function storedInclusionPaths(
  indices: readonly number[],
  size: number,
  read: ReadNodes,
): Promise<Hash[][]> {
  if (indices.some((index) => !Number.isSafeInteger(index) || index < 0 || index >= size)) {
    throw new RangeError('no such leaf');
  }
  const spans = indices.map((index) => inclusionSpans(index, [0, size]));
  const hashes = await hashesOf(spans.flat(), read);
  let next = 0;
  return spans.map(({ length }) => hashes.slice(next, (next += length)));
}

/**
 * The hashes that prove that the tree of `earlierSize` leaves is the beginning of that of `size` leaves (RFC 6962,
 * section 2.1.2), out of a stored tree.
 *
 * @throws {RangeError} when the earlier tree cannot be a beginning of the other
 */
export async function storedConsistencyPath(earlierSize: number, size: number, read: ReadNodes): Promise<Hash[]> {
  const sizes = Number.isSafeInteger(earlierSize) && Number.isSafeInteger(size);
  if (!sizes || earlierSize < 0 || earlierSize > size) throw new RangeError('no such earlier tree');
  return earlierSize === 0 ? [] : hashesOf(consistencySpans(earlierSize, [0, size], true), read);
}

/** The root of the tree as it was when it had `size` leaves, out of a stored tree that may have more. */
export async function storedRoot(size: number, read: ReadNodes): Promise<Hash> {
  if (size === 0) return EMPTY_ROOT;
  const [root] = await hashesOf([[0, size]], read);
  if (!root) throw new RangeError('no such tree');
  return root;
}

/** The right edge of the tree as it was when it had `size` leaves: the roots of its complete subtrees, largest first. */
export async function storedEdge(size: number, read: ReadNodes): Promise<readonly Hash[]> {
  return size === 0 ? [] : read(completeNodes([0, size]));
}

/** PATH(m, D[start:end]) of RFC 6962, section 2.1.1, as the spans whose hashes it consists of. */
function inclusionSpans(m: number, [start, end]: Span): Span[] {
  if (end - start === 1) return [];
  const middle = start + largestPowerOfTwoBelow(end - start);
  return m < middle
    ? [...inclusionSpans(m, [start, middle]), [middle, end]]
    : [...inclusionSpans(m, [middle, end]), [start, middle]];
}

/** SUBPROOF(m, D[start:end], known) of RFC 6962, section 2.1.2; `m` is the position at which the earlier tree ends. */
function consistencySpans(m: number, [start, end]: Span, known: boolean): Span[] {
  if (m === end) return known ? [] : [[start, end]];
  const middle = start + largestPowerOfTwoBelow(end - start);
  return m <= middle
    ? [...consistencySpans(m, [start, middle], known), [middle, end]]
    : [...consistencySpans(m, [middle, end], false), [start, middle]];
}

async function hashesOf(spans: readonly Span[], read: ReadNodes): Promise<Hash[]> {
  const pieces = spans.map(completeNodes);
  const hashes = await read(pieces.flat());
  let next = 0;
  return pieces.map(({ length }) => {
    const own = hashes.slice(next, (next += length));
    return own.reduceRight((right, left) => nodeHash(left, right));
  });
}

/** The complete subtrees of a span that begins where a subtree as wide as itself might, largest first. */
function completeNodes([start, end]: Span): TreeNode[] {
  const nodes: TreeNode[] = [];
  for (let from = start; from < end;) {
    let [level, width] = [0, 1];
    while (width * 2 <= end - from) [level, width] = [level + 1, width * 2];
    nodes.push({ level, index: from / width });
    from += width;
  }
  return nodes;
}
