import type { EntityManager } from 'typeorm';
import { isGrantedTo } from '../../cases/granted-to.js';
import { todayInAuckland } from '../../clocks/calendar.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { noWall } from '../../staff/walls.js';

/** More than are looked at in a day: the first to be due come first, and the others after them. */
const MOST = 100;

/** A disclosure, open or closed, of which support is to be looked at again. */
export interface SupportDueRow {
  readonly id: string;
  readonly reference: string;
  /** YYYY-MM-DD */
  readonly dueOn: string;
  readonly isLate: boolean;
  /** Name of who has it, or null for nobody. */
  readonly heldBy: string | null;
}

/**
 * Where support is to be looked at again by a day, first to last, of the disclosures that were granted to the actor and from
 * which no wall keeps them. Nothing says why it is. Whether they have such a list has been asked.
 *
 * @param until YYYY-MM-DD
 */
export async function listSupportDue(
  manager: EntityManager,
  { agencyId, staffId }: StaffActor,
  until: string,
  today = todayInAuckland(),
): Promise<SupportDueRow[]> {
  return manager.query<SupportDueRow[]>(
    `SELECT c.id, c.reference, to_char(d.due_on, 'YYYY-MM-DD') AS "dueOn", d.due_on < $5 AS "isLate",
            (SELECT s.display_name FROM staff s WHERE s.id = c.assigned_to) AS "heldBy"
       FROM support_due d JOIN cases c ON c.id = d.case_id AND c.agency_id = d.agency_id
      WHERE d.agency_id = $1 AND d.due_on <= $2 AND ${noWall('c', '$3')} AND ${isGrantedTo('c', '$3')}
        AND EXISTS (SELECT FROM clocks k
          WHERE k.case_id = d.case_id AND k.round = d.round AND k.kind = 's13' AND k.stopped_on IS NULL)
      ORDER BY d.due_on, d.case_id LIMIT $4`,
    [agencyId, until, staffId, MOST, today],
  );
}
