import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { dayInAuckland } from '../web/day.js';
import type { SealedKey } from './personal-key.js';
import { StaffAuthenticator } from './staff-authenticator.entity.js';
import { StaffSealedKey } from './staff-sealed-key.entity.js';

/** A way in that is added: what its credential is known by, where it is a passkey. */
export type NewAuthenticator = Pick<StaffAuthenticator, 'kind' | 'label'> &
  Partial<Pick<StaffAuthenticator, 'credentialId' | 'publicKey' | 'counter' | 'transports' | 'prfSalt'>>;

/**
 * Adds a way in, with the private keys as they lie sealed under it.
 *
 * @param sealed none for one that signs in and unlocks nothing
 * @returns its id
 */
export async function addAuthenticator(
  manager: EntityManager,
  staffId: string,
  added: NewAuthenticator,
  sealed: readonly SealedKey[],
): Promise<string> {
  const id = randomUUID();
  await manager.insert(StaffAuthenticator, {
    ...added,
    id,
    staffId,
    addedOn: dayInAuckland(new Date()),
    lastUsedOn: null,
  });
  await manager.insert(
    StaffSealedKey,
    sealed.map((each) => ({ ...each, authenticatorId: id })),
  );
  return id;
}
