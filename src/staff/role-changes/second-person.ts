import type { EntityManager } from 'typeorm';
import type { Role } from '../roles.js';
import type { StaffActor } from '../staff-actor.js';
import { mayLookAtRoleChanges } from './role-change.policy.js';

/**
 * Whether anybody at the actor's agency, but for the actor and whom it is about, could look at what they ask.
 *
 * @param about whose roles it is about; nobody yet, where somebody is invited
 */
export async function isThereASecond(manager: EntityManager, actor: StaffActor, about?: string): Promise<boolean> {
  const others = await manager.query<{ roles: Role[] }[]>(
    'SELECT roles FROM staff WHERE agency_id = $1 AND active AND id <> ALL ($2)',
    [actor.agencyId, [actor.staffId, ...(about === undefined ? [] : [about])]],
  );
  return others.some(mayLookAtRoleChanges);
}
