import type { SealedKeys, StoredItem } from '../../cases/sealed-case.js';
import type { PublicKey } from '../../vault/keys.js';

// What travels while a name is opened or released. All of it is sealed.

/** Who wrote a disclosure, with what an officer's key needs to open it. */
export interface SealedName extends SealedKeys {
  readonly items: readonly StoredItem[];
}

/** A colleague to whom a name can be released: they read the disclosure, and do not have its name. */
export interface Receiver {
  readonly staffId: string;
  readonly displayName: string;
  readonly agreement: PublicKey;
}

/** The key of a name, granted in the asker's browser to a colleague. The server withholds it until it is approved. */
export interface WithheldGrant {
  readonly epoch: number;
  readonly reader: string;
  readonly jwe: string;
}
