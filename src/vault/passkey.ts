import { derive } from './bytes.js';
import { requireInput } from './form.js';
import type { Bytes } from './suite.js';

/** Bytes that a PRF answers. */
const PRF = 32;

/**
 * The secret under which private keys are sealed for a passkey, from what its PRF answered (WebAuthn Level 3, section
 * 10.1.4) to the credential's own random salt. That is used for nothing else, and sent nowhere.
 * @throws TypeError unless it is 32 bytes
 */
export async function wrappingKeyOf(prf: Bytes): Promise<Bytes> {
  requireInput(prf.length === PRF, 'prf');
  return derive(prf, 'staff-prf');
}
