import type { LodgedWith, StoredItem, SealedCase } from '../cases/sealed-case.js';
import type { ReferralState } from '../cases/referrals/referral-status.js';
import type { Share } from '../vault/consent.js';
import type { AddedProof } from '../vault/key-people.js';
import type { PublicKey } from '../vault/keys.js';
import type { CompactJwe, CompactJws, ItemKind, KeyId } from '../vault/suite.js';
import type { RatingMoment } from './rating/rating-questions.js';

// What travels between the server and whoever holds a receipt. Days are YYYY-MM-DD in Pacific/Auckland.

/** An agency, by its name in the language of the page. */
interface NamedAgency {
  readonly id: string;
  readonly name: string;
}

/** The sealed words of a case, with what the mailbox's keys need to open them. */
export interface SealedSide {
  /** The case's id. */
  readonly id: string;
  /** Whether it is a part of the mailbox's case, which an officer began. */
  readonly isPart: boolean;
  /** The mailbox's private keys, sealed under what the receipt gives. */
  readonly sealedPrivate: CompactJwe;
  readonly agreement: PublicKey;
  readonly signing: PublicKey;
  /** Public keys of the staff who answered or began epochs. */
  readonly staffSigning: readonly PublicKey[];
  /** Signed records of every epoch of the keys that the person reads, oldest first. */
  readonly epochs: SealedCase['epochs'];
  /** The grants to the mailbox. */
  readonly grants: SealedCase['grants'];
  /** What the person agreed to, as they signed it, oldest first. */
  readonly consents: readonly CompactJws[];
  /** New keys of readers, and keys of those who were let in later, each shown by who held the case. */
  readonly renewals: NonNullable<SealedCase['renewals']>;
  readonly joinings: NonNullable<SealedCase['joinings']>;
  /** Oldest first. `by` is the name of the agency that wrote, or null for the person. */
  readonly items: readonly StoredItem[];
  /** The item after which there are more; null when these are the last. */
  readonly next: string | null;
}

/** An item that the server opened for somebody without a script. */
export interface OpenedItem {
  readonly id: string;
  readonly kind: ItemKind;
  readonly on: string;
  /** Name of the agency that wrote, or null for the person. */
  readonly by: string | null;
  /** What was said by field; null where it does not open, or is not from whom it claims to be. */
  readonly words: Readonly<Record<string, string>> | null;
  /** Of what was passed on into a part: whether it is all of what the person wrote, by their signature. */
  readonly own?: boolean;
}

/** A code with what it means, in the language of the page. */
interface Explained {
  readonly code: string;
  readonly text: string;
}

/** What one agency asks another to take over, as the person sees it. */
export interface MailboxReferral {
  readonly id: string;
  /** Grows from one referral of the case to the next. */
  readonly number: number;
  readonly from: NamedAgency;
  readonly to: NamedAgency;
  readonly state: ReferralState;
  /** Where it stands, in plain words. */
  readonly text: string;
  readonly proposedOn: string;
  /** Why the agency that has the case wants to hand it on. */
  readonly reason: Explained;
  /** Whether the name is asked for too, beside the words. */
  readonly asksIdentity: boolean;
  /** Kids of the receiver's keys that a consent names, sorted. */
  readonly readers: readonly KeyId[];
  /**
   * Of a disclosure how many people those are, and in which role: somebody named in it could be among them. Null of a
   * complaint, which an agency reads by one key.
   */
  readonly whoReads: { readonly count: number; readonly role: string; readonly text: string } | null;
  /** What the person agreed to share; null where they did not (yet). */
  readonly shared: Share | null;
  /** What the receiver gets to read and what not; empty where it gets nothing. */
  readonly sharing: readonly Explained[];
  /** On what it goes on without the person's agreement; null where it does not. */
  readonly ground: Explained | null;
  /** Why the receiver did not take it. */
  readonly declined: Explained | null;
  /** Numbers of the epochs of the key `referral` under which it was written about. */
  readonly epochs: readonly number[];
  readonly canAgree: boolean;
  readonly canWithdraw: boolean;
  /** Whether it happened without the person, who is asked whether the receiver may read what they write from now on. */
  readonly needsConfirmation: boolean;
}

