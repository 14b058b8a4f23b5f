import type { StaffActor } from '../staff/staff-actor.js';
import { mayAdminister, mayReadComplaints, maySettleComplaints, type RoleHolder } from '../staff/staff.policy.js';

// What is not said here may not be done. Each is about the actor's own agency, which the verbs see to.

/** The complaints key is held by those who read complaints, and never by an administrator. */
export function mayHoldComplaintsKey(person: RoleHolder): boolean {
  return mayReadComplaints(person);
}

/** Whoever may hold the key may make it, since making it is holding it. */
export function mayMakeKey(actor: StaffActor): boolean {
  return mayHoldComplaintsKey(actor);
}

/** Whoever may hold the key may hand it on to a colleague who may hold it too. */
export function mayGrantKey(actor: StaffActor, colleague: RoleHolder): boolean {
  return mayHoldComplaintsKey(actor) && mayHoldComplaintsKey(colleague);
}

/** How the agency's keys stand is for all who work for it. */
export function maySeeKeys(actor: StaffActor): boolean {
  return actor.roles.length > 0;
}

/**
 * Officers and leads may open and close the agency's door, and so may its administrator. That two can open what comes in
 * is what {@link mayBeOpen} asks.
 */
export function mayOpenForIntake(actor: StaffActor): boolean {
  return maySettleComplaints(actor) || mayAdminister(actor);
}

/** The operator's administrator connects agencies. */
export function mayConnect(actor: StaffActor, operatorAgency: string): boolean {
  return mayAdminister(actor) && actor.agencyId === operatorAgency;
}

/** At least two must be able to open what comes, or one illness would lose it. */
export function canBeRead(standing: { readonly keyHolders: number; readonly disclosureOfficers: number }): boolean {
  return standing.keyHolders >= 2 && standing.disclosureOfficers >= 2;
}

/** What comes must be read, and somebody must be told that it came. */
export function mayBeOpen(standing: {
  readonly keyHolders: number;
  readonly disclosureOfficers: number;
  readonly hasNoticeAddress: boolean;
}): boolean {
  return canBeRead(standing) && standing.hasNoticeAddress;
}
