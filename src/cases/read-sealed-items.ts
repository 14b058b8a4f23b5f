import type { EntityManager } from 'typeorm';
import type { CaseKeyName } from '../vault/suite.js';
import type { StoredItem } from './sealed-case.js';

/** Most items of one epoch that are handed out; a referral has its note and the answer to it. */
const MOST_ITEMS = 20;

/** The items under one epoch of a case's key, oldest first; for whoever may read that epoch. */
export function readSealedItems(
  manager: EntityManager,
  caseId: string,
  key: CaseKeyName,
  epoch: number,
): Promise<StoredItem[]> {
  return manager.query<StoredItem[]>(
    `SELECT i.id, i.key, i.epoch, i.kind, i.author, p.display_name AS by, to_char(i.made_on, 'YYYY-MM-DD') AS "madeOn", i.jwe
       FROM case_items i LEFT JOIN staff p ON p.id = i.staff_id
      WHERE i.case_id = $1 AND i.key = $2 AND i.epoch = $3 ORDER BY i.position LIMIT $4`,
    [caseId, key, epoch, MOST_ITEMS],
  );
}
