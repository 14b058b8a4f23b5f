import { grantAgencyKey } from '../vault/agency-keys.js';
import { makeKeyPair, type PublicJwk, type PublicKey } from '../vault/keys.js';

/** A person who is to hold the key, and the public key it is granted to. */
export interface KeyRecipient {
  readonly staffId: string;
  readonly agreement: PublicKey;
}

/** A new agency key as it is sent to the server: the private part is only inside the grants. */
export interface MadeAgencyKey {
  readonly kid: string;
  readonly jwk: PublicJwk;
  readonly grants: readonly { readonly staffId: string; readonly jwe: string }[];
}

/** Makes an agency's complaints key pair and grants it to each recipient. The same in Node and in the browser. */
export async function makeAgencyKey(recipients: readonly KeyRecipient[]): Promise<MadeAgencyKey> {
  const { kid, jwk, privateJwk } = await makeKeyPair('agreement');
  const grants = await Promise.all(
    recipients.map(async ({ staffId, agreement }) => ({
      staffId,
      jwe: await grantAgencyKey({ privateJwk, reader: agreement }),
    })),
  );
  return { kid, jwk, grants };
}
