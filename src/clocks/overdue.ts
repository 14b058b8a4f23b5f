import type { EntityManager } from 'typeorm';
import type { StaffActor } from '../staff/staff-actor.js';
import { noWall } from '../staff/walls.js';
import { addWorkingDays, todayInAuckland } from './calendar.js';
import { plusDays } from './holidays.js';
import { RUNNING_COMPLAINTS } from './running.js';

/** Working days past its date after which a complaint is also the system lead's business: our aim, no legal limit. */
export const LONG_OVERDUE = 10;

/** Lines of one page. */
export const OVERDUE_PAGE = 50;

/** A complaint that is past its date. Days are YYYY-MM-DD. */
export interface OverdueCase {
  readonly id: string;
  readonly reference: string;
  readonly dueOn: string;
  /** Name of who has it, or null for nobody. */
  readonly heldBy: string | null;
}

/**
 * The complaints of a lead's agency that are past their date, the longest first, without those that they are kept out of.
 * The caller has asked the policy.
 *
 * @param after id of the last case already seen
 * @returns at most one more than {@link OVERDUE_PAGE}, so that the caller sees whether there are more
 */
export async function overdueCases(
  manager: EntityManager,
  { agencyId, staffId }: Pick<StaffActor, 'agencyId' | 'staffId'>,
  after?: string,
  now = new Date(),
): Promise<OverdueCase[]> {
  return manager.query<OverdueCase[]>(
    `SELECT c.id, c.reference, to_char(k.due_on, 'YYYY-MM-DD') AS "dueOn",
            (SELECT s.display_name FROM staff s WHERE s.id = c.assigned_to) AS "heldBy"
     FROM ${RUNNING_COMPLAINTS}
     WHERE k.due_on < $2 AND c.agency_id = $1 AND ${noWall('c', '$4')}
       AND ($3::uuid IS NULL OR (k.due_on, k.case_id) > (
         SELECT due_on, case_id FROM clocks WHERE case_id = $3 AND kind = 'answer' ORDER BY round DESC LIMIT 1))
     ORDER BY k.due_on, k.case_id LIMIT ${(OVERDUE_PAGE + 1).toString()}`,
    [agencyId, todayInAuckland(now), after ?? null, staffId],
  );
}

/** How many complaints of an agency are long past their date. */
export interface LongOverdue {
  readonly agencyId: string;
  readonly count: number;
  /** The date that was missed first, YYYY-MM-DD. */
  readonly oldestDueOn: string;
}

/**
 * The agencies with complaints more than {@link LONG_OVERDUE} working days past their date, for the system lead, who
 * learns how many there are and not which, without those that they are kept out of; to nobody else it tells anything.
 */
export async function overdueLong(manager: EntityManager, now = new Date()): Promise<LongOverdue[]> {
  return manager.query<LongOverdue[]>(
    `SELECT agency_id AS "agencyId", count, to_char(oldest, 'YYYY-MM-DD') AS "oldestDueOn"
       FROM long_overdue($1) ORDER BY oldest, agency_id`,
    [longOverdueSince(todayInAuckland(now))],
  );
}

/**
 * The latest date that lies long back: what was due then is more than {@link LONG_OVERDUE} working days late.
 *
 * @param today YYYY-MM-DD
 */
export function longOverdueSince(today: string): string {
  let date = plusDays(today, -LONG_OVERDUE - 1);
  while (addWorkingDays('legislation', date, LONG_OVERDUE) >= today) date = plusDays(date, -1);
  return date;
}
