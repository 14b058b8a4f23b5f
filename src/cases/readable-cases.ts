import type { EntityManager } from 'typeorm';
import type { StaffActor } from '../staff/staff-actor.js';
import { noWall } from '../staff/walls.js';
import type { CasePath } from './case.entity.js';
import { mayRead } from './case.policy.js';

interface Row {
  readonly id: string;
  readonly reference: string;
  readonly path: CasePath;
  readonly agencyId: string;
  readonly granted: boolean;
  readonly walled: boolean;
}

/**
 * Those of some references whose cases this officer may read, with the cases' ids. Of the others nothing tells whether there
 * are such cases: all are asked for at once, in one query that is the same for each.
 */
export async function readableAmong(
  manager: EntityManager,
  actor: StaffActor,
  references: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await manager.query<Row[]>(
    `SELECT c.id, c.reference, c.path, c.agency_id AS "agencyId", EXISTS (
              SELECT FROM staff_keys k
                JOIN case_grants g ON g.reader = k.kid AND g.case_id = c.id AND g.key = 'case'
                 AND g.epoch = (SELECT max(epoch) FROM case_epochs WHERE case_id = c.id AND key = 'case')
               WHERE k.staff_id = $2 AND k.purpose = 'agreement' AND k.retired_at IS NULL) AS granted,
            NOT ${noWall('c', '$2')} AS walled
       FROM cases c WHERE c.reference = ANY ($1)`,
    [references, actor.staffId],
  );
  const readable = rows.filter(({ granted, walled, ...standing }) =>
    mayRead({ person: actor, granted, walled }, standing),
  );
  return new Map(readable.map(({ reference, id }) => [reference, id]));
}
