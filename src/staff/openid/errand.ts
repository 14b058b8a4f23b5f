import { CompactEncrypt, compactDecrypt } from 'jose';
import { DIRECT } from '../../vault/suite.js';

/** What a browser was sent to a provider for, and what its answer must fit. */
export interface Errand {
  readonly kind: 'sign_in' | 'link' | 'prove';
  /** Id of the provider. */
  readonly provider: string;
  readonly state: string;
  readonly nonce: string;
  /** PKCE (RFC 7636). */
  readonly verifier: string;
  /** Page to go to afterwards. */
  readonly next: string;
  /** Id of the session it is for, where there is one. */
  readonly session: string | null;
  /** When it began, in seconds since 1970. */
  readonly began: number;
}

/** Seconds in which somebody signs in at their provider. */
export const ERRAND_SECONDS = 600;

const TYPE = 'onedoor-errand';

/**
 * Seals an errand into the browser's own cookie, so that nothing of it is stored here: whoever answers must be the browser
 * that was sent, which is what keeps one person from being signed in as another.
 */
export async function sealErrand(key: Uint8Array, errand: Errand): Promise<string> {
  return new CompactEncrypt(new TextEncoder().encode(JSON.stringify(errand)))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', typ: TYPE })
    .encrypt(key);
}

/**
 * @param now seconds since 1970
 * @returns null for what is no errand of ours, or took too long
 */
export async function openErrand(key: Uint8Array, sealed: string, now = Date.now() / 1000): Promise<Errand | null> {
  const opened = await compactDecrypt(sealed, key, DIRECT).catch(() => null);
  if (opened?.protectedHeader.typ !== TYPE) return null;
  const errand = JSON.parse(new TextDecoder().decode(opened.plaintext)) as Errand;
  return now - errand.began <= ERRAND_SECONDS ? errand : null;
}
