import type { EntityManager } from 'typeorm';

/**
 * Ends the sessions of a person, in the transaction of what makes it necessary: their roles changed, they leave, they
 * recover their account. The caller records why.
 *
 * @param except id of the one session that stays
 * @returns how many ended
 */
export async function endSessionsOf(manager: EntityManager, staffId: string, except?: string): Promise<number> {
  const [, count] = await manager.query<[unknown[], number]>(
    'DELETE FROM staff_sessions WHERE staff_id = $1 AND id IS DISTINCT FROM $2',
    [staffId, except ?? null],
  );
  return count;
}
