import type { EntityManager } from 'typeorm';
import type { Case } from '../../cases/case.entity.js';
import { noWall } from '../../staff/walls.js';
import type { Receiver } from './sealed-name.js';

/**
 * The colleagues to whom the name in a disclosure can be released: those of its agency who read it and do not have the name.
 *
 * @param only ask about this one alone
 */
export function receiversOf(
  manager: EntityManager,
  { id, agencyId }: Case,
  only: string | null = null,
): Promise<Receiver[]> {
  return manager.query<Receiver[]>(
    `SELECT p.id AS "staffId", p.display_name AS "displayName", json_build_object('kid', k.kid, 'jwk', k.jwk) AS agreement
       FROM staff p
       JOIN staff_keys k ON k.staff_id = p.id AND k.purpose = 'agreement' AND k.retired_at IS NULL
       JOIN cases c ON c.id = $1
       JOIN case_grants g ON g.case_id = c.id AND g.reader = k.kid AND g.key = 'case'
        AND g.epoch = (SELECT max(epoch) FROM case_epochs WHERE case_id = $1 AND key = 'case')
      WHERE p.agency_id = $2 AND p.active AND 'disclosure_officer' = ANY (p.roles) AND ($3::uuid IS NULL OR p.id = $3)
        AND NOT EXISTS (SELECT FROM case_grants n WHERE n.case_id = c.id AND n.reader = k.kid AND n.key = 'identity')
        AND ${noWall('c', 'p.id')}
      ORDER BY p.display_name, p.id`,
    [id, agencyId, only],
  );
}
