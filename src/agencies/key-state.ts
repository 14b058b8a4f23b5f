import type { Colleague } from '../staff/colleagues.js';
import type { PublicKey } from '../vault/keys.js';
import type { RecoveryPurpose } from './make-recovery-key.js';

/** Why an agency cannot open yet. */
export type Missing =
  | 'complaints_kit'
  | 'disclosures_kit'
  | 'complaints_key'
  | 'recovery_grant'
  | 'holders'
  | 'disclosure_officers'
  | 'notice_address';

/** A person of the agency, and how they stand to its complaints key. */
interface KeyPerson extends Colleague {
  readonly mayHold: boolean;
  /** Whether there is a grant to them. */
  readonly granted: boolean;
  /** Whether they have opened it, and signed that they did. */
  readonly holds: boolean;
}

/** A recovery key, as its agency's people see it. */
export interface RecoveryState extends PublicKey {
  /** Days in Pacific/Auckland, YYYY-MM-DD. */
  readonly madeOn: string;
  readonly provenOn: string | null;
  readonly drilledOn: string | null;
  /** The shares that were typed back, by whom and when. */
  readonly proofs: readonly { readonly share: number; readonly by: string; readonly on: string }[];
}

/** Somebody left who has the key, or it has served its time. */
export interface KeyRenewal {
  readonly why: 'left' | 'age';
  /** Names of those who have it and may not any more. */
  readonly left: readonly string[];
  /** YYYY-MM-DD; the day it is asked of one who has left. */
  readonly dueOn: string;
}

/** How an agency's keys stand, as its people see it. */
export interface KeyState {
  readonly agencyId: string;
  /** The day by the server's clock, which statements carry. */
  readonly today: string;
  readonly open: boolean;
  readonly kid: string | null;
  readonly epoch: number | null;
  readonly madeOn: string | null;
  readonly people: readonly KeyPerson[];
  readonly keyHolders: number;
  readonly disclosureOfficers: number;
  /** The recovery key of each kind that is in use, and the one whose shares are still to be typed back. */
  readonly recovery: Readonly<Record<RecoveryPurpose, RecoveryState | null>>;
  readonly unproven: Readonly<Record<RecoveryPurpose, RecoveryState | null>>;
  /** Kids of complaints keys, retired ones too, that are not granted to the recovery key in use. */
  readonly notRecoverable: readonly string[];
  /** Why the complaints key should be renewed, and by when; null of a key that nobody who left has, until a month before. */
  readonly renewal: KeyRenewal | null;
  /** When each kit is to be tried out again, YYYY-MM-DD; null where it is not due within a month. */
  readonly drillDue: Readonly<Record<RecoveryPurpose, string | null>>;
  /** Whether anybody can be told that something came. */
  readonly hasNoticeAddress: boolean;
  readonly missing: readonly Missing[];
}

/** A person's own grant of the agency's key, sealed to them. */
export interface OwnGrant {
  readonly kid: string;
  readonly epoch: number;
  readonly retired: boolean;
  readonly jwe: string;
  /** Whether they have signed that they opened it. */
  readonly held: boolean;
}
