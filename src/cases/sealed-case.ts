import type { PublicJwk, PublicKey } from '../vault/keys.js';
import type { CaseKeyName, CompactJws, ItemKind, KeyId } from '../vault/suite.js';
import type { KeyJoining } from './joining/shown-joinings.js';
import type { KeyRenewal } from './renewal/renewed-keys.js';

// What travels between the desk's server and its browser. All words are sealed.

/** An item as it is stored. */
export interface StoredItem {
  readonly id: string;
  readonly key: CaseKeyName;
  readonly epoch: number;
  readonly kind: ItemKind;
  readonly author: 'person' | 'agency';
  /** Name of the member of staff who wrote it. */
  readonly by: string | null;
  /** YYYY-MM-DD in Pacific/Auckland. */
  readonly madeOn: string;
  readonly jwe: string;
}

/** What is needed to verify and open the keys of a case, or some of them. */
export interface SealedKeys {
  /** The case's id. */
  readonly id: string;
  /** Whether it is a part of another case, which an officer began. */
  readonly isPart?: boolean;
  /** The person's public keys: the one that signs what they say, and the one that is granted what they may read. */
  readonly mailbox: { readonly signing: PublicJwk; readonly agreement: PublicJwk };
  /** Public keys of the staff who wrote items or began epochs. */
  readonly staffSigning: readonly PublicKey[];
  /** Kids of those that were taken out of `staffSigning`, since the log of keys does not have them. */
  readonly doubted?: readonly KeyId[];
  /** Signed records of every epoch, oldest first. */
  readonly epochs: readonly { readonly key: CaseKeyName; readonly epoch: number; readonly record: string }[];
  /** The person's signed consents to referrals of the case. */
  readonly consents: readonly CompactJws[];
  /** New keys of readers in the place of old ones. */
  readonly renewals?: readonly KeyRenewal[];
  /** Keys of readers who were let in later. */
  readonly joinings?: readonly KeyJoining[];
  /** The grants to this officer's keys and to their agency's. */
  readonly grants: readonly {
    readonly key: CaseKeyName;
    readonly epoch: number;
    readonly reader: string;
    readonly jwe: string;
  }[];
}

/** With whom and when something was lodged, as its commitment names it. */
export interface LodgedWith {
  /** Id of the agency that received it first. */
  readonly receiver: string;
  /** YYYY-MM-DD in Pacific/Auckland. */
  readonly day: string;
}

/** What an officer's browser needs to open a case. */
export interface SealedCase extends SealedKeys {
  /** Null of a part, which nobody lodged. */
  readonly lodgedWith: LodgedWith | null;
  readonly items: readonly StoredItem[];
  /** The item after which there are more; null when these are the last. */
  readonly next: string | null;
  /** To whom the desk key would be granted now. */
  readonly deskReaders: readonly PublicKey[];
  /** Colleagues to whom the newest case key was granted by name, and who are kept out since. */
  readonly keptOut: readonly PublicKey[];
}

/** An item sealed by an officer, on its way to the server. */
export interface NewItem {
  readonly id: string;
  readonly jwe: string;
}

/** An epoch begun by an officer, on its way to the server. */
export interface NewEpoch {
  readonly record: string;
  readonly grants: readonly { readonly reader: string; readonly jwe: string }[];
}

/** The epoch of the desk key with which an agency's notes of a case begin. */
export type NewDeskEpoch = NewEpoch;
