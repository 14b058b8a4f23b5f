import type { EntityManager } from 'typeorm';
import { addWorkingDays, todayInAuckland } from '../../clocks/calendar.js';
import { notPlaced } from '../not-placed.js';

/**
 * Sets by when the support of a disclosure is looked at again, for the agency that has it. The case's row must be locked.
 *
 * @param dueOn YYYY-MM-DD, or null where no more is needed
 * @returns how often it was set now
 */
export function setSupportDue(
  manager: EntityManager,
  caseId: string,
  round: number,
  dueOn: string | null,
): Promise<number> {
  return set(manager, 'excluded.due_on', [caseId, round, dueOn]);
}

/**
 * The person asks to be looked after soon, for whatever reason: due by the next working day, or on the day that was due
 * before. Why is in their sealed words alone. The case's row must be locked.
 *
 * @throws {Conflict} `not_placed` while nobody has it
 */
export async function askForSupport(manager: EntityManager, caseId: string): Promise<void> {
  const round = await supportRound(manager, caseId);
  if (round === undefined) throw notPlaced();
  await set(manager, 'LEAST(d.due_on, excluded.due_on)', [caseId, round, nextWorkingDay()]);
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

async function set(manager: EntityManager, day: string, values: readonly unknown[]): Promise<number> {
  const [row] = await manager.query<{ number: number }[]>(
    `INSERT INTO support_due AS d (case_id, round, agency_id, number, due_on)
     SELECT c.id, $2, c.agency_id, 1, $3::date FROM cases c WHERE c.id = $1
     ON CONFLICT (case_id, round) DO UPDATE SET due_on = ${day}, number = d.number + 1
     RETURNING number`,
    [...values],
  );
  if (!row) throw new Error('The day was not set.');
  return row.number;
}
