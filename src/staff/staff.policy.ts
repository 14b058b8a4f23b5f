import { mayBeHeldAt, mayBeHeldTogether, type Role, type RolePlace } from './roles.js';
import type { StaffActor } from './staff-actor.js';

// What is not said here may not be done.

/** Whatever has roles: somebody signed in, or a colleague. */
export type RoleHolder = Pick<StaffActor, 'roles'>;

/** Those who read what people wrote have a desk. An administrator, an auditor or an analyst never has one. */
export function mayHaveADesk(actor: RoleHolder): boolean {
  return mayReadComplaints(actor) || mayReadDisclosures(actor);
}

/**
 * Complaints are for the agency's officers and leads, at the triage desk also for those who do triage, and never for an
 * administrator.
 */
export function mayReadComplaints(actor: RoleHolder): boolean {
  return has(actor, 'officer', 'lead', 'triage');
}

/**
 * Triage finds the agency that a complaint belongs to, and tells the person so. What settles a complaint (closing it,
 * taking it up again, splitting it, handing it on against or without the person's word) is for an officer or a lead.
 */
export function maySettleComplaints(actor: RoleHolder): boolean {
  return has(actor, 'officer', 'lead');
}

/** Leads see to it that their agency's complaints are answered. */
export function mayLead(actor: RoleHolder): boolean {
  return has(actor, 'lead');
}

/** That a disclosure exists is for disclosure officers alone: no lead, no officer, no administrator. */
export function mayReadDisclosures(actor: RoleHolder): boolean {
  return has(actor, 'disclosure_officer');
}

/** Who wrote a disclosure is kept by some of those who read it: the agency's identity custodians. */
export function mayKeepNames(actor: RoleHolder): boolean {
  return mayReadDisclosures(actor) && has(actor, 'identity_custodian');
}

/**
 * The system lead looks after cases that are sent round and after the rules that sent them; of a case they see the way
 * it took, and nothing of what was said. They are one of the operator's people: elsewhere the role gives nothing.
 */
export function mayLeadTheSystem(actor: RoleHolder & Pick<StaffActor, 'agencyId'>, operatorAgency: string): boolean {
  return has(actor, 'system_lead') && actor.agencyId === operatorAgency;
}

/**
 * An overseer sees how every agency keeps to the law on disclosures, as figures and never a case. They are of a body that
 * oversees it: elsewhere the role gives nothing.
 */
export function mayOversee(actor: RoleHolder, place: RolePlace): boolean {
  return has(actor, 'overseer') && mayBeHeldAt(['overseer'], place);
}

/** An auditor reads the log of their own agency: ids, times and codes, and no case. */
export function mayReadAudit(actor: RoleHolder): boolean {
  return has(actor, 'auditor');
}

/** The operator's auditor reads the log of the whole system. */
export function mayReadAuditOfAll(actor: StaffActor, operatorAgency: string): boolean {
  return mayReadAudit(actor) && actor.agencyId === operatorAgency;
}

/** An analyst sees how many, never which: the figures of their own agency. */
export function mayReadFigures(actor: RoleHolder): boolean {
  return has(actor, 'analyst');
}

/** The operator's analyst sees the figures of all agencies. */
export function mayReadFiguresOfAll(actor: StaffActor, operatorAgency: string): boolean {
  return mayReadFigures(actor) && actor.agencyId === operatorAgency;
}

/** An administrator looks after what their agency needs to work here, and reads no case. */
export function mayAdminister(actor: RoleHolder): boolean {
  return has(actor, 'admin');
}

/** The operator's administrators look after the queues. */
export function mayOperate(actor: StaffActor, operatorAgency: string): boolean {
  return mayAdminister(actor) && actor.agencyId === operatorAgency;
}

/** An administrator may see who works for their own agency. */
export function mayListPeople(actor: RoleHolder): boolean {
  return mayAdminister(actor);
}

/** An administrator may end every session of a person of their own agency. */
export function mayEndSessionsOf(actor: StaffActor, person: { readonly agencyId: string }): boolean {
  return has(actor, 'admin') && person.agencyId === actor.agencyId;
}

/**
 * An administrator, or a lead, may end the membership of somebody of their own agency: a lead not that of an administrator,
 * and nobody their own.
 */
export function mayEndMembership(
  actor: StaffActor,
  person: { readonly staffId: string; readonly agencyId: string; readonly roles: readonly Role[] },
): boolean {
  if (person.agencyId !== actor.agencyId || person.staffId === actor.staffId) return false;
  return mayAdminister(actor) || (mayLead(actor) && !person.roles.includes('admin'));
}

/**
 * An administrator may invite people to their own agency. The operator's administrator may also invite the first
 * administrator of any other, since somebody has to, but nobody to where there are people already. Nobody may invite an
 * administrator who is anything else as well.
 */
export function mayInvite(
  actor: StaffActor,
  to: { agencyId: string; roles: readonly Role[]; operatorAgency: string; oversees: boolean; hasPeople: boolean },
): boolean {
  if (!mayAdminister(actor) || !mayBeHeldTogether(to.roles)) return false;
  const place = { isOperator: to.agencyId === to.operatorAgency, oversees: to.oversees };
  if (!mayBeHeldAt(to.roles, place)) return false;
  if (actor.agencyId === to.agencyId) return true;
  return actor.agencyId === to.operatorAgency && to.roles.includes('admin') && !to.hasPeople;
}

/** Roles that may not be held together give nothing, however they came to be so. */
function has(actor: RoleHolder, ...any: readonly Role[]): boolean {
  return mayBeHeldTogether(actor.roles) && any.some((role) => actor.roles.includes(role));
}
