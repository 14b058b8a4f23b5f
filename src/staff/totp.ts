import { CompactEncrypt, compactDecrypt } from 'jose';
import { Secret, TOTP } from 'otpauth';
import { DIRECT } from '../vault/suite.js';

const PERIOD = 30;
const WINDOW = 1;

/** A fresh TOTP secret (RFC 6238): 160 bits, base32. */
export function makeTotpSecret(): string {
  return new Secret({ size: 20 }).base32;
}

/** The `otpauth://` URI that an authenticator reads from a QR code. */
export function totpUri(secret: string, label: string): string {
  return new TOTP({ issuer: 'OneDoor', label, secret: Secret.fromBase32(secret), period: PERIOD }).toString();
}

/** The code an authenticator shows at a moment. */
export function totpCode(secret: string, at: Date = new Date()): string {
  return TOTP.generate({ secret: Secret.fromBase32(secret), period: PERIOD, timestamp: at.getTime() });
}

/**
 * The time step a code belongs to, one step of clock difference allowed either way.
 *
 * @returns the step, or null when the code belongs to none
 */
export function totpStep(secret: string, code: string, at: Date = new Date()): number | null {
  const timestamp = at.getTime();
  const delta = TOTP.validate({
    token: code,
    secret: Secret.fromBase32(secret),
    period: PERIOD,
    window: WINDOW,
    timestamp,
  });
  return delta === null ? null : TOTP.counter({ period: PERIOD, timestamp }) + delta;
}

/** Seals a TOTP secret for one person (JWE, `dir` + `A256GCM`): moved to another row, it does not open. */
export async function sealTotp(key: Uint8Array, staffId: string, secret: string): Promise<string> {
  return new CompactEncrypt(new TextEncoder().encode(secret))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', sub: staffId })
    .encrypt(key);
}

/**
 * Opens what {@link sealTotp} made.
 *
 * @throws {Error} when it was altered, or made for somebody else
 */
export async function openTotp(key: Uint8Array, staffId: string, sealed: string): Promise<string> {
  const { plaintext, protectedHeader } = await compactDecrypt(sealed, key, DIRECT);
  if (protectedHeader.sub !== staffId) throw new Error('A TOTP secret lies in another person’s row.');
  return new TextDecoder().decode(plaintext);
}
