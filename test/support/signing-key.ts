import { CompactSign, importJWK } from 'jose';
import { makeKeyPair, type PublicJwk } from '../../src/vault/keys.js';

/** A key that signs for a log or for a witness. */
export interface TestSigner {
  readonly kid: string;
  readonly jwk: PublicJwk;
  sign(payload: Uint8Array, header: { readonly typ: string }): Promise<string>;
}

/** Makes such a key. */
export async function signingKeyOf(): Promise<TestSigner> {
  const { kid, jwk, privateJwk } = await makeKeyPair('signing');
  const key = await importJWK({ ...privateJwk }, 'ES384');
  return {
    kid,
    jwk,
    sign: (payload, { typ }) => new CompactSign(payload).setProtectedHeader({ alg: 'ES384', kid, typ }).sign(key),
  };
}
