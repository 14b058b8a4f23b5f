import type { StaffActor } from '../../staff/staff-actor.js';
import {
  mayLeadTheSystem,
  mayReadComplaints,
  mayReadDisclosures,
  maySettleComplaints,
} from '../../staff/staff.policy.js';
import type { CasePath } from '../case.entity.js';
import type { ReferralState } from './referral-status.js';

// What is not said here may not be done. A refusal looks like a referral that does not exist. Whether a referral can
// still go where somebody who may wants it to is for `referral-status.ts` to say.

/** What of a referral decides who may do what with it. */
export interface ReferralStanding {
  readonly path: CasePath;
  readonly fromAgency: string;
  readonly toAgency: string;
  readonly state: ReferralState;
  /** The day there was a consent or a ground; null while there is none. */
  readonly consultedOn: string | null;
  readonly acceptedBy: string | null;
}

/** A person in relation to one referral. */
export interface ReferralReader {
  readonly person: StaffActor;
  /** Whether the referral's note was granted to this person's own current key. */
  readonly granted: boolean;
  /** Whether a wall stands between this person and the case. */
  readonly walled: boolean;
}

const SHOWN_TO_RECEIVER: readonly ReferralState[] = ['consulted', 'granted', 'opened', 'declined'];

/**
 * A complaint's referral is for those who read complaints; a disclosure's for disclosure officers who can read its note; neither
 * for who is kept out of the case.
 */
function mayReadNote({ person, granted, walled }: ReferralReader, { path }: ReferralStanding): boolean {
  if (walled) return false;
  return path === 'complaint' ? mayReadComplaints(person) : mayReadDisclosures(person) && granted;
}

/** The sender sees a referral from its beginning, and also once the case is gone. */
function maySeeAsSender(reader: ReferralReader, referral: ReferralStanding): boolean {
  return reader.person.agencyId === referral.fromAgency && mayReadNote(reader, referral);
}

/**
 * The receiver sees it from when the person agreed or a ground is on record, and not after that was taken back: until
 * then that there is such a case is not for them.
 */
function maySeeAsReceiver(reader: ReferralReader, referral: ReferralStanding): boolean {
  return reader.person.agencyId === referral.toAgency && mayReadNote(reader, referral) && isShownToReceiver(referral);
}

function isShownToReceiver({ state, consultedOn }: ReferralStanding): boolean {
  return SHOWN_TO_RECEIVER.includes(state) || (state === 'grant_again' && consultedOn !== null);
}

export function maySeeReferral(reader: ReferralReader, referral: ReferralStanding): boolean {
  return maySeeAsSender(reader, referral) || maySeeAsReceiver(reader, referral);
}

/**
 * Whoever reads it at the sender may put a lawful ground on record, except where they do triage: to hand a complaint on
 * without the person's word is to settle something about it.
 */
export function mayGround(reader: ReferralReader, referral: ReferralStanding): boolean {
  const settles = referral.path === 'disclosure' || maySettleComplaints(reader.person);
  return settles && maySeeAsSender(reader, referral);
}

/** Where a ground takes two, who proposed to hand the case on does not put it on record themself. */
export function mayRestOn(
  { staffId }: Pick<StaffActor, 'staffId'>,
  { proposedBy }: { readonly proposedBy: string },
  { takesTwo }: { readonly takesTwo: boolean },
): boolean {
  return !takesTwo || staffId !== proposedBy;
}

/** Whoever reads it at the sender may grant again, or take it back. */
export const mayGrantAgain = maySeeAsSender;
export const mayWithdraw = maySeeAsSender;

/** Whoever reads it at the receiver may accept it, in their own name, or decline it. */
export const mayAccept = maySeeAsReceiver;
export const mayDecline = maySeeAsReceiver;

/** Who has accepted takes the case over; a colleague looks at what became of it. */
export const mayOpen = maySeeAsReceiver;

/** Before the hand-over, the words are for the one who has accepted by name, and for nobody else there. */
export function mayReadReferredCase(reader: ReferralReader, referral: ReferralStanding): boolean {
  return (
    maySeeAsReceiver(reader, referral) && referral.state === 'granted' && referral.acceptedBy === reader.person.staffId
  );
}

/**
 * The system lead sees the way a complaint took and decides, unless they are kept out of it. That a disclosure exists they
 * never learn.
 */
export function mayReview(
  { person, walled }: Pick<ReferralReader, 'person' | 'walled'>,
  { path }: { readonly path: CasePath },
  operatorAgency: string,
): boolean {
  return mayLeadTheSystem(person, operatorAgency) && path === 'complaint' && !walled;
}