/** The way a case has gone, and what that cost the person. */
export interface MailboxJourney {
  /** Who had it, oldest first; `to` is null for whoever has it. */
  readonly path: readonly { readonly agency: NamedAgency; readonly from: string; readonly to: string | null }[];
  readonly handOffs: number;
  /** Hand-overs that were declined, or went back to an agency that had had it. */
  readonly bounceBacks: number;
  readonly daysInTransit: number;
  readonly timesRetold: number;
  /** Id of the last hand-over, where the person has not said yet that they had to tell their story again. */
  readonly mayRetell: string | null;
}

/** A case or a part of one: all of it in clear but the words. */
export interface MailboxCase {
  readonly reference: string;
  readonly status: { readonly code: string; readonly text: string };
  /** How it ended; null while it is open. */
  readonly outcome: Explained | null;
  /** What happens next, in plain words. */
  readonly next: string;
  /** Who has it now. */
  readonly agency: NamedAgency;
  readonly dueOn: string;
  /** What kind of limit that is; neither can be enforced. */
  readonly limit: 'our_aim' | 'guidance';
  readonly dueInWords: string;
  /** Oldest first. */
  readonly timeline: readonly { readonly kind: string; readonly on: string; readonly text: string }[];
  /** Whether something can still be added. */
  readonly open: boolean;
  /** The referral under way, or the last that there was. */
  readonly referral: MailboxReferral | null;
  /** The hand-over that happened without the person and that they have not confirmed; often the same. */
  readonly unconfirmed: MailboxReferral | null;
  readonly journey: MailboxJourney;
  readonly sealed: SealedSide;
  /** The words of `sealed.items`; only where the session was begun with the receipt itself. */
  readonly opened?: readonly OpenedItem[];
}

/** A part of the mailbox's case, with an owner, a date and an outcome of its own. */
export interface MailboxPart extends MailboxCase {
  readonly id: string;
  /** From 1. */
  readonly number: number;
}

/** What the law says should be done about a disclosure, in plain words. */
export interface MailboxSteps {
  /** By when. */
  readonly due: string;
  readonly list: readonly {
    readonly code: string;
    readonly text: string;
    readonly on: string | null;
    /** Whether and when it was done. */
    readonly done: string;
  }[];
  /** The day that they expect instead, and by when they should say how it goes; null where it does not take longer. */
  readonly longer: string | null;
  /** To whom the person can turn next; null while there is no need to. */
  readonly further: string | null;
}

/** What the mailbox of a case shows: the whole, and its parts. */
export interface MailboxSide extends MailboxCase {
  readonly path: 'complaint' | 'disclosure';
  readonly delivery: 'direct' | 'triage_desk';
  /** The body meant: decided, or chosen by the person. */
  readonly destination: NamedAgency;
  readonly lodgedOn: string;
  /** As the commitment of what was lodged names it. */
  readonly lodgedWith: LodgedWith | null;
  /** Whether there is an address that "you have a message" is sent to. */
  readonly notified: boolean;
  /** At which moment the three questions are asked now, if they are. */
  readonly rating: RatingMoment | null;
  /** Null of a complaint, and until a disclosure is placed. */
  readonly steps: MailboxSteps | null;
  readonly parts: readonly MailboxPart[];
}

/** What the API answers: the mailbox, and what shows that those who signed in it are in the log of keys. */
export interface ServedSide extends MailboxSide {
  /** Of `staffSigning` of the whole and of each part; null while there is no witnessed head. */
  readonly signersProof: AddedProof | null;
}

/** What a message is for, besides being read. */
export interface MessageFor {
  /** Id of the part of the case; without it, for the case itself. */
  readonly part?: string | undefined;
  /** Whether they are to look soon at how the person is supported: what is kept of that is a day, and not why. */
  readonly support?: boolean | undefined;
}

/** A message as it was taken in. */
export interface MessageTaken {
  readonly id: string;
  readonly on: string;
}
