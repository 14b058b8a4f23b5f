import { mayBeHeldTogether } from '../roles.js';
import type { StaffActor } from '../staff-actor.js';
import { mayAdminister, mayLead, maySettleComplaints, type RoleHolder } from '../staff.policy.js';

// What is not said here may not be done.

/**
 * What can be lent for an absence. Never a role that goes with a key of its own, as that of a disclosure officer, nor one
 * that must stay with whom it was given to: administrators, auditors, leads of the system.
 */
export type LendableRole = 'lead';

/** Days ahead that a role can be lent for. */
export const MOST_DAYS_LENT = 90;

/** Somebody of an agency. */
type Person = RoleHolder & Pick<StaffActor, 'staffId' | 'agencyId'>;

/** A lead lends the role that is theirs; what was lent to somebody they do not lend on. */
export function mayLend(actor: StaffActor): boolean {
  return mayLead(actor) && !isLent(actor);
}

/** It is lent to a colleague of the same agency who settles complaints already, and so holds the key, and is no lead. */
export function mayBeLentTo(actor: StaffActor, colleague: Person): boolean {
  const isColleague = colleague.agencyId === actor.agencyId && colleague.staffId !== actor.staffId;
  return mayLend(actor) && isColleague && maySettleComplaints(colleague) && !mayLead(colleague);
}

/** Leads see what is lent at their agency, and so does its administrator. */
export function maySeeDelegations(actor: StaffActor): boolean {
  return mayLead(actor) || mayAdminister(actor);
}

/** It is ended early by either of the two, or by an administrator of their agency. */
export function mayEndDelegation(
  actor: StaffActor,
  lent: { readonly agencyId: string; readonly fromId: string; readonly toId: string },
): boolean {
  const isOneOfThem = mayBeHeldTogether(actor.roles) && (actor.staffId === lent.fromId || actor.staffId === lent.toId);
  return actor.agencyId === lent.agencyId && (isOneOfThem || mayAdminister(actor));
}

function isLent(actor: StaffActor): boolean {
  return actor.lent?.some(({ role }) => role === 'lead') === true;
}
