import { mayBeHeldTogether } from '../staff/roles.js';
import type { StaffActor } from '../staff/staff-actor.js';
import {
  mayAdminister,
  mayReadComplaints,
  mayReadDisclosures,
  maySettleComplaints,
  type RoleHolder,
} from '../staff/staff.policy.js';
import type { KeyState, Missing } from './key-state.js';
import type { RecoveryPurpose } from './make-recovery-key.js';

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
  return mayBeHeldTogether(actor.roles);
}

/**
 * Officers and leads may open and close the agency's door, and so may its administrator. What must be there first is what
 * {@link missingToOpen} asks.
 */
export function mayOpenForIntake(actor: StaffActor): boolean {
  return maySettleComplaints(actor) || mayAdminister(actor);
}

/** The operator's administrator connects agencies. */
export function mayConnect(actor: StaffActor, operatorAgency: string): boolean {
  return mayAdminister(actor) && actor.agencyId === operatorAgency;
}

/**
 * A recovery key is made and proven by whoever may read what it gives back: their browser has it for a moment.
 */
export function mayMakeRecoveryKey(actor: StaffActor, purpose: RecoveryPurpose): boolean {
  return purpose === 'complaints' ? mayHoldComplaintsKey(actor) : mayReadDisclosures(actor);
}

/** Keys are granted again from paper to those who may have what the recovery key gives back. */
export function mayBeRecoveredTo(person: RoleHolder, purpose: RecoveryPurpose): boolean {
  return purpose === 'complaints' ? mayHoldComplaintsKey(person) : mayReadDisclosures(person);
}

/** Of each key at least two must be able to open what comes, or one illness would lose it. */
const FEWEST = 2;

/**
 * What keeps an agency's door shut: what comes must be read, by two who have shown that they can, must not be lost with
 * them, and somebody must be told that it came.
 */
export function missingToOpen(state: Omit<KeyState, 'missing'>): Missing[] {
  const missing: readonly (readonly [Missing, boolean])[] = [
    ['complaints_kit', state.recovery.complaints === null],
    ['disclosures_kit', state.recovery.disclosures === null],
    ['complaints_key', state.kid === null],
    ['recovery_grant', state.recovery.complaints !== null && state.notRecoverable.length > 0],
    ['holders', state.keyHolders < FEWEST],
    ['disclosure_officers', state.disclosureOfficers < FEWEST],
    ['notice_address', !state.hasNoticeAddress],
  ];
  return missing.filter(([, is]) => is).map(([code]) => code);
}
