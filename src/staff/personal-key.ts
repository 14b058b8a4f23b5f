import type { PublicJwk } from '../vault/keys.js';

/** A personal key pair as it lies at rest: only its owner's passphrase opens `sealedPrivate`. */
export interface SealedKey {
  readonly kid: string;
  readonly jwk: PublicJwk;
  readonly sealedPrivate: string;
}

/** A person's current keys, with what is needed to open them in their browser. */
export interface OwnKeys {
  readonly staffId: string;
  readonly salt: string;
  readonly agreement: SealedKey;
  readonly signing: SealedKey;
}

/** A new key pair as it is sent: its private part sealed under the person's passphrase. */
export interface SentKey {
  readonly jwk: PublicJwk;
  readonly sealedPrivate: string;
}

/** Everything a new member of staff brings from where their keys were made. */
export interface Joining {
  readonly token: string;
  /** What the server answered to the invitation, unchanged. */
  readonly offer: string;
  readonly displayName: string;
  readonly username: string;
  readonly salt: string;
  readonly auth: string;
  readonly code: string;
  readonly agreement: SentKey;
  readonly signing: SentKey;
}
