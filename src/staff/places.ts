import type { EntityManager } from 'typeorm';
import { Conflict } from '../web/errors.js';
import { MOST_DISCLOSURE_OFFICERS, type Role } from './roles.js';

/**
 * Holds an agency until the transaction ends, so that what is counted of its people stays so. Cases can be lodged with
 * it meanwhile.
 *
 * @returns whether anybody works there, or null when it is not connected
 */
export async function lockAgency(manager: EntityManager, agencyId: string): Promise<{ hasPeople: boolean } | null> {
  const found = await manager.query<unknown[]>('SELECT FROM agencies WHERE id = $1 FOR NO KEY UPDATE', [agencyId]);
  if (found.length === 0) return null;
  // Asked only now: the statement that waits for the lock would still see the agency as it was before.
  const [people] = await manager.query<{ hasPeople: boolean }[]>('SELECT has_people($1) AS "hasPeople"', [agencyId]);
  return { hasPeople: people?.hasPeople === true };
}

/**
 * Refuses one more disclosure officer than an agency may have.
 *
 * @param agencyId of a locked agency
 * @param roles what the next person is to be
 * @throws {Conflict} `too_many_disclosure_officers`
 */
export async function refuseOneTooMany(
  manager: EntityManager,
  agencyId: string,
  roles: readonly Role[],
): Promise<void> {
  if (!roles.includes('disclosure_officer')) return;
  const [found] = await manager.query<{ count: number }[]>(
    `SELECT count(*)::int AS count FROM staff WHERE agency_id = $1 AND active AND 'disclosure_officer' = ANY (roles)`,
    [agencyId],
  );
  if ((found?.count ?? 0) < MOST_DISCLOSURE_OFFICERS) return;
  throw new Conflict(
    'too_many_disclosure_officers',
    `An agency can have ${MOST_DISCLOSURE_OFFICERS.toString()} disclosure officers, and this one has as many.`,
  );
}
