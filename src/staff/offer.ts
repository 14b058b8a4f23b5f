import { CompactEncrypt, compactDecrypt } from 'jose';
import { DIRECT } from '../vault/suite.js';
import { NotFound } from '../web/errors.js';
import { tokenHash } from './token.js';

/** The server's half of what somebody is to take up. */
export interface Offered {
  readonly staffId: string;
  readonly totpSecret: string;
}

const TYPE = 'onedoor-offer';

/** Seals it to the server itself: sent back unchanged, it needs no row while waiting. Bound to the link it came by. */
export async function sealOffer(key: Uint8Array, token: string, offered: Offered): Promise<string> {
  return new CompactEncrypt(new TextEncoder().encode(JSON.stringify(offered)))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', typ: TYPE, sub: tokenHash(token).toString('base64url') })
    .encrypt(key);
}

/** @throws {NotFound} for an offer of another link, or a TOTP secret at rest, which is none */
export async function openOffer(key: Uint8Array, token: string, offer: string): Promise<Offered> {
  const opened = await compactDecrypt(offer, key, DIRECT).catch(() => null);
  const header = opened?.protectedHeader;
  if (!opened || header?.typ !== TYPE || header.sub !== tokenHash(token).toString('base64url')) throw new NotFound();
  return JSON.parse(new TextDecoder().decode(opened.plaintext)) as Offered;
}
