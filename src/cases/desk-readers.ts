import type { EntityManager } from 'typeorm';
import { currentReaders } from '../agencies/readers.js';
import type { PublicKey } from '../vault/keys.js';
import type { Case } from './case.entity.js';

/**
 * Who reads what the agency keeps to itself about a case. Of a complaint: whoever holds the agency's complaints key. Of a
 * disclosure: the members of staff to whom its case key was granted, and nobody who came later. The person never does.
 */
export async function deskReaders(manager: EntityManager, found: Case): Promise<readonly PublicKey[]> {
  if (found.path === 'complaint') return (await currentReaders(manager, found.agencyId))?.complaints ?? [];
  return manager.query<PublicKey[]>(
    `SELECT k.kid, k.jwk
       FROM case_grants g
       JOIN staff_keys k ON k.kid = g.reader AND k.purpose = 'agreement' AND k.retired_at IS NULL
       JOIN staff p ON p.id = k.staff_id AND p.active AND p.agency_id = $2 AND 'disclosure_officer' = ANY (p.roles)
      WHERE g.case_id = $1 AND g.key = 'case'
        AND g.epoch = (SELECT max(epoch) FROM case_epochs WHERE case_id = $1 AND key = 'case')
      ORDER BY k.kid`,
    [found.id, found.agencyId],
  );
}
