import { createHash, randomBytes } from 'node:crypto';

/** A fresh opaque token of 256 bits, base64url. It lies with whoever bears it; the server keeps {@link tokenHash}. */
export function makeToken(): string {
  return randomBytes(32).toString('base64url');
}

/** SHA-256 of a token, as stored: whoever reads the table cannot use what stands there. */
export function tokenHash(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
