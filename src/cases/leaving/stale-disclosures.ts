import type { EntityManager } from 'typeorm';
import { append } from '../../audit/audit.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { noWall } from '../../staff/walls.js';
import { mayReadDisclosures } from '../../staff/staff.policy.js';
import { NotFound } from '../../web/errors.js';

/** Ids in one answer. */
const AT_ONCE = 20;

/** Disclosures whose next epoch is to be begun, and how many there are in all. */
export interface StaleDisclosures {
  readonly count: number;
  readonly ids: readonly string[];
}

const NEWEST = `(SELECT max(e.epoch) FROM case_epochs e WHERE e.case_id = g.case_id AND e.key = 'case')`;

/*
 * The newest key of the disclosure lies with somebody who is not to read on: they have left or are no disclosure officer any
 * more, or they are kept out of it. Begun from those few people and walls, whose grants an index finds.
 */
const STALE = `
  FROM cases c
 WHERE c.agency_id = $1 AND c.path = 'disclosure' AND c.status NOT IN ('lodged', 'closed') AND ${noWall('c', '$2')}
   AND c.id IN (
     SELECT g.case_id FROM staff p
       JOIN staff_keys k ON k.staff_id = p.id AND k.purpose = 'agreement'
       JOIN case_grants g ON g.reader = k.kid AND g.key = 'case' AND g.epoch = ${NEWEST}
      WHERE p.agency_id = $1 AND (NOT p.active OR NOT 'disclosure_officer' = ANY (p.roles))
     UNION ALL
     SELECT g.case_id FROM staff p
       JOIN case_walls w ON w.staff_id = p.id AND w.lifted_on IS NULL
       JOIN cases o ON o.id = w.case_id OR o.whole_id = w.case_id
       JOIN staff_keys k ON k.staff_id = p.id AND k.purpose = 'agreement'
       JOIN case_grants g ON g.reader = k.kid AND g.case_id = o.id AND g.key = 'case' AND g.epoch = ${NEWEST}
      WHERE p.agency_id = $1)
   AND EXISTS (
     SELECT FROM staff_keys k JOIN case_grants g ON g.reader = k.kid AND g.case_id = c.id AND g.key = 'case'
        AND g.epoch = ${NEWEST}
      WHERE k.staff_id = $2 AND k.purpose = 'agreement' AND k.retired_at IS NULL)`;

/** Whether any of the disclosures that the actor reads wants its next epoch. */
export async function hasStaleDisclosures(manager: EntityManager, actor: StaffActor): Promise<boolean> {
  if (!mayReadDisclosures(actor)) return false;
  const found = await manager.query<unknown[]>(`SELECT ${STALE} LIMIT 1`, [actor.agencyId, actor.staffId]);
  return found.length > 0;
}

/**
 * The next of them, by id. Each is gone from the list once its epoch is begun, so that whoever asks again goes on where
 * anybody left off.
 *
 * @param after id of the last that was seen, to pass by what could not be done
 * @throws {NotFound} to who is no disclosure officer
 */
export async function staleDisclosures(
  manager: EntityManager,
  actor: StaffActor,
  after?: string,
): Promise<StaleDisclosures> {
  if (!mayReadDisclosures(actor)) throw new NotFound();
  const rows = await manager.query<{ id: string }[]>(
    `SELECT c.id ${STALE} AND ($3::uuid IS NULL OR c.id > $3) ORDER BY c.id LIMIT $4`,
    [actor.agencyId, actor.staffId, after ?? null, AT_ONCE],
  );
  const [all] = await manager.query<{ count: number }[]>(`SELECT count(*)::int AS count ${STALE}`, [
    actor.agencyId,
    actor.staffId,
  ]);
  await append(manager, { action: 'disclosures.renewal_listed', actor, dayOnly: true });
  return { count: all?.count ?? 0, ids: rows.map(({ id }) => id) };
}
