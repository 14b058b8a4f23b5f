import type { PublicKey } from '../../vault/keys.js';
import type { CaseKeyName } from '../../vault/suite.js';

// What travels while older disclosures are granted to a colleague.

/** Grants in one call: some 200 KB. */
export const MOST_GRANTS = 250;

/** A colleague, and how many disclosures the one who asks can open and they cannot. */
export interface ColleagueWaiting {
  readonly staffId: string;
  readonly displayName: string;
  readonly count: number;
}

/** A disclosure's keys as they are sealed to who grants. */
export interface DisclosureToGrant {
  readonly id: string;
  readonly grants: readonly {
    readonly key: CaseKeyName;
    readonly epoch: number;
    /** Kid of who grants. */
    readonly reader: string;
    readonly jwe: string;
  }[];
}

/** Some of them, to whom they go, and after which one there are more. */
export interface DisclosuresToGrant {
  readonly to: { readonly staffId: string; readonly agreement: PublicKey };
  readonly disclosures: readonly DisclosureToGrant[];
  readonly next: string | null;
}

/** A key of a disclosure, granted to the colleague. */
export interface GrantToColleague {
  readonly caseId: string;
  readonly key: CaseKeyName;
  readonly epoch: number;
  readonly jwe: string;
  /** What shows to whoever holds the key that one who holds it let the colleague in. */
  readonly held: string;
}
