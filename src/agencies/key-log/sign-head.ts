import { HEAD_TYPE, headText, WITNESS_TYPE, type KeyHead } from '../../vault/key-heads.js';
import { readJws } from '../../vault/form.js';
import type { CompactJws } from '../../vault/suite.js';

/** Who signs a head: the log, or a witness. */
export interface HeadSigner {
  readonly kid: string;
  sign(payload: Uint8Array, header: { readonly typ: string }): Promise<CompactJws>;
}

/** Signs what the log is at a moment: a compact JWS (RFC 7515, ES384). */
export function signHead(head: Omit<KeyHead, 'log'>, key: HeadSigner): Promise<CompactJws> {
  return key.sign(Buffer.from(headText(head)), { typ: HEAD_TYPE });
}

/** Signs, as a witness, the very text that the log signed. @throws {VaultError} where it is no head */
export function cosign(head: CompactJws, key: HeadSigner): Promise<CompactJws> {
  return key.sign(Buffer.from(readJws(head, head.length).payload), { typ: WITNESS_TYPE });
}
