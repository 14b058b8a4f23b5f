import type { EntityManager } from 'typeorm';
import type { KeyUse, PublicKey } from '../vault/keys.js';
import { StaffKey } from './staff-key.entity.js';

/** The public halves of the two key pairs that a person has at a time. */
export type PersonalKeys = Readonly<Record<KeyUse, PublicKey>>;

/** Records a person's new keys: the one place where keys of staff come to be. */
export async function recordPersonalKeys(manager: EntityManager, staffId: string, keys: PersonalKeys): Promise<void> {
  await manager.insert(
    StaffKey,
    (['agreement', 'signing'] as const).map((purpose) => ({ ...keys[purpose], purpose, staffId, retiredAt: null })),
  );
}

/**
 * Retires a person's keys: nothing new is granted to them or signed with them. The one place where keys of staff come to
 * their end.
 *
 * @returns the kids of those that were in use
 */
export async function retirePersonalKeys(manager: EntityManager, staffId: string): Promise<string[]> {
  const [rows] = await manager.query<[{ kid: string }[], number]>(
    'UPDATE staff_keys SET retired_at = now() WHERE staff_id = $1 AND retired_at IS NULL RETURNING kid',
    [staffId],
  );
  return rows.map(({ kid }) => kid);
}
