import { CompactEncrypt, type JWK } from 'jose';
import { openAgreed, type Agree } from './agreed.js';
import { fromUtf8, utf8 } from './bytes.js';
import type { CompactJwe, KeyId } from './suite.js';

/** A service's public sealing key: P-384, as it publishes it. */
export interface AddressKey {
  readonly kid: KeyId;
  readonly jwk: JWK;
}

/** Bytes of an address; the longest there can be has 254 (RFC 5321), and forms take no more. */
const LONGEST = 2_048;

/**
 * Seals the address for notices to the service that has to send them: JWE ECDH-ES+A256KW with A256GCM (RFC 7518), header
 * `{alg, enc, kid, epk}`, the address in UTF-8 as plaintext. It says nothing about who sealed it.
 */
export function sealAddress({ kid, jwk }: AddressKey, address: string): Promise<CompactJwe> {
  return new CompactEncrypt(utf8(address))
    .setProtectedHeader({ alg: 'ECDH-ES+A256KW', enc: 'A256GCM', kid })
    .encrypt(jwk);
}

/**
 * Opens what {@link sealAddress} sealed. Whether it is an address, the caller has to look: anybody may have sealed it.
 *
 * @param agree asks the service's private sealing key, wherever it lies
 * @throws {VaultError} where it does not open or is no text; whatever `agree` throws
 */
export async function openAddress(agree: Agree, sealed: CompactJwe): Promise<string> {
  return fromUtf8(await openAgreed(sealed, agree, LONGEST));
}
