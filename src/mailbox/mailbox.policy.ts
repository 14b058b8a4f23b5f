import type { CaseStatus } from '../cases/case-status.js';
import { mayBeTakenBack, type ReferralState } from '../cases/referrals/referral-status.js';
import type { CaseKeyName, ItemKind } from '../vault/suite.js';

// What is not said here may not be done. A refusal looks like a case that does not exist.

/** Whoever holds the receipt of a case. They act on that case, and there is no other that they could name. */
export interface MailboxActor {
  readonly kind: 'mailbox';
  readonly caseId: string;
}

/** A case, with the case that it is a part of, if it is one. */
interface CaseOrPart {
  readonly id: string;
  readonly wholeId?: string | null;
}

/** The mailbox of a case reads that case and its parts, and no other. */
export function mayRead(actor: MailboxActor, { id, wholeId }: CaseOrPart): boolean {
  return actor.caseId === id || actor.caseId === wholeId;
}

/**
 * Of its case it reads what was granted to it: the words of both sides, who the person is, and what is said about handing
 * the case on. The desk key never is.
 */
export const READABLE_KEYS = ['case', 'identity', 'referral'] as const satisfies readonly CaseKeyName[];

/**
 * It reads what the person said, what the agency answered, what agencies say to each other about handing it on, what was
 * passed on into a part, and that somebody opened what was promised.
 */
export const READABLE_KINDS = [
  'statement',
  'identity',
  'message',
  'reply',
  'referral',
  'excerpt',
  'countersignature',
] as const satisfies readonly ItemKind[];

/** Whether the person can still add to a case and answer about it: once it is closed nobody there would read it. */
export function isOpenToPerson({ status }: { readonly status: CaseStatus }): boolean {
  return status !== 'closed';
}

/** It may add to its case until that is closed. */
export function mayWrite(actor: MailboxActor, found: CaseOrPart & { readonly status: CaseStatus }): boolean {
  return mayRead(actor, found) && isOpenToPerson(found);
}

/**
 * It may tell, of its own disclosure, that it is punished for speaking up, also once that is closed: those who had it look at
 * that again.
 */
export function mayAskForSupport(
  actor: MailboxActor,
  found: CaseOrPart & { readonly status: CaseStatus; readonly path: 'complaint' | 'disclosure' },
): boolean {
  return actor.caseId === found.id && found.path === 'disclosure' && found.status !== 'lodged';
}

/** How far a referral is, as far as it matters for what the person may do. */
export interface ReferralAsked {
  readonly state: ReferralState;
  /** What the person signed, if they agreed. */
  readonly consent: string | null;
}

/** Whether the person is asked to agree or to refuse: once the proposal is theirs to answer, and until they have. */
export function mayAnswer({ state }: ReferralAsked): boolean {
  return state === 'proposed';
}

/** Whether consent can be taken back: until the receiver has opened everything. */
export const mayTakeBack: (asked: ReferralAsked) => boolean = mayBeTakenBack;

/** Whether the person is asked, after the hand-over, to say that those may read on to whom it went without them. */
export function mayConfirm({ state }: Pick<ReferralAsked, 'state'>, readersUnknown: boolean): boolean {
  return state === 'opened' && readersUnknown;
}

/** Whether the person can say that they had to tell their story again: after each hand-over. */
export function mayTellOfRetelling({ state }: Pick<ReferralAsked, 'state'>): boolean {
  return state === 'opened';
}
