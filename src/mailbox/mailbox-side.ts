import type { StoredItem, SealedCase } from '../cases/sealed-case.js';
import type { PublicKey } from '../vault/keys.js';
import type { CompactJwe, ItemKind } from '../vault/suite.js';

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
}

/** What the mailbox of a case shows: all of it in clear but the words. */
export interface MailboxSide {
  readonly reference: string;
  readonly status: { readonly code: string; readonly text: string };
  /** What happens next, in plain words. */
  readonly next: string;
  readonly path: 'complaint' | 'disclosure';
  readonly delivery: 'direct' | 'triage_desk';
  /** The body meant: decided, or chosen by the person. */
  readonly destination: NamedAgency;
  /** Who has it now. */
  readonly agency: NamedAgency;
  readonly lodgedOn: string;
  readonly dueOn: string;
  /** What kind of limit that is; neither can be enforced. */
  readonly limit: 'our_aim' | 'guidance';
  readonly dueInWords: string;
  /** Oldest first. */
  readonly timeline: readonly { readonly kind: string; readonly on: string; readonly text: string }[];
  /** Whether there is an address that "you have a message" is sent to. */
  readonly notified: boolean;
  /** Whether something can still be added. */
  readonly open: boolean;
  readonly sealed: SealedSide;
  /** The words of `sealed.items`; only where the session was begun with the receipt itself. */
  readonly opened?: readonly OpenedItem[];
}

/** A message as it was taken in. */
export interface MessageTaken {
  readonly id: string;
  readonly on: string;
}
