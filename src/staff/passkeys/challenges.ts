import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';

/** What a passkey is asked for. An answer to one is none to another. */
type ChallengePurpose = 'sign_in' | 'join' | 'add' | 'confirm';

/** For what, and for whom: a browser, a session or an invitation, by a secret that only it holds. */
export interface ChallengeFor {
  readonly purpose: ChallengePurpose;
  readonly heldBy: string;
}

const SECONDS = 300;
const EXPIRY = 4;
const NONCE = 16;
const CHALLENGE = /^[A-Za-z0-9_-]{70}$/;

/**
 * A challenge for a passkey: when it ends, a nonce, and a MAC over both, its purpose and who holds it. It needs no row while
 * it waits, so however many are asked for, nothing grows; only those that were answered are kept, for as long as they would
 * be good.
 */
export function makeChallenge(key: Uint8Array, { purpose, heldBy }: ChallengeFor, at: Date): string {
  const begun = Buffer.alloc(EXPIRY + NONCE);
  begun.writeUInt32BE(Math.floor(at.getTime() / 1000) + SECONDS);
  randomBytes(NONCE).copy(begun, EXPIRY);
  return Buffer.concat([begun, macOf(key, { purpose, heldBy }, begun)]).toString('base64url');
}

/** When a challenge of ours ends; null where it has, or was made for another purpose or for somebody else. */
export function endOfChallenge(key: Uint8Array, challenge: string, wanted: ChallengeFor, at: Date): Date | null {
  if (!CHALLENGE.test(challenge)) return null;
  const bytes = Buffer.from(challenge, 'base64url');
  const begun = bytes.subarray(0, EXPIRY + NONCE);
  if (!timingSafeEqual(bytes.subarray(EXPIRY + NONCE), macOf(key, wanted, begun))) return null;
  const end = new Date(begun.readUInt32BE() * 1000);
  return end > at ? end : null;
}

/**
 * The salt of the credential that is made in answer to a challenge: random as its nonce is, and none that whoever answers
 * could choose, such as another credential's.
 */
export function prfSaltFor(key: Uint8Array, challenge: string): string {
  return Buffer.from(hkdfSync('sha256', key, challenge, 'prf salt', 32)).toString('base64url');
}

function macOf(key: Uint8Array, { purpose, heldBy }: ChallengeFor, begun: Buffer): Buffer {
  return createHmac('sha256', key).update(`${purpose}\n${heldBy}\n`).update(begun).digest();
}
