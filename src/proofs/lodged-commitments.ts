import type { EntityManager } from 'typeorm';
import { leafHash, MerkleTree } from '../audit/merkle.js';

/** One commitment in the tree over what was lodged on its day. */
export interface LodgedPlace {
  /** YYYY-MM-DD in Pacific/Auckland. */
  readonly day: string;
  readonly index: number;
  readonly size: number;
  /** Inclusion path, base64url hashes (RFC 6962, section 2.1.1). */
  readonly path: readonly string[];
}

/**
 * Keeps the commitment of what is lodged, in its transaction; the same one again changes nothing. No case stands beside it: a
 * promise that is found somewhere leads whoever reads the database to a day, and no further.
 *
 * @param commitment 32 bytes, base64url
 * @param day YYYY-MM-DD in Pacific/Auckland
 */
export async function keepCommitment(manager: EntityManager, commitment: string, day: string): Promise<void> {
  await manager.query('INSERT INTO lodged_commitments (commitment, day) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
    Buffer.from(commitment, 'base64url'),
    day,
  ]);
}

/** Whether something was lodged under this commitment. */
export async function isLodged(manager: EntityManager, commitment: string): Promise<boolean> {
  const [row] = await manager.query<{ lodged: boolean }[]>('SELECT is_lodged($1) AS lodged', [
    Buffer.from(commitment, 'base64url'),
  ]);
  return row?.lodged === true;
}

/**
 * Whether the commitments of what was lodged on a day are kept, all of them.
 *
 * @param day YYYY-MM-DD in Pacific/Auckland
 */
export async function wereKeptOn(manager: EntityManager, day: string): Promise<boolean> {
  const [row] = await manager.query<{ kept: boolean }[]>(
    'SELECT coalesce($1 >= commitments_kept_since(), false) AS kept',
    [day],
  );
  return row?.kept === true;
}

/** Where a commitment lies among those of its day; null until the day is closed. */
export async function placeOf(manager: EntityManager, commitment: string): Promise<LodgedPlace | null> {
  const wanted = Buffer.from(commitment, 'base64url');
  const leaves = await manager.query<{ day: string; commitment: Buffer }[]>(
    `SELECT to_char(day, 'YYYY-MM-DD') AS day, commitment FROM leaves_beside($1)`,
    [wanted],
  );
  const index = leaves.findIndex((leaf) => leaf.commitment.equals(wanted));
  const day = leaves[index]?.day;
  if (day === undefined) return null;
  const tree = treeOver(leaves.map((leaf) => leaf.commitment));
  const path = tree.inclusionPath(index).map((hash) => Buffer.from(hash).toString('base64url'));
  return { day, index, size: leaves.length, path };
}

/** The tree of a day (RFC 6962, section 2.1), in the order of its leaves. */
export function treeOver(commitments: readonly Buffer[]): MerkleTree {
  return new MerkleTree(commitments.map((commitment) => leafHash(commitment)));
}
