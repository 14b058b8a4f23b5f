import type { Colleague } from '../staff/colleagues.js';

/** How an agency's keys stand, as its people see it. */
export interface KeyState {
  readonly open: boolean;
  readonly kid: string | null;
  readonly epoch: number | null;
  readonly people: readonly (Colleague & { readonly mayHold: boolean; readonly holds: boolean })[];
  readonly keyHolders: number;
  readonly disclosureOfficers: number;
  /** Whether anybody can be told that something came. */
  readonly hasNoticeAddress: boolean;
}

/** A person's own grant of the agency's key, sealed to them. */
export interface OwnGrant {
  readonly kid: string;
  readonly epoch: number;
  readonly retired: boolean;
  readonly jwe: string;
}
