import type { StaffActor } from '../../staff/staff-actor.js';
import { maySettleComplaints } from '../../staff/staff.policy.js';

// What is not said here may not be done. A refusal looks like a page that does not exist.

/**
 * Whoever settles complaints may pass on, to the disclosure officers of their own agency, one that turns out to be a
 * disclosure. It takes no right to what comes of it: unless they are among its readers they never see it again.
 */
export function mayPassOn(actor: StaffActor): boolean {
  return maySettleComplaints(actor);
}
