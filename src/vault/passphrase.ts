import { argon2id } from 'hash-wasm';
import { decode, derive, encode, isBase64url, randomBytes, utf8 } from './bytes.js';
import { requireInput } from './form.js';
import type { Base64url, Bytes } from './suite.js';

// A file of its own: public pages never import it, so they carry no WebAssembly and need no 'wasm-unsafe-eval'.

const SALT = 16;
const MAX_PASSPHRASE = 1024;

/** Argon2id (RFC 9106): 64 MiB, three passes, one lane. */
const COST = { memorySize: 65_536, iterations: 3, parallelism: 1, hashLength: 32 } as const;

export interface StretchedPassphrase {
  /** Sent at sign-in, and stored hashed: 32 bytes. */
  auth: Base64url;
  /** Never sent: opens the person's private keys, 32 bytes. */
  unlock: Bytes;
}

/** A fresh salt for one person: 16 bytes. */
export function makeSalt(): Base64url {
  return encode(randomBytes(SALT));
}

/**
 * Stretches a passphrase (in NFKC, as NIST SP 800-63B has it) and splits it, so that what signs in does not unlock.
 * @throws TypeError on an empty or overlong passphrase, or a salt that is not 16 bytes
 */
export async function stretchPassphrase(input: { passphrase: string; salt: Base64url }): Promise<StretchedPassphrase> {
  const { passphrase, salt } = input;
  requireInput(passphrase !== '' && passphrase.length <= MAX_PASSPHRASE, 'passphrase');
  requireInput(isBase64url(salt, SALT), 'salt');
  const password = utf8(passphrase.normalize('NFKC'));
  const stretched = new Uint8Array(await argon2id({ ...COST, password, salt: decode(salt), outputType: 'binary' }));
  return { auth: encode(await derive(stretched, 'staff-auth')), unlock: await derive(stretched, 'staff-unlock') };
}
