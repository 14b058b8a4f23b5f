import {
  importPublicKey,
  readPublicJwk,
  readSealedKeysHeader,
  thumbprint,
  type KeyUse,
  type PublicJwk,
  type PublicKey,
} from '../vault/keys.js';
import { Invalid } from '../web/errors.js';
import { wellFormed } from '../web/well-formed.js';

/**
 * Reads a public key that somebody's browser made for themselves, with what it sealed of it.
 *
 * @param field where it was sent
 * @param sealed its private half, once under each way in
 * @throws {Invalid} when it is no key of this suite, or what is sealed says of itself that it is another's
 */
export function readSentKey(
  use: KeyUse,
  { jwk, sealed }: { readonly jwk: PublicJwk; readonly sealed: readonly string[] },
  field: string = use,
): Promise<PublicKey> {
  return wellFormed(
    async () => {
      const read = readPublicJwk(plain(jwk));
      const key = { kid: await thumbprint(read), jwk: read };
      await importPublicKey(key, use); // refuses what is no point on the curve
      for (const sealedPrivate of sealed) await requireSealedOf(key.kid, sealedPrivate, field);
      return key;
    },
    () => notAKey(field),
  );
}

/** @throws {Invalid} when what was sealed says that it is another key, or is sealed for another purpose */
export async function requireSealedOf(kid: string, sealedPrivate: string, field: string): Promise<void> {
  const refusal = (): Invalid => notAKey(field);
  const header = await wellFormed(() => readSealedKeysHeader(sealedPrivate), refusal);
  if (header.kid !== kid || header.purpose !== 'staff') throw refusal();
}

function notAKey(field: string): Invalid {
  return new Invalid([{ field, code: 'key', message: 'This is not a key of this suite.' }]);
}

/** Without the prototype of the form it came in. */
function plain({ kty, crv, x, y }: PublicJwk): PublicJwk {
  return { kty, crv, x, y };
}
