import type { EntityManager } from 'typeorm';
import type { PublicKey } from '../vault/keys.js';
import type { Role } from './roles.js';

/** A person of an agency, with the public keys that others grant to and check signatures with. */
export interface Colleague {
  readonly staffId: string;
  readonly displayName: string;
  readonly roles: readonly Role[];
  readonly agreement: PublicKey;
  readonly signing: PublicKey;
}

/** The active people of an agency, by name. The caller records why they were looked at. */
export async function colleagues(manager: EntityManager, agencyId: string): Promise<Colleague[]> {
  return manager.query<Colleague[]>(
    `SELECT p.id AS "staffId", p.display_name AS "displayName", p.roles,
            json_build_object('kid', a.kid, 'jwk', a.jwk) AS agreement,
            json_build_object('kid', s.kid, 'jwk', s.jwk) AS signing
       FROM staff p
       JOIN staff_keys a ON a.staff_id = p.id AND a.purpose = 'agreement' AND a.retired_at IS NULL
       JOIN staff_keys s ON s.staff_id = p.id AND s.purpose = 'signing' AND s.retired_at IS NULL
      WHERE p.agency_id = $1 AND p.active
      ORDER BY p.display_name, p.id`,
    [agencyId],
  );
}
