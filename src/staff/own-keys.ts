import type { EntityManager } from 'typeorm';
import type { PublicKey } from '../vault/keys.js';
import { NotFound } from '../web/errors.js';
import type { OwnKeys, SealedKey, UnlockingWay } from './personal-key.js';
import type { AuthenticatorKind } from './staff-authenticator.entity.js';

interface KeyRow extends PublicKey {
  readonly purpose: 'agreement' | 'signing';
  readonly retired: boolean;
}

interface WayRow {
  readonly id: string;
  readonly kind: AuthenticatorKind;
  readonly label: string;
  readonly salt: string;
  readonly credentialId: string | null;
  readonly transports: string[] | null;
  readonly sealed: SealedKey[];
}

/* A retired key counts for as long as it lies sealed anywhere: until what it opens was granted again. */
const KEYS = `
  SELECT k.kid, k.jwk, k.purpose, k.retired_at IS NOT NULL AS retired
    FROM staff_keys k
   WHERE k.staff_id = $1
     AND (k.retired_at IS NULL
          OR k.purpose = 'agreement' AND EXISTS (SELECT FROM staff_sealed_keys s WHERE s.kid = k.kid))
   ORDER BY k.kid`;

/* Newest first, as far as days tell. */
const WAYS = `
  SELECT a.id, a.kind, a.label, COALESCE(a.prf_salt, p.salt) AS salt, a.credential_id AS "credentialId", a.transports,
         json_agg(json_build_object('kid', s.kid, 'sealedPrivate', s.sealed_private) ORDER BY s.kid) AS sealed
    FROM staff_authenticators a
    JOIN staff p ON p.id = a.staff_id
    JOIN staff_sealed_keys s ON s.authenticator_id = a.id
   WHERE a.staff_id = $1
   GROUP BY a.id, p.salt
   ORDER BY a.added_on DESC, a.id`;

/**
 * Reads a person's own keys, for that person only.
 *
 * @throws {NotFound} when the account has no keys in use
 */
export async function ownKeys(manager: EntityManager, staffId: string): Promise<OwnKeys> {
  const rows = await manager.query<KeyRow[]>(KEYS, [staffId]);
  const publicOf = ({ kid, jwk }: KeyRow): PublicKey => ({ kid, jwk });
  const current = (purpose: KeyRow['purpose']): PublicKey => {
    const row = rows.find((candidate) => candidate.purpose === purpose && !candidate.retired);
    if (!row) throw new NotFound();
    return publicOf(row);
  };
  const agreement = current('agreement');
  const ways = (await manager.query<WayRow[]>(WAYS, [staffId])).map(wayOf);
  return {
    staffId,
    agreement,
    signing: current('signing'),
    earlier: rows.filter(({ retired }) => retired).map(publicOf),
    // What has only an earlier key sealed under it does not unlock.
    ways: ways.filter(({ sealed }) => sealed.some(({ kid }) => kid === agreement.kid)),
  };
}

function wayOf({ id, kind, label, salt, credentialId, transports, sealed }: WayRow): UnlockingWay {
  const way = { id, label, salt, sealed };
  return kind === 'passphrase'
    ? { ...way, kind }
    : { ...way, kind, credentialId: credentialId ?? '', transports: transports ?? [] };
}
