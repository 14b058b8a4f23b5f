import type { EntityManager } from 'typeorm';
import { append } from '../audit/audit.js';
import { colleagues, type Colleague } from '../staff/colleagues.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { readAgencyGrantHeader } from '../vault/agency-keys.js';
import { importPublicKey, readPublicKey, type PublicKey } from '../vault/keys.js';
import { Forbidden, Invalid } from '../web/errors.js';
import { wellFormed } from '../web/well-formed.js';
import { AgencyKeyGrant } from './agency-key-grant.entity.js';
import { mayGrantKey } from './agency.policy.js';
import type { MadeAgencyKey } from './make-agency-key.js';
import type { RecoveryPurpose } from './make-recovery-key.js';
import { putAgencyKey } from './record-keys.js';

/**
 * Stores a complaints key that an officer's browser made, with its grants, for an agency that is locked and has none.
 *
 * @throws {Forbidden} when somebody is granted to who may not hold it
 * @throws {Invalid} when a grant is not for who it says, the maker is left out, or so is the recovery key
 */
export async function storeAgencyKey(
  manager: EntityManager,
  actor: StaffActor,
  key: PublicKey,
  made: MadeAgencyKey,
): Promise<void> {
  const people = await colleagues(manager, actor.agencyId);
  const grants = await Promise.all(made.grants.map((grant) => checkGrant(people, actor, key.kid, grant)));
  if (!grants.some(({ staffId }) => staffId === actor.staffId)) {
    throw new Invalid([{ field: 'grants', code: 'maker', message: 'Who makes the key must hold it.' }]);
  }
  if (new Set(grants.map(({ staffId }) => staffId)).size !== grants.length) {
    throw new Invalid([{ field: 'grants', code: 'repeated', message: 'Each person gets one grant.' }]);
  }
  const recovery = await recoveryKeyInUse(manager, actor.agencyId, 'complaints');
  if (recovery?.kid !== made.recovery?.kid) {
    throw new Invalid([
      { field: 'recovery', code: 'recovery', message: 'It must be granted to the recovery key too.' },
    ]);
  }
  await putAgencyKey(manager, { ...key, agencyId: actor.agencyId, madeBy: actor.staffId });
  await manager.insert(AgencyKeyGrant, grants);
  if (made.recovery) await putRecoveryGrant(manager, key.kid, made.recovery);
  await append(manager, { action: 'agency.key_made', actor, subject: key.kid });
  for (const { staffId } of grants) await append(manager, { action: 'agency.key_granted', actor, subject: staffId });
}

/** Stores a complaints key's grant to a recovery key. @throws {Invalid} when it is not that */
export async function putRecoveryGrant(
  manager: EntityManager,
  kid: string,
  grant: { readonly kid: string; readonly jwe: string },
): Promise<void> {
  await checkGrantHeader(grant.jwe, { reader: grant.kid, sealed: kid }, 'recovery');
  // The holder who grants it last has opened it last.
  await manager.query(
    `INSERT INTO recovery_grants (kid, recovery_kid, jwe) VALUES ($1, $2, $3)
     ON CONFLICT (kid, recovery_kid) DO UPDATE SET jwe = excluded.jwe`,
    [kid, grant.kid, grant.jwe],
  );
}

/** The recovery key of an agency that is in use, or null. */
export async function recoveryKeyInUse(
  manager: EntityManager,
  agencyId: string,
  purpose: RecoveryPurpose,
): Promise<PublicKey | null> {
  const [row] = await manager.query<PublicKey[]>(
    `SELECT kid, jwk FROM recovery_keys
      WHERE agency_id = $1 AND purpose = $2 AND proven_on IS NOT NULL AND retired_at IS NULL`,
    [agencyId, purpose],
  );
  return row ?? null;
}

/** The public key that was sent, if it can be sealed to. @throws {Invalid} */
export function usableKey({ kid, jwk }: PublicKey): Promise<PublicKey> {
  return wellFormed(
    async () => {
      const read = await readPublicKey({ kid, jwk: { ...jwk } });
      await importPublicKey(read, 'agreement');
      return read;
    },
    () => notAGrant('jwk'),
  );
}

/** The server cannot look inside a grant; it sees to it that it is for the colleague's current key and of this key. */
export async function checkGrant(
  people: readonly Colleague[],
  actor: StaffActor,
  kid: string,
  { staffId, jwe }: { staffId: string; jwe: string },
): Promise<{ kid: string; staffId: string; jwe: string }> {
  const colleague = people.find((person) => person.staffId === staffId);
  if (!colleague || !mayGrantKey(actor, colleague)) throw new Forbidden();
  await checkGrantHeader(jwe, { reader: colleague.agreement.kid, sealed: kid }, 'jwe');
  return { kid, staffId, jwe };
}

/** That a grant of an agency's key is, by its header, to this reader and of this key. @throws {Invalid} */
export async function checkGrantHeader(
  jwe: string,
  expected: { readonly reader: string; readonly sealed: string },
  field: string,
): Promise<void> {
  const header = await wellFormed(
    () => readAgencyGrantHeader(jwe),
    () => notAGrant(field),
  );
  if (header.kid !== expected.reader || header.sealed !== expected.sealed) throw notAGrant(field);
}

function notAGrant(field: string): Invalid {
  return new Invalid([{ field, code: 'key', message: 'This is not a key or a grant of this suite.' }]);
}
