import { makeKeyPair, sealPrivateKeys, type KeyUse, type MadeKey } from '../vault/keys.js';
import { makeSalt, stretchPassphrase } from '../vault/passphrase.js';
import type { Bytes } from '../vault/suite.js';

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

/** The same under a new passphrase, with the salt and the `auth` that go with it. */
export async function makePassphraseAndKeys(
  passphrase: string,
): Promise<MadePersonalKeys & { readonly salt: string; readonly auth: string }> {
  const salt = makeSalt();
  const { auth, unlock } = await stretchPassphrase({ passphrase, salt });
  return { salt, auth, ...(await makePersonalKeys(unlock)) };
}
