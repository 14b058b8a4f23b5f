import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** The cookie's name; it says only "somebody signed in to this account from here before". */
export const DEVICE_COOKIE = 'onedoor-staff-device';
export const DEVICE_DAYS = 180;

// Tries are slowed by account, so a stranger who keeps trying could keep the account's owner waiting for ever. A
// browser that signed in before is therefore counted by itself (OWASP, "Slow Down Online Guessing Attacks with Device
// Cookies"): the stranger slows down strangers.

/** A fresh mark for a browser that has just signed in to an account. */
export function markDevice(key: Uint8Array, username: string): string {
  const nonce = randomBytes(16).toString('base64url');
  return `${nonce}.${mac(key, username, nonce).toString('base64url')}`;
}

/** The counter a try belongs to: the device's own where its mark is for this account, else the account's. */
export function triesCountedBy(key: Uint8Array, username: string, mark: string | undefined): string {
  const [nonce, given] = (mark ?? '').split('.');
  if (nonce !== undefined && given !== undefined) {
    const expected = mac(key, username, nonce);
    const actual = Buffer.from(given, 'base64url');
    if (actual.length === expected.length && timingSafeEqual(actual, expected)) return `device:${nonce}`;
  }
  return `name:${username}`;
}

function mac(key: Uint8Array, username: string, nonce: string): Buffer {
  return createHmac('sha256', key).update(`${nonce}.${username}`).digest();
}
