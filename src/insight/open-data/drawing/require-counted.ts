import type { EntityManager } from 'typeorm';
import { JobFailure } from '../../../queue/job-failure.js';
import { COUNTING_LOCK } from '../../counting/counter.js';
import type { Period } from '../periods.js';

/* What waits of a complaint that came later changes nothing of the period. */
const READY = `
  SELECT s.version = $2 AND s.rebuilding_after IS NULL AND s.differences = 0
         AND NOT EXISTS (SELECT FROM figure_events e JOIN cases c ON c.id = e.case_id AND c.lodged_on <= $1) AS ready
    FROM figure_states s`;

/**
 * Sees to it that complaints of a period are counted, and lets nobody count on until the end of the caller's transaction. Runs
 * as `figures`.
 *
 * @param version which the caller's own second count was made by
 * @throws {JobFailure} `figures_not_counted` while some wait, all is counted anew, another version counts, or the last recount
 *   found differences: what is drawn now is never drawn again
 */
export async function requireCounted(manager: EntityManager, period: Period, version: string): Promise<void> {
  await manager.query('SELECT pg_advisory_xact_lock($1)', [COUNTING_LOCK]);
  const [state] = await manager.query<{ ready: boolean }[]>(READY, [period.lastDay, version]);
  if (state?.ready !== true) throw new JobFailure('figures_not_counted');
}
