import type { StaffActor } from '../../staff/staff-actor.js';
import { mayLookAtEachAgency } from '../figures.policy.js';

// What is not said here may not be done. The same sentences stand in the migrations of figures and of open data, for the database.

/** A release as far as who may do what to it goes. */
interface Prepared {
  readonly preparedBy: string;
}

/** Releases are tended by those who see the figures of all agencies: the operator's own analysts and system leads. */
export function mayTendReleases(actor: StaffActor, operatorAgency: string): boolean {
  return mayLookAtEachAgency(actor, operatorAgency);
}

/** A release goes out when somebody else among them than who prepared it says so. */
export function mayApproveRelease(actor: StaffActor, release: Prepared, operatorAgency: string): boolean {
  return mayTendReleases(actor, operatorAgency) && actor.staffId !== release.preparedBy;
}

/** Until then each of them may withdraw it, also who prepared it. */
export function mayWithdrawRelease(actor: StaffActor, operatorAgency: string): boolean {
  return mayTendReleases(actor, operatorAgency);
}
