import { makeKeyPair, sealPrivateKeys, type KeyUse, type MadeKey } from '../vault/keys.js';
import { makeSalt, stretchPassphrase, type StretchedPassphrase } from '../vault/passphrase.js';
import type { Base64url, Bytes } from '../vault/suite.js';

/** A personal key pair at the moment it is made: its private part sealed, and in clear until let go. */
interface MadePersonalKey extends MadeKey {
  readonly sealedPrivate: string;
}

/** The two key pairs of a new member of staff, sealed under their one way in. */
export type MadePersonalKeys = Readonly<Record<KeyUse, MadePersonalKey>>;

/** Makes a person's two key pairs and seals each under a secret. The same in Node and in the browser. */
export async function makePersonalKeys(wrappingKey: Bytes): Promise<MadePersonalKeys> {
  const make = async (use: KeyUse): Promise<MadePersonalKey> => {
    const made = await makeKeyPair(use);
    const keys = { [use]: made.privateJwk };
    return { ...made, sealedPrivate: await sealPrivateKeys({ wrappingKey, purpose: 'staff', keys }) };
  };
  return { agreement: await make('agreement'), signing: await make('signing') };
}

/** A passphrase as its owner's browser keeps it for a moment: how it was salted, what signs in and what unlocks. */
export interface SaltedPassphrase extends StretchedPassphrase {
  readonly salt: Base64url;
}

/** Stretches a new passphrase under a salt of its own. */
export async function saltPassphrase(passphrase: string): Promise<SaltedPassphrase> {
  const salt = makeSalt();
  return { salt, ...(await stretchPassphrase({ passphrase, salt })) };
}

/** The same under a new passphrase, with the salt and the `auth` that go with it. */
export async function makePassphraseAndKeys(
  passphrase: string,
): Promise<MadePersonalKeys & { readonly salt: string; readonly auth: string }> {
  const { salt, auth, unlock } = await saltPassphrase(passphrase);
  return { salt, auth, ...(await makePersonalKeys(unlock)) };
}
