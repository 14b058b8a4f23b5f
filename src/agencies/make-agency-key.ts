import { grantAgencyKey } from '../vault/agency-keys.js';
import { makeKeyPair, type PublicJwk, type PublicKey } from '../vault/keys.js';

/** A person who is to hold the key, and the public key it is granted to. */
export interface KeyRecipient {
  readonly staffId: string;
  readonly agreement: PublicKey;
}

/** Whom a new key is granted to. */
export interface KeyRecipients {
  readonly people: readonly KeyRecipient[];
  /** The agency's recovery key for complaints, once there is one. */
  readonly recovery: PublicKey | null;
}

/** A new agency key as it is sent to the server: the private part is only inside the grants. */
export interface MadeAgencyKey {
  readonly kid: string;
  readonly jwk: PublicJwk;
  readonly grants: readonly { readonly staffId: string; readonly jwe: string }[];
  /** The grant to the recovery key. */
  readonly recovery?: { readonly kid: string; readonly jwe: string } | undefined;
}

/** Makes an agency's complaints key pair and grants it to each recipient. The same in Node and in the browser. */
export async function makeAgencyKey({ people, recovery }: KeyRecipients): Promise<MadeAgencyKey> {
  const { kid, jwk, privateJwk } = await makeKeyPair('agreement');
  const grants = await Promise.all(
    people.map(async ({ staffId, agreement }) => ({
      staffId,
      jwe: await grantAgencyKey({ privateJwk, reader: agreement }),
    })),
  );
  if (!recovery) return { kid, jwk, grants };
  return {
    kid,
    jwk,
    grants,
    recovery: { kid: recovery.kid, jwe: await grantAgencyKey({ privateJwk, reader: recovery }) },
  };
}
