import type { EntityManager } from 'typeorm';
import type { OwnKeys, SealedKey } from './personal-key.js';

/**
 * Reads a person's own keys, for that person only.
 *
 * @throws {Error} when the account has no keys, which enrolment does not allow
 */
export async function ownKeys(manager: EntityManager, staffId: string): Promise<OwnKeys> {
  const rows = await manager.query<(SealedKey & { salt: string; purpose: 'agreement' | 'signing' })[]>(
    `SELECT p.salt, k.kid, k.purpose, k.jwk, k.sealed_private AS "sealedPrivate"
       FROM staff p JOIN staff_keys k ON k.staff_id = p.id AND k.retired_at IS NULL
      WHERE p.id = $1`,
    [staffId],
  );
  const pick = (purpose: 'agreement' | 'signing'): SealedKey => {
    const row = rows.find((candidate) => candidate.purpose === purpose);
    if (!row) throw new Error('This account has no keys.');
    return { kid: row.kid, jwk: row.jwk, sealedPrivate: row.sealedPrivate };
  };
  return { staffId, salt: rows[0]?.salt ?? '', agreement: pick('agreement'), signing: pick('signing') };
}
