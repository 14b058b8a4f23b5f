import { base64url } from 'jose';
import { SUITE, VaultError, type Base64url, type Bytes } from './suite.js';

const ALPHABET = /^[A-Za-z0-9_-]*$/;

/** Base64url of bytes, or of a text's UTF-8. */
export function encode(input: Uint8Array | string): Base64url {
  return base64url.encode(input);
}

/**
 * How many bytes `text` stands for. @throws VaultError unless it is base64url in its canonical spelling: with spare bits
 * set, two spellings would open to the same bytes, and a changed text would go unseen.
 */
export function decodedLength(text: string): number {
  const spare = text.length % 4;
  const last = text.slice(-1);
  const canonical =
    spare === 0 || (spare === 2 && 'AQgw'.includes(last)) || (spare === 3 && 'AEIMQUYcgkosw048'.includes(last));
  if (!canonical || !ALPHABET.test(text)) throw new VaultError();
  return Math.floor((text.length * 3) / 4);
}

/** The bytes of canonical base64url. @throws VaultError on anything else. */
export function decode(text: Base64url): Bytes {
  decodedLength(text);
  return new Uint8Array(base64url.decode(text));
}

/** Whether `value` is canonical base64url of exactly `length` bytes. */
export function isBase64url(value: unknown, length: number): value is Base64url {
  if (typeof value !== 'string' || value.length !== Math.ceil((length * 4) / 3)) return false;
  try {
    return decodedLength(value) === length;
  } catch {
    return false;
  }
}

/** The text's UTF-8. A lone surrogate would be lost here, so only JSON, which escapes it, may hold one. */
export function utf8(text: string): Bytes {
  return new Uint8Array(new TextEncoder().encode(text));
}

/** The text of UTF-8 bytes. @throws VaultError where they are not UTF-8. */
export function fromUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new VaultError();
  }
}

/** `length` bytes of the platform's CSPRNG. */
export function randomBytes(length: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(length));
}

/** SHA-256 (FIPS 180-4), base64url. A text counts as its UTF-8. */
export async function sha256(input: Bytes | string): Promise<Base64url> {
  const bytes = typeof input === 'string' ? utf8(input) : input;
  return encode(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
}

/** HKDF-SHA-256 (RFC 5869) without salt: 32 bytes for one use of `secret`; `info` is the suite's name and `label`. */
export async function derive(secret: Bytes, label: string): Promise<Bytes> {
  const key = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits']);
  const use = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info: utf8(`${SUITE} ${label}`) };
  return new Uint8Array(await crypto.subtle.deriveBits(use, key, 256));
}
