import type { EntityManager } from 'typeorm';
import type { PublicKey } from '../vault/keys.js';
import { dayInAuckland } from '../web/day.js';
import { AgencyKey } from './agency-key.entity.js';
import { RecoveryKey } from './recovery-key.entity.js';

// The one place where keys of agencies come into use and go out of it. Cases are sealed to what stands here.

/** Records a complaints key of an agency, which is sealed to from now on. @returns its number */
export async function putAgencyKey(
  manager: EntityManager,
  key: PublicKey & { readonly agencyId: string; readonly madeBy: string },
): Promise<number> {
  const [last] = await manager.query<{ epoch: number }[]>(
    `SELECT coalesce(max(epoch), 0)::int AS epoch FROM agency_keys WHERE agency_id = $1 AND purpose = 'complaints'`,
    [key.agencyId],
  );
  const epoch = 1 + (last?.epoch ?? 0);
  const { kid, jwk, agencyId, madeBy } = key;
  const madeOn = dayInAuckland();
  await manager.insert(AgencyKey, {
    kid,
    jwk,
    agencyId,
    madeBy,
    madeOn,
    purpose: 'complaints',
    epoch,
    retiredAt: null,
  });
  return epoch;
}

/** Takes a complaints key out of use: nothing more is sealed to it, and what was stays readable. */
export async function retireAgencyKey(manager: EntityManager, kid: string): Promise<void> {
  await manager.update(AgencyKey, { kid }, { retiredAt: new Date() });
}

/** Puts a recovery key whose shares were all typed back into use. One before it must be retired first. */
export async function putRecoveryKey(manager: EntityManager, kid: string): Promise<void> {
  await manager.update(RecoveryKey, { kid }, { provenOn: dayInAuckland(), drilledOn: dayInAuckland() });
}

/** Takes a recovery key out of use, also one that was never proven. */
export async function retireRecoveryKey(manager: EntityManager, kid: string): Promise<void> {
  await manager.update(RecoveryKey, { kid }, { retiredAt: new Date() });
}
