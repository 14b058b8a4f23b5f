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
