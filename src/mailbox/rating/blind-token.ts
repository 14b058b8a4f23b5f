import { RSABSSA } from '@cloudflare/blindrsa-ts';
import { decode, encode, randomBytes } from '../../vault/bytes.js';

// The same in a person's browser and in Node.

/** RSABSSA-SHA384-PSS-Deterministic (RFC 9474): a token is drawn at random already. */
const SUITE = RSABSSA.SHA384.PSS.Deterministic();

/** The public half of the key that signs tokens, as `/api/v1/keys` has it. */
export interface RatingKey {
  readonly kty?: string;
  readonly n?: string;
  readonly e?: string;
}

/** A token that was drawn and blinded, and what unblinds the signature over it. */
export interface BlindToken {
  /** base64url, for the server to sign. */
  readonly blinded: string;
  /**
   * @param signature what the server made of it, base64url
   * @returns the token with a signature that verifies and that the server has never seen
   * @throws {Error} where it was not signed with the key that is published
   */
  unblind(signature: string): Promise<{ token: string; signature: string }>;
}

/**
 * Draws a token of 32 bytes and blinds it.
 *
 * @param keys all published keys
 * @throws {Error} unless there is one RSA key among them: with more, one could be for this person alone
 */
export async function drawToken(keys: readonly RatingKey[]): Promise<BlindToken> {
  const [key, ...others] = keys.filter(({ kty }) => kty === 'RSA');
  if (!key?.n || !key.e || others.length > 0) throw new Error('There is not exactly one key that signs tokens.');
  const jwk = { kty: 'RSA', n: key.n, e: key.e };
  const publicKey = await crypto.subtle.importKey('jwk', jwk, { name: 'RSA-PSS', hash: 'SHA-384' }, true, ['verify']);
  const token = randomBytes(32);
  const { blindedMsg, inv } = await SUITE.blind(publicKey, token);
  return {
    blinded: encode(blindedMsg),
    unblind: async (signature) => ({
      token: encode(token),
      signature: encode(await SUITE.finalize(publicKey, token, decode(signature), inv)),
    }),
  };
}
