import type { StaffActor } from '../staff/staff-actor.js';
import { mayLead } from '../staff/staff.policy.js';

// What is not said here may not be done.

/** What is past its date at an agency is for its leads, who see to it that somebody answers. */
export function mayReadOverdue(actor: StaffActor): boolean {
  return mayLead(actor);
}
