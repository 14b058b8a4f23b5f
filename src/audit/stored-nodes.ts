import type { EntityManager } from 'typeorm';
import { AuditBroken } from './audit-tree.js';
import type { Hash } from './merkle.js';
import type { ReadNodes } from './stored-paths.js';

/**
 * Reads nodes of the stored tree in one statement, each by its key.
 *
 * @throws {AuditBroken} where one is not there
 */
export function storedNodes(manager: EntityManager): ReadNodes {
  return async (nodes) => {
    const rows = await manager.query<{ hash: Buffer | null }[]>(
      `SELECT CASE WHEN w.level = 0 THEN (SELECT leaf_hash FROM audit_leaves WHERE position = w.place)
                   ELSE (SELECT n.hash FROM audit_nodes n WHERE n.level = w.level AND n.place = w.place) END AS hash
         FROM unnest($1::smallint[], $2::bigint[]) WITH ORDINALITY AS w (level, place, nth) ORDER BY w.nth`,
      [nodes.map(({ level }) => level), nodes.map(({ index }) => index)],
    );
    return rows.map(({ hash }): Hash => {
      if (!hash) throw new AuditBroken('audit_nodes_missing');
      return hash;
    });
  };
}
