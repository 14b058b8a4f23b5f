import type { EntityManager } from 'typeorm';
import type { CaseItem } from './case-item.entity.js';

/** An item without its number, which it is given here. */
export type ItemToStore = Omit<CaseItem, 'record' | 'position'>;

/**
 * Stores a sealed item as the last of its case. The case's row must be locked, or two could take the same number.
 *
 * Numbered within the case: a number that counted over all cases would order what a reporter did, whose hour nobody
 * keeps, between the acts of officers, whose hour the log keeps.
 */
export async function storeItem(manager: EntityManager, item: ItemToStore): Promise<void> {
  await manager.query(
    `INSERT INTO case_items (id, case_id, key, epoch, kind, author, staff_id, jwe, made_on, position)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9,
             (SELECT coalesce(max(position), 0) + 1 FROM case_items WHERE case_id = $2))`,
    [item.id, item.caseId, item.key, item.epoch, item.kind, item.author, item.staffId, item.jwe, item.madeOn],
  );
}
