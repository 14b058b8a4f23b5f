/**
 * What a member of staff may be, at one agency. Several may be held where {@link mayBeHeldTogether} and
 * {@link mayBeHeldAt} allow it.
 */
export const ROLES = [
  'officer',
  'disclosure_officer',
  'identity_custodian',
  'lead',
  'triage',
  'system_lead',
  'overseer',
  'analyst',
  'auditor',
  'admin',
] as const;

export type Role = (typeof ROLES)[number];

/**
 * Roles that only the operator's own people may hold: the triage desk is the operator's, and the system lead looks at the
 * whole system, though never at what somebody wrote.
 */
const OPERATORS_ROLES: readonly Role[] = ['triage', 'system_lead'];

/**
 * Roles of bodies that oversee how others keep to the law on disclosures, as the directory says of them; never the
 * operator's, who runs what is overseen.
 */
const OVERSEERS_ROLES: readonly Role[] = ['overseer'];

/** Roles with which a person reads what people wrote. */
const READING_ROLES: readonly Role[] = ['officer', 'disclosure_officer', 'lead', 'triage'];

/** Roles that are held alone: who gives access has none, and who watches does nothing that is watched. */
const LONE_ROLES: readonly Role[] = ['auditor', 'admin'];

/** The role without which one counts for nothing: names of disclosures are kept by some of those who read disclosures. */
const RESTS_ON: Readonly<Partial<Record<Role, Role>>> = { identity_custodian: 'disclosure_officer' };

/** The role on which one rests; null of most. */
export function restsOn(role: Role): Role | null {
  return RESTS_ON[role] ?? null;
}

/** What of an agency says which roles its people may hold. */
export interface RolePlace {
  /** Whether it operates the service. */
  readonly isOperator: boolean;
  /** Whether it oversees how agencies keep to the law on disclosures. */
  readonly oversees: boolean;
}

/** Whether an agency's people may hold these roles. An auditor or an analyst of another agency sees that agency alone. */
export function mayBeHeldAt(roles: readonly Role[], { isOperator, oversees }: RolePlace): boolean {
  if (!isOperator && roles.some((role) => OPERATORS_ROLES.includes(role))) return false;
  return (oversees && !isOperator) || !roles.some((role) => OVERSEERS_ROLES.includes(role));
}

/** Most active disclosure officers of one agency. Each of them is a reader of every disclosure that comes to it. */
export const MOST_DISCLOSURE_OFFICERS = 30;

/**
 * Whether these roles may be held together by one person. An administrator gives people access and therefore may never
 * have any to cases; an auditor sees who looked at what, and must have looked at nothing; an analyst counts and never
 * reads; whoever keeps the names of disclosures reads disclosures. They are held apart here and not only where cases are read.
 */
export function mayBeHeldTogether(roles: readonly Role[]): boolean {
  if (roles.length === 0 || new Set(roles).size !== roles.length) return false;
  if (roles.length > 1 && roles.some((role) => LONE_ROLES.includes(role))) return false;
  if (roles.some((role) => !roles.includes(restsOn(role) ?? role))) return false;
  return !(roles.includes('analyst') && roles.some((role) => READING_ROLES.includes(role)));
}
