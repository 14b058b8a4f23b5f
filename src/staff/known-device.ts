import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** The cookie's name; it says only "somebody signed in to this account from here before". */
export const DEVICE_COOKIE = 'onedoor-staff-device';
export const DEVICE_DAYS = 180;
const DAY_MS = 24 * 60 * 60_000;
const MARK = /^([\w-]{22})\.(\d{1,6})\.([\w-]{43})$/;

// Tries are slowed by account, so a stranger who keeps trying could keep the account's owner waiting for ever. A
// browser that signed in before is therefore counted by itself (OWASP, "Slow Down Online Guessing Attacks with Device
// Cookies"): the stranger slows down strangers.

/** A fresh mark for a browser that has just signed in to an account, good for {@link DEVICE_DAYS}. */
export function markDevice(key: Uint8Array, username: string, at: Date = new Date()): string {
  const nonce = randomBytes(16).toString('base64url');
  const day = dayOf(at).toString();
  return `${nonce}.${day}.${mac(key, username, nonce, day).toString('base64url')}`;
}

/** The counter a try belongs to: the device's own where its mark is for this account, else the account's. */
export function triesCountedBy(
  key: Uint8Array,
  username: string,
  mark: string | undefined,
  at: Date = new Date(),
): string {
  const [, nonce = '', day = '', given = ''] = MARK.exec(mark ?? '') ?? [];
  const expected = mac(key, username, nonce, day);
  const actual = Buffer.from(given, 'base64url');
  const ours = actual.length === expected.length && timingSafeEqual(actual, expected);
  return ours && dayOf(at) - Number(day) <= DEVICE_DAYS ? `device:${nonce}` : `name:${username}`;
}

function dayOf(at: Date): number {
  return Math.floor(at.getTime() / DAY_MS);
}

function mac(key: Uint8Array, username: string, nonce: string, day: string): Buffer {
  return createHmac('sha256', key).update(`${nonce}.${day}.${username}`).digest();
}
