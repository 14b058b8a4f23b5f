import { compactVerify, createLocalJWKSet, type JWK } from 'jose';
import type { SigningKey } from '../../config/service-key.js';
import { SIGNED } from '../vault/suite.js';
import type { Hash } from './merkle.js';

/** The tree at one moment: how many leaves, their Merkle tree hash, and the day in Pacific/Auckland it was signed. */
export interface AuditHead {
  readonly size: number;
  readonly root: Hash;
  readonly on: string;
}

/**
 * Of which tree: that of the entries, or that of the days, whose size is how many days there are. Kept in the protected
 * header, so that no other signature of the service can pass for a head.
 */
export type HeadType = 'onedoor-audit-head' | 'onedoor-audit-day';

/**
 * Signs a head.
 *
 * @returns a compact JWS (RFC 7515, ES384) of `{size, root, on}` with the root in base64url
 */
export function signHead(head: AuditHead, key: SigningKey, type: HeadType = 'onedoor-audit-head'): Promise<string> {
  const payload = { size: head.size, root: Buffer.from(head.root).toString('base64url'), on: head.on };
  return key.sign(payload, { typ: type });
}

/**
 * Makes a reader of signed heads.
 *
 * @param keys public keys whose heads are believed
 * @param type heads of which tree
 * @returns a function that gives the head, or null where the signature is not by one of these keys or is not of a head
 */
export function headReader(
  keys: readonly JWK[],
  type: HeadType = 'onedoor-audit-head',
): (signature: string) => Promise<AuditHead | null> {
  const find = createLocalJWKSet({ keys: [...keys] });
  return async (signature) => {
    try {
      const { payload, protectedHeader } = await compactVerify(signature, find, SIGNED);
      if (protectedHeader.typ !== type) return null;
      const { size, root, on } = JSON.parse(Buffer.from(payload).toString('utf8')) as Record<string, unknown>;
      if (!Number.isSafeInteger(size) || typeof root !== 'string' || typeof on !== 'string') return null;
      return { size: size as number, root: new Uint8Array(Buffer.from(root, 'base64url')), on };
    } catch {
      return null;
    }
  };
}
