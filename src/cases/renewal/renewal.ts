import type { CaseKeyName } from '../../vault/suite.js';

// What travels while somebody's grants are made again to their new key.

/** A grant that an old key of one's own opens. */
export interface GrantToRenew {
  readonly caseId: string;
  readonly key: CaseKeyName;
  readonly epoch: number;
  /** Kid of the old key. */
  readonly reader: string;
  readonly jwe: string;
}

/** Some of them, and how many there are in all. */
export interface GrantsToRenew {
  readonly grants: readonly GrantToRenew[];
  readonly left: number;
}

/** The same granted to the current key. */
export interface RenewedGrant {
  readonly caseId: string;
  readonly key: CaseKeyName;
  readonly epoch: number;
  /** Kid of the old key. */
  readonly from: string;
  readonly jwe: string;
  /** What shows to other readers that it is the same person's. */
  readonly held: string;
}
