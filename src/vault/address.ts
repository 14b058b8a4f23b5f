import { CompactEncrypt, compactDecrypt, type CryptoKey, type JWK } from 'jose';
import { fromUtf8, utf8 } from './bytes.js';
import { failClosed, type CompactJwe, type KeyId } from './suite.js';

/** A service's public sealing key: P-384, as it publishes it. */
export interface AddressKey {
  readonly kid: KeyId;
  readonly jwk: JWK;
}

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
 * @param privateKey the service's private sealing key
 * @throws {VaultError} where it does not open or is no text
 */
export function openAddress(privateKey: CryptoKey, sealed: CompactJwe): Promise<string> {
  return failClosed(async () => {
    const { plaintext } = await compactDecrypt(sealed, privateKey, {
      keyManagementAlgorithms: ['ECDH-ES+A256KW'],
      contentEncryptionAlgorithms: ['A256GCM'],
    });
    return fromUtf8(plaintext);
  });
}
