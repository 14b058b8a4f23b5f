import type { PublicJwk, PublicKey } from '../../vault/keys.js';
import type { ReferralReason } from './referral-reasons.js';
import type { ReferralState } from './referral-status.js';
import type { NewEpoch, NewItem, SealedCase, StoredItem } from '../sealed-case.js';

// What travels between the server and the browsers of those who hand a case on and take it over. All words are sealed.

/** To whom a case could be handed, as the sender's browser asks before it seals. */
export interface ReferralReceiver {
  readonly agency: { readonly id: string; readonly name: string };
  /** The receiver's readers of such a case now. */
  readonly readers: readonly PublicKey[];
  /** The epoch of the `referral` key that the note begins. */
  readonly number: number;
  /** The newest record of that key, or null where there is none. */
  readonly previous: string | null;
}

/** A grant of an existing epoch to the receiver, withheld by the server until the referral was accepted. */
export interface WithheldGrant {
  readonly key: 'case' | 'identity';
  readonly epoch: number;
  readonly reader: string;
  readonly jwe: string;
}

/** A proposal as the sender's browser sends it. */
export interface NewReferral {
  readonly id: string;
  readonly to: string;
  readonly reason: ReferralReason;
  readonly shareIdentity: boolean;
  /** YYYY-MM-DD; of a disclosure only, and then always. */
  readonly recipientConsultedOn?: string | undefined;
  /** Of a complaint only: the officer says that the routing rules should have sent it there. */
  readonly rulesWrong?: boolean | undefined;
  readonly note: NewItem;
  readonly epoch: NewEpoch;
  readonly grants: readonly WithheldGrant[];
}

/** What the sender's browser sends where it must grant again: with a new note where the receiver's readers changed. */
export interface NewGrants {
  readonly grants: readonly WithheldGrant[];
  readonly note?: NewItem | undefined;
  readonly epoch?: NewEpoch | undefined;
}

/** A referral with its note, sealed. */
export interface SealedReferral {
  readonly id: string;
  readonly caseId: string;
  readonly number: number;
  readonly state: ReferralState;
  readonly shareIdentity: boolean;
  readonly mailbox: { readonly signing: PublicJwk; readonly agreement: PublicJwk };
  readonly staffSigning: readonly PublicKey[];
  /** Signed records of the `referral` key, oldest first. */
  readonly epochs: SealedCase['epochs'];
  /** The grants of that key to this officer's keys and to their agency's. */
  readonly grants: SealedCase['grants'];
  /** What was said about this referral, oldest first. */
  readonly items: readonly StoredItem[];
  /** The receiver's readers of such a case now: whom the sender grants to, and who read on after the hand-over. */
  readonly readers: readonly PublicKey[];
  /** Whether those are no longer the readers of the newest note: then granting again takes a new one. */
  readonly readersChanged: boolean;
}
