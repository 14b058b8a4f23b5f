import { mayBeHeldAt, mayBeHeldTogether, type Role } from './roles.js';
import type { StaffActor } from './staff-actor.js';

// What is not said here may not be done.

/** Officers, disclosure officers and leads have a desk. An administrator never has one. */
export function mayHaveADesk(actor: StaffActor): boolean {
  return has(actor, 'officer', 'disclosure_officer', 'lead') && !has(actor, 'admin');
}

/** Complaints are for the agency's officers and leads, and never for an administrator. */
export function mayReadComplaints(actor: StaffActor): boolean {
  return has(actor, 'officer', 'lead') && !has(actor, 'admin');
}

/** That a disclosure exists is for disclosure officers alone: no lead, no officer, no administrator. */
export function mayReadDisclosures(actor: StaffActor): boolean {
  return has(actor, 'disclosure_officer') && !has(actor, 'admin');
}

/**
 * The system lead looks after cases that are sent round and after the rules that sent them; of a case they see the way
 * it took, and nothing of what was said.
 */
export function mayLeadTheSystem(actor: StaffActor): boolean {
  return has(actor, 'system_lead') && !has(actor, 'admin');
}

/** The operator's administrators look after the queues. */
export function mayOperate(actor: StaffActor, operatorAgency: string): boolean {
  return has(actor, 'admin') && actor.agencyId === operatorAgency;
}

/** An administrator may see who works for their own agency. */
export function mayListPeople(actor: StaffActor): boolean {
  return has(actor, 'admin');
}

/**
 * An administrator may invite people to their own agency. The operator's administrator may also invite the first
 * administrator of any other, since somebody has to, but nobody to where there are people already. Nobody may invite an
 * administrator who is anything else as well.
 */
export function mayInvite(
  actor: StaffActor,
  to: { agencyId: string; roles: readonly Role[]; operatorAgency: string; hasPeople: boolean },
): boolean {
  if (!has(actor, 'admin') || !mayBeHeldTogether(to.roles)) return false;
  if (!mayBeHeldAt(to.roles, { isOperator: to.agencyId === to.operatorAgency })) return false;
  if (actor.agencyId === to.agencyId) return true;
  return actor.agencyId === to.operatorAgency && to.roles.includes('admin') && !to.hasPeople;
}

function has(actor: StaffActor, ...any: readonly Role[]): boolean {
  return any.some((role) => actor.roles.includes(role));
}
