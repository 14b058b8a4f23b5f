import type { EntityManager } from 'typeorm';
import type { StoredItem } from '../sealed-case.js';
import { STORED_ITEMS } from '../sealed-parts.js';

/** Most items about one referral that are handed out; it has its note and the answer to it. */
const MOST_ITEMS = 20;

/** What was said under one epoch of the key `referral`, oldest first; for whoever may read that epoch. */
export function noteItemsOf(manager: EntityManager, caseId: string, epoch: number): Promise<StoredItem[]> {
  return manager.query<StoredItem[]>(
    `${STORED_ITEMS} WHERE i.case_id = $1 AND i.key = 'referral' AND i.epoch = $2 ORDER BY i.position LIMIT $3`,
    [caseId, epoch, MOST_ITEMS],
  );
}
