import type { EntityManager } from 'typeorm';
import { addWorkingDays } from './calendar.js';

/**
 * Says by when the next step on a disclosure is due, for the lists of what is due.
 *
 * @param nextOn YYYY-MM-DD
 */
export async function setNextStep(
  manager: EntityManager,
  caseId: string,
  round: number,
  nextOn: string,
): Promise<void> {
  await manager.query(`UPDATE clocks SET next_on = $3 WHERE case_id = $1 AND kind = 's13' AND round = $2`, [
    caseId,
    round,
    nextOn,
  ]);
}

/**
 * Counts the twenty working days of a disclosure from an earlier day than that on which it was lodged: it had been received
 * before.
 *
 * @param receivedOn YYYY-MM-DD
 * @returns the last of them
 * @throws {CalendarRange}
 */
export async function countFrom(
  manager: EntityManager,
  caseId: string,
  round: number,
  receivedOn: string,
): Promise<string> {
  const dueOn = addWorkingDays('legislation', receivedOn, 20);
  await manager.query(
    `UPDATE clocks SET started_on = $3, due_on = $4 WHERE case_id = $1 AND kind = 's13' AND round = $2`,
    [caseId, round, receivedOn, dueOn],
  );
  return dueOn;
}
