import type { StaffActor } from '../../staff/staff-actor.js';
import { mayReadDisclosures } from '../../staff/staff.policy.js';

// What is not said here may not be done.

/** A disclosure officer lets another one of their agency read what they read themself: which ones, `not_granted` says. */
export function mayLetRead(actor: StaffActor, colleague: Pick<StaffActor, 'staffId' | 'agencyId' | 'roles'>): boolean {
  if (colleague.staffId === actor.staffId || colleague.agencyId !== actor.agencyId) return false;
  return mayReadDisclosures(actor) && mayReadDisclosures(colleague);
}
