import { makeKeyPair, sealPrivateKeys, type MadeKey } from '../vault/keys.js';
import { makeSalt, stretchPassphrase } from '../vault/passphrase.js';

/** A personal key pair at the moment it is made: its private part sealed, and in clear until let go. */
interface MadePersonalKey extends MadeKey {
  readonly sealedPrivate: string;
}

/** What a new member of staff makes where they sit. Only salt, `auth`, public keys and sealed private keys are sent. */
export interface MadePersonalKeys {
  readonly salt: string;
  readonly auth: string;
  readonly agreement: MadePersonalKey;
  readonly signing: MadePersonalKey;
}

/** Makes a person's keys, sealed under their passphrase. The same in Node and in the browser. */
export async function makePersonalKeys(passphrase: string): Promise<MadePersonalKeys> {
  const salt = makeSalt();
  const { auth, unlock } = await stretchPassphrase({ passphrase, salt });
  const make = async (use: 'agreement' | 'signing'): Promise<MadePersonalKey> => {
    const made = await makeKeyPair(use);
    const keys = { [use]: made.privateJwk };
    return { ...made, sealedPrivate: await sealPrivateKeys({ wrappingKey: unlock, purpose: 'staff', keys }) };
  };
  return { salt, auth, agreement: await make('agreement'), signing: await make('signing') };
}
