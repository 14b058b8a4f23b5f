import type { StaffActor } from '../../staff/staff-actor.js';

// What is not said here may not be done. The same sentences stand in the migration of open data, for the database.

type Tender = Pick<StaffActor, 'roles' | 'agencyId' | 'staffId'>;

/** A release as far as who may do what to it goes. */
interface Prepared {
  readonly preparedBy: string;
}

/** Releases are tended by the operator's own analysts and system leads; whoever gives access or watches does not. */
export function mayTendReleases({ roles, agencyId }: Omit<Tender, 'staffId'>, operatorAgency: string): boolean {
  if (roles.includes('admin') || roles.includes('auditor') || agencyId !== operatorAgency) return false;
  return roles.includes('analyst') || roles.includes('system_lead');
}

/** A release goes out when somebody else among them than who prepared it says so. */
export function mayApproveRelease(actor: Tender, release: Prepared, operatorAgency: string): boolean {
  return mayTendReleases(actor, operatorAgency) && actor.staffId !== release.preparedBy;
}

/** Until then each of them may withdraw it, also who prepared it. */
export function mayWithdrawRelease(actor: Tender, operatorAgency: string): boolean {
  return mayTendReleases(actor, operatorAgency);
}
