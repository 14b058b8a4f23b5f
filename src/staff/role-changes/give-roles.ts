import type { EntityManager } from 'typeorm';
import { append } from '../../audit/audit.js';
import { putOutbox } from '../../queue/outbox.js';
import { endSessionsOf } from '../end-sessions.js';
import type { Role } from '../roles.js';
import type { StaffActor } from '../staff-actor.js';

/**
 * Gives a person these roles and no others, and ends their sessions: what they may do is asked anew with every request, and
 * whoever holds one of their cookies starts over too. What was given and what was taken is recorded role by role.
 */
export async function giveRoles(
  manager: EntityManager,
  actor: StaffActor,
  { staffId, roles: before }: { readonly staffId: string; readonly roles: readonly Role[] },
  roles: readonly Role[],
): Promise<void> {
  // What is published of a disclosure officer goes with the role: given again, the old name would be public at once.
  await manager.query(
    `UPDATE staff SET roles = $2, published_as = CASE WHEN 'disclosure_officer' = ANY ($2) THEN published_as END
      WHERE id = $1`,
    [staffId, roles],
  );
  await endSessionsOf(manager, staffId);
  // Whoever changes roles may read no case, so letting go of those that the person had is the worker's.
  await putOutbox(manager, { queue: 'routing', name: 'release_cases' });
  for (const role of roles.filter((one) => !before.includes(one))) {
    await append(manager, { action: 'staff.role_given', actor, subject: `${staffId}:${role}` });
  }
  for (const role of before.filter((one) => !roles.includes(one))) {
    await append(manager, { action: 'staff.role_taken', actor, subject: `${staffId}:${role}` });
  }
}
