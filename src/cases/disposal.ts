import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const IV = 12;
const TAG = 16;

/** A fresh disposal key: 256 bits. Once it is deleted, nothing wrapped under it can be read again. */
export function makeDisposalKey(): Buffer {
  return randomBytes(32);
}

/**
 * Wraps a grant under the case's disposal key (AES-256-GCM, NIST SP 800-38D), bound to the place where it is stored.
 *
 * @param place what identifies the row, such as `case/key/epoch/reader`
 */
export function wrapGrant(disposalKey: Buffer, place: string, grant: string): Buffer {
  const iv = randomBytes(IV);
  const cipher = createCipheriv('aes-256-gcm', disposalKey, iv).setAAD(Buffer.from(place));
  return Buffer.concat([iv, cipher.update(grant, 'utf8'), cipher.final(), cipher.getAuthTag()]);
}

/**
 * Unwraps a stored grant.
 *
 * @throws {Error} when the row was altered or moved
 */
export function unwrapGrant(disposalKey: Buffer, place: string, wrapped: Buffer): string {
  const decipher = createDecipheriv('aes-256-gcm', disposalKey, wrapped.subarray(0, IV))
    .setAAD(Buffer.from(place))
    .setAuthTag(wrapped.subarray(-TAG));
  return Buffer.concat([decipher.update(wrapped.subarray(IV, -TAG)), decipher.final()]).toString('utf8');
}

/** The place of a grant, as bound into its wrapping. */
export function grantPlace(caseId: string, key: string, epoch: number, reader: string): string {
  return `${caseId}/${key}/${epoch.toString()}/${reader}`;
}
