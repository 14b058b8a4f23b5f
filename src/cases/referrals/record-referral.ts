import type { EntityManager } from 'typeorm';
import type { Actor } from '../../../config/database.js';
import { append } from '../../audit/audit.js';
import { timeKept } from '../case-access.js';
import type { Case } from '../case.entity.js';
import type { Referral } from './referral.entity.js';

/**
 * Puts an act on a referral into the audit log; of a disclosure its day alone.
 *
 * @param act what was done, such as `accepted`
 */
export function recordReferral(
  manager: EntityManager,
  actor: Actor,
  found: Case,
  { id }: Pick<Referral, 'id'>,
  act: 'proposed' | 'held' | 'read' | 'words_read' | 'accepted' | 'opened' | 'granted_again' | 'withdrawn',
): Promise<void> {
  return append(manager, {
    action: `referral.${act}`,
    actor,
    caseId: found.id,
    subject: id,
    ...timeKept(found),
  });
}
