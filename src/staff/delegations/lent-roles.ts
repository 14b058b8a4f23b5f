import type { EntityManager } from 'typeorm';
import { append, type AuditEntry } from '../../audit/audit.js';
import { mayBeHeldTogether, type Role } from '../roles.js';
import type { LentRole, StaffActor } from '../staff-actor.js';

/**
 * What is lent to a person at this moment, as JSON: only by who works at the same agency and has the role themself, and not
 * after its last day.
 *
 * @param person alias of the row of `staff`
 */
export function lentTo(person: string): string {
  return `(SELECT coalesce(json_agg(json_build_object('role', d.role, 'from', d.from_id) ORDER BY d.from_id), '[]')
             FROM delegations d
             JOIN staff f ON f.id = d.from_id AND f.active AND f.agency_id = ${person}.agency_id AND d.role = ANY (f.roles)
            WHERE d.to_id = ${person}.id AND d.ended_on IS NULL
              AND d.until_day >= (now() AT TIME ZONE 'Pacific/Auckland')::date)`;
}

/** A person's own roles with those that are lent to them, as far as these may be held together. */
export function withLent(
  own: readonly Role[],
  lent: readonly LentRole[],
): { readonly roles: readonly Role[]; readonly lent: readonly LentRole[] } {
  const added = lent.filter(({ role }) => !own.includes(role) && mayBeHeldTogether([...own, role]));
  return { roles: [...new Set([...own, ...added.map(({ role }) => role)])], lent: added };
}

/** Records in whose place somebody acts, where the role that an act takes is lent to them; else nothing. */
export async function recordLent(
  manager: EntityManager,
  actor: StaffActor,
  role: Role,
  entry: Pick<AuditEntry, 'caseId' | 'dayOnly'> = {},
): Promise<void> {
  const lent = actor.lent?.find((one) => one.role === role);
  if (lent) await append(manager, { ...entry, action: 'staff.acted_as_delegate', actor, subject: lent.from });
}
