import type { EntityManager } from 'typeorm';
import type { ClockKind } from './clock.entity.js';

/**
 * Gives a part of a case the clock that runs on the whole at its agency: an answer to the part is due when one to the whole
 * is, also where the whole has had one.
 */
export async function copyRunningClock(
  manager: EntityManager,
  from: string,
  to: string,
  kind: ClockKind,
): Promise<void> {
  await manager.query(
    `INSERT INTO clocks (case_id, kind, basis, started_on, due_on)
     SELECT $2, kind, basis, started_on, due_on FROM clocks
      WHERE case_id = $1 AND kind = $3 AND stopped_on IS NULL ORDER BY round DESC LIMIT 1`,
    [from, to, kind],
  );
}
