import { ROLES, type Role } from '../../src/staff/roles.js';
import type { StaffActor } from '../../src/staff/staff-actor.js';

/** Every set of roles, those that may not be held together among them. */
export const ROLE_SETS: readonly (readonly Role[])[] = Array.from({ length: 2 ** ROLES.length }, (_, bits) =>
  ROLES.filter((_role, at) => (bits >> at) % 2 === 1),
);

/**
 * The sets that somebody can hold, once more in other words than the code's: one alone, or several of which none is the
 * administrator or the auditor, and not the analyst beside somebody who reads. Who keeps names reads disclosures.
 */
export const HELD_SETS: readonly (readonly Role[])[] = ROLE_SETS.filter((roles) => {
  const reads = ['officer', 'lead', 'disclosure_officer', 'triage'].some((role) => roles.includes(role as Role));
  const watches = roles.includes('auditor') || roles.includes('admin');
  if (roles.includes('identity_custodian') && !roles.includes('disclosure_officer')) return false;
  return roles.length === 1 || (roles.length > 1 && !watches && !(reads && roles.includes('analyst')));
});

const HELD: ReadonlySet<readonly Role[]> = new Set(HELD_SETS);

/** Whether a set of {@link ROLE_SETS} can be held and has any of these roles. */
export function holds(roles: readonly Role[], ...any: readonly Role[]): boolean {
  return HELD.has(roles) && any.some((role) => roles.includes(role));
}

/** Somebody of an agency with these roles. */
export function someone(roles: readonly Role[], agencyId: string, staffId: string = crypto.randomUUID()): StaffActor {
  return { kind: 'staff', staffId, agencyId, roles, displayName: 'Somebody' };
}
