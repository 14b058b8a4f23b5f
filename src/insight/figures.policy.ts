import type { StaffActor } from '../staff/staff-actor.js';

// What is not said here may not be done. The same sentences stand in the migration of figures, for the database.

type Looker = Pick<StaffActor, 'roles' | 'agencyId'>;

/** Analysts count, leads look after what is counted; whoever gives access or watches does neither. */
export function mayLookAtFigures({ roles, agencyId }: Looker, operatorAgency: string): boolean {
  if (roles.includes('admin') || roles.includes('auditor')) return false;
  if (roles.includes('system_lead') && agencyId === operatorAgency) return true;
  return roles.includes('analyst') || roles.includes('lead');
}

/** Each agency's figures are for the operator's analysts and system leads; all others see their own and those of all. */
export function mayLookAtEachAgency({ roles, agencyId }: Looker, operatorAgency: string): boolean {
  if (roles.includes('admin') || roles.includes('auditor') || agencyId !== operatorAgency) return false;
  return roles.includes('analyst') || roles.includes('system_lead');
}

/** What an agency has learnt is written down by its own leads and analysts. */
export function mayRecordLearning({ roles }: Looker): boolean {
  return (
    !roles.includes('admin') && !roles.includes('auditor') && (roles.includes('lead') || roles.includes('analyst'))
  );
}
