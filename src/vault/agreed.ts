import { decode, utf8 } from './bytes.js';
import { is, isHash, readForm, readJwe } from './form.js';
import { isPublicJwk, type PublicJwk } from './keys.js';
import { failClosed, requireThat, WRAPPED_KEY, type Bytes, type CompactJwe, type KeyId } from './suite.js';

/** What ECDH on P-384 gives for another's public key: 48 bytes (SEC 1, 3.3.1). The private half may lie in another process or machine. */
export type Agree = (other: PublicJwk) => Promise<Uint8Array>;

interface AgreedHeader {
  alg: 'ECDH-ES+A256KW';
  enc: 'A256GCM';
  kid: KeyId;
  epk: PublicJwk;
}

/**
 * Opens a compact JWE with ECDH-ES+A256KW and A256GCM (RFC 7518, 4.6 and 5.3) by a private key that is only asked to agree.
 * Its header holds alg, enc, kid and epk and nothing else, so that nothing in it can turn another algorithm on.
 *
 * @param most bytes of the plaintext
 * @throws {VaultError} where it does not open; whatever `agree` throws is thrown on as it is, since it may pass
 */
export async function openAgreed(sealed: CompactJwe, agree: Agree, most: number): Promise<Bytes> {
  const epk = await failClosed(async () => {
    const { epk } = readHeader(sealed, most);
    // A point beside the curve must not reach the key: what came of it would say something about the key.
    await crypto.subtle.importKey('jwk', { ...epk }, { name: 'ECDH', namedCurve: 'P-384' }, false, []);
    return epk;
  });
  const secret = await agree(epk);
  return failClosed(async () => {
    requireThat(secret.length === 48);
    const [header = '', wrapped = '', iv = '', ciphertext = '', tag = ''] = sealed.split('.');
    const wrapping = await crypto.subtle.importKey('raw', await wrappingKey(secret), 'AES-KW', false, ['unwrapKey']);
    const key = await crypto.subtle.unwrapKey('raw', decode(wrapped), wrapping, 'AES-KW', 'AES-GCM', false, [
      'decrypt',
    ]);
    const gcm = { name: 'AES-GCM', iv: decode(iv), additionalData: utf8(header), tagLength: 128 };
    const sealedText = new Uint8Array([...decode(ciphertext), ...decode(tag)]);
    return new Uint8Array(await crypto.subtle.decrypt(gcm, key, sealedText));
  });
}

function readHeader(sealed: CompactJwe, most: number): AgreedHeader {
  const { header, encryptedKey } = readJwe(sealed, most);
  requireThat(encryptedKey === WRAPPED_KEY);
  return readForm<AgreedHeader>(header, {
    alg: is('ECDH-ES+A256KW'),
    enc: is('A256GCM'),
    kid: isHash,
    epk: isPublicJwk,
  });
}

/** Concat KDF (NIST SP 800-56A, 5.8.1) as RFC 7518, 4.6.2 uses it: one round of SHA-256, no party named, 256 bits. */
async function wrappingKey(secret: Uint8Array): Promise<Bytes> {
  const algorithm = utf8('ECDH-ES+A256KW');
  const parts = [number(1), secret, number(algorithm.length), algorithm, number(0), number(0), number(256)];
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(parts.flatMap((part) => [...part]))));
}

/** 32 bits, the greatest first. */
function number(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}
