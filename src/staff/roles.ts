/** What a member of staff may be, at one agency. Several may be held, except that an administrator is nothing else. */
export const ROLES = ['officer', 'disclosure_officer', 'lead', 'system_lead', 'admin'] as const;

export type Role = (typeof ROLES)[number];

/** Roles that only the operator's own people may hold: they look at the whole system and never at what somebody wrote. */
const OPERATORS_ROLES: readonly Role[] = ['system_lead'];

/** Whether an agency's people may hold these roles. */
export function mayBeHeldAt(roles: readonly Role[], { isOperator }: { readonly isOperator: boolean }): boolean {
  return isOperator || !roles.some((role) => OPERATORS_ROLES.includes(role));
}

/** Most active disclosure officers of one agency. Each of them is a reader of every disclosure that comes to it. */
export const MOST_DISCLOSURE_OFFICERS = 30;

/**
 * Whether these roles may be held together by one person. An administrator gives people access and therefore may never
 * have any to cases; the two are held apart here and not only where cases are read.
 */
export function mayBeHeldTogether(roles: readonly Role[]): boolean {
  if (roles.length === 0 || new Set(roles).size !== roles.length) return false;
  return !roles.includes('admin') || roles.length === 1;
}
