import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { isUniqueViolation } from '../../../../config/database.js';
import { append } from '../../../audit/audit.js';
import type { StaffActor } from '../../../staff/staff-actor.js';
import { dayInAuckland } from '../../../web/day.js';
import { Conflict, Forbidden, Invalid } from '../../../web/errors.js';
import type { Datasets } from '../datasets.js';
import { mayTendReleases } from '../release.policy.js';
import type { DatasetId } from '../table-spec.js';
import { duePeriods } from './due-periods.js';
import { subjectOf } from './subject.js';

/**
 * Prepares a release of a period: the first of it, or a further one, which has the same figures and costs nothing. It waits for
 * somebody else to approve it.
 *
 * @param what dataset and period, `complaints~2026-Q3`
 * @returns its id
 * @throws {Forbidden} when the actor may not
 * @throws {Invalid} where the period is not over for long enough, or for too long
 * @throws {Conflict} `release_under_way` while another release of the period is
 */
export async function prepareRelease(
  manager: EntityManager,
  actor: StaffActor,
  datasets: Datasets,
  operatorAgency: string,
  what: string,
): Promise<string> {
  if (!mayTendReleases(actor, operatorAgency)) throw new Forbidden();
  const [dataset, period = ''] = what.split('~') as [DatasetId, string?];
  const today = dayInAuckland();
  if (!duePeriods(datasets[dataset].periodKind, today).some(({ text }) => text === period)) {
    throw new Invalid([{ field: 'what', code: 'not_one_of', message: 'This is not one of the choices.' }]);
  }
  const id = randomUUID();
  try {
    const [row] = await manager.query<{ number: number }[]>(
      `INSERT INTO open_data_releases (id, dataset, period, number, state, prepared_by, prepared_on)
       SELECT $1, $2, $3, 1 + coalesce(max(number), 0), 'prepared', $4, $5
         FROM open_data_releases WHERE dataset = $2 AND period = $3
       RETURNING number`,
      [id, dataset, period, actor.staffId, today],
    );
    const subject = subjectOf({ dataset, period, number: row?.number ?? null });
    await append(manager, { action: 'open_data.prepared', actor, subject });
  } catch (error) {
    // Also of two at the same moment: whoever comes second finds the number, or the place, taken.
    if (!isUniqueViolation(error)) throw error;
    throw new Conflict('release_under_way', 'Another release of this period is under way. Look at the list first.');
  }
  return id;
}
