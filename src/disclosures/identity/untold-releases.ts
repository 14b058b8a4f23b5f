import type { EntityManager } from 'typeorm';
import type { StaffActor } from '../../staff/staff-actor.js';
import { noWall } from '../../staff/walls.js';

/* Who wrote a disclosure was released, and the person has not been told: what comes next in it, wherever it is shown. */
const UNTOLD = `r.state = 'approved' AND r.told_on IS NULL`;

/** Whether the person behind a disclosure must still be told that their name was released (s 17). */
export async function isUntold(manager: EntityManager, caseId: string): Promise<boolean> {
  const rows = await manager.query<unknown[]>(
    `SELECT FROM identity_releases r WHERE r.case_id = $1 AND ${UNTOLD} LIMIT 1`,
    [caseId],
  );
  return rows.length > 0;
}

/** Whether a release of who wrote it is asked for, or was made and the person has not been told. */
export async function hasOpenRelease(manager: EntityManager, caseId: string): Promise<boolean> {
  const rows = await manager.query<unknown[]>(
    `SELECT FROM identity_releases r WHERE r.case_id = $1 AND (r.state = 'asked' OR ${UNTOLD}) LIMIT 1`,
    [caseId],
  );
  return rows.length > 0;
}

/** Whether that is so of any disclosure that somebody reads. */
export async function hasUntold(manager: EntityManager, { agencyId, staffId }: StaffActor): Promise<boolean> {
  const rows = await manager.query<unknown[]>(
    `SELECT FROM identity_releases r JOIN cases c ON c.id = r.case_id
      WHERE c.agency_id = $1 AND is_granted(c.id) AND ${noWall('c', '$2')} AND ${UNTOLD} LIMIT 1`,
    [agencyId, staffId],
  );
  return rows.length > 0;
}
