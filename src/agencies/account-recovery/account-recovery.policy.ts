import type { Role } from '../../staff/roles.js';
import type { StaffActor } from '../../staff/staff-actor.js';

// What is not said here may not be done.

interface Person {
  readonly staffId: string;
  readonly agencyId: string;
}

/** Administrators, leads and officers may see who of their agency is being let in again. */
export function mayHelpRecover(actor: StaffActor): boolean {
  return actor.roles.some((role) => role === 'admin' || role === 'lead' || role === 'officer');
}

/** They may begin it for a colleague of their agency, and never for themselves. */
export function mayBeginRecovery(actor: StaffActor, person: Person): boolean {
  return mayHelpRecover(actor) && person.agencyId === actor.agencyId && person.staffId !== actor.staffId;
}

/** A second one finishes it, never the person who began it; one of the two is an administrator. */
export function mayApproveRecovery(
  actor: StaffActor,
  person: Person,
  begunBy: { readonly staffId: string; readonly roles: readonly Role[] },
): boolean {
  if (!mayBeginRecovery(actor, person) || begunBy.staffId === actor.staffId) return false;
  return actor.roles.includes('admin') || begunBy.roles.includes('admin');
}

/** Whoever it is about may stop it, and so may everybody who could have begun it. */
export function mayStopRecovery(actor: StaffActor, person: Person): boolean {
  return person.staffId === actor.staffId || mayBeginRecovery(actor, person);
}
