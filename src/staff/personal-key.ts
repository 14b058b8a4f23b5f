import type { Registration } from './passkeys/passkey.js';
import type { PublicJwk, PublicKey } from '../vault/keys.js';

/** A private key of one's own as it lies at rest, sealed under one way in. */
export interface SealedKey {
  readonly kid: string;
  readonly sealedPrivate: string;
}

interface Unlocking {
  /** Of the authenticator. */
  readonly id: string;
  /** What the person calls it. */
  readonly label: string;
  readonly sealed: readonly SealedKey[];
}

/** A way in that opens one's own keys, with what is needed to do so in the browser. */
export type UnlockingWay =
  | (Unlocking & {
      readonly kind: 'passphrase';
      /** With which the passphrase is stretched. */
      readonly salt: string;
    })
  | (Unlocking & {
      readonly kind: 'passkey';
      /** That its PRF is asked with. */
      readonly salt: string;
      readonly credentialId: string;
      readonly transports: readonly string[];
    });

/** A person's own keys, as they lie sealed under each of their ways in. */
export interface OwnKeys {
  readonly staffId: string;
  readonly agreement: PublicKey;
  readonly signing: PublicKey;
  /** Retired agreement keys that still open what was not yet granted again. */
  readonly earlier: readonly PublicKey[];
  readonly ways: readonly UnlockingWay[];
}

/** A new key pair as it is sent: its private part sealed under the person's way in. */
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
  readonly agreement: SentKey;
  readonly signing: SentKey;
}

/** Somebody who joins with a passphrase and a code. */
export interface JoiningByPassphrase extends Joining {
  readonly salt: string;
  readonly auth: string;
  readonly code: string;
}

/** Somebody who joins with a passkey. */
export interface JoiningByPasskey extends Joining {
  /** What the person calls it. */
  readonly label: string;
  readonly passkey: Registration;
}
