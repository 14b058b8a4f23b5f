import type { EntityManager } from 'typeorm';
import { isUniqueViolation } from '../../config/database.js';
import { Conflict } from '../web/errors.js';
import type { CaseItem } from './case-item.entity.js';

/** An item without its number, which it is given here. */
export type ItemToStore = Omit<CaseItem, 'record' | 'position'>;

/**
 * Stores a sealed item as the last of its case. The case's row must be locked, or two could take the same number.
 *
 * Numbered within the case: a number that counted over all cases would order what a reporter did, whose hour nobody
 * keeps, between the acts of officers, whose hour the log keeps.
 *
 * @throws {Conflict} `item_exists` when something lies under its id, wherever that is: the actor need not see it
 */
export async function storeItem(manager: EntityManager, item: ItemToStore): Promise<void> {
  try {
    await manager.query(
      `INSERT INTO case_items (id, case_id, key, epoch, kind, author, staff_id, jwe, made_on, position)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, next_item_position($2))`,
      [item.id, item.caseId, item.key, item.epoch, item.kind, item.author, item.staffId, item.jwe, item.madeOn],
    );
  } catch (error) {
    if (!isUniqueViolation(error, 'pk_case_items')) throw error;
    throw new Conflict('item_exists', 'Something else was sent under the same number. Send it again under a new one.');
  }
}
