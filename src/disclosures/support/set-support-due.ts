import type { EntityManager } from 'typeorm';
import { addWorkingDays, todayInAuckland } from '../../clocks/calendar.js';

/**
 * Sets by when the support of a disclosure is looked at again, for the agency that has it. The case's row must be locked.
 *
 * @param dueOn YYYY-MM-DD, or null where no more is needed
 * @returns how often it was set now
 */
export async function setSupportDue(
  manager: EntityManager,
  caseId: string,
  round: number,
  dueOn: string | null,
): Promise<number> {
  const [row] = await manager.query<{ number: number }[]>(
    `INSERT INTO support_due AS d (case_id, round, agency_id, number, due_on)
     SELECT c.id, $2, c.agency_id, 1, $3::date FROM cases c WHERE c.id = $1
     ON CONFLICT (case_id, round) DO UPDATE SET due_on = excluded.due_on, number = d.number + 1
     RETURNING number`,
    [caseId, round, dueOn],
  );
  if (!row) throw new Error('The day was not set.');
  return row.number;
}

/** The next working day, as the Act counts them. */
export function nextWorkingDay(): string {
  return addWorkingDays('legislation', todayInAuckland(), 1);
}

/** The round of the agency that has a disclosure, as that of its clock; undefined while it is not placed. */
export async function supportRound(manager: EntityManager, caseId: string): Promise<number | undefined> {
  const [clock] = await manager.query<{ round: number }[]>(
    `SELECT round FROM clocks WHERE case_id = $1 AND kind = 's13' AND stopped_on IS NULL`,
    [caseId],
  );
  return clock?.round;
}
