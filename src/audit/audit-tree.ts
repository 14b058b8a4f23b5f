import type { JWK } from 'jose';
import type { EntityManager } from 'typeorm';
import { headReader } from './audit-head.js';
import { CompactRange } from './compact-range.js';

/** The stored tree contradicts itself or its signed heads: nothing may be built on it. The message is a code. */
export class AuditBroken extends Error {
  override readonly name = 'AuditBroken';
}

const PAGE = 10_000;

/**
 * The right edge of the stored tree as it now is, for whoever holds the sequencer's lock.
 *
 * @param manager the transaction that holds the lock
 * @param known the edge as it was before, if this process saw it; otherwise the last signed head is where it begins
 * @param headsKey public key by which heads must be signed
 * @throws {AuditBroken} when leaves are missing or the last head does not belong to the tree
 */
export async function currentTree(
  manager: EntityManager,
  known: CompactRange | undefined,
  headsKey: JWK,
): Promise<CompactRange> {
  const [last] = await manager.query<{ position: string }[]>(
    'SELECT position FROM audit_leaves ORDER BY position DESC LIMIT 1',
  );
  const size = last ? Number(last.position) + 1 : 0;
  let tree = known ?? (await lastSigned(manager, headsKey));
  if (tree.size > size) throw new AuditBroken('audit_leaves_missing');
  while (tree.size < size) {
    const page = await manager.query<{ position: string; leaf_hash: Buffer }[]>(
      'SELECT position, leaf_hash FROM audit_leaves WHERE position >= $1 ORDER BY position LIMIT $2',
      [tree.size, PAGE],
    );
    const first = tree.size;
    const whole = page.length > 0 && page.every((leaf, i) => Number(leaf.position) === first + i);
    if (!whole) throw new AuditBroken('audit_leaves_missing');
    tree = tree.append(page.map((leaf) => leaf.leaf_hash));
  }
  return tree;
}

async function lastSigned(manager: EntityManager, headsKey: JWK): Promise<CompactRange> {
  const [row] = await manager.query<{ size: string; edge: Buffer; signature: string }[]>(
    'SELECT size, edge, signature FROM audit_heads ORDER BY size DESC LIMIT 1',
  );
  if (!row) return CompactRange.EMPTY;
  const head = await headReader([headsKey])(row.signature);
  if (head?.size !== Number(row.size)) throw new AuditBroken('audit_head_not_ours');
  try {
    const tree = CompactRange.fromBytes(head.size, row.edge);
    // The edge is not signed itself, but the signed root can be had from no other one.
    if (Buffer.compare(tree.root(), head.root) === 0) return tree;
  } catch {
    // Not as long as the size says.
  }
  throw new AuditBroken('audit_edge_changed');
}
