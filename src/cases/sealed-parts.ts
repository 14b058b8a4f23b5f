import type { EntityManager } from 'typeorm';
import { readEpochRecord } from '../vault/epochs.js';
import type { StaffActor } from '../staff/staff-actor.js';
import type { PublicKey } from '../vault/keys.js';
import type { CaseKeyName, CompactJws } from '../vault/suite.js';
import type { Case, CasePath } from './case.entity.js';
import { grantPlace, unwrapGrant } from './disposal.js';
import type { KeyJoining } from './joining/shown-joinings.js';
import type { KeyRenewal } from './renewal/renewed-keys.js';
import type { ReferralState } from './referrals/referral-status.js';
import type { LodgedWith, SealedCase } from './sealed-case.js';

// What of a sealed case is handed out in the same way to officers and to the person.

/** What officers are handed of items: the beginning of a statement, to which the condition is added. */
export const STORED_ITEMS = `
  SELECT i.id, i.key, i.epoch, i.kind, i.author, name_of_staff(i.staff_id) AS by, to_char(i.made_on, 'YYYY-MM-DD') AS "madeOn", i.jwe
    FROM case_items i`;

/** The signed records of some of a case's keys, oldest first. */
export function epochsOf(
  manager: EntityManager,
  caseId: string,
  keys: readonly CaseKeyName[],
): Promise<SealedCase['epochs']> {
  return manager.query<SealedCase['epochs']>(
    `SELECT key, epoch, record FROM case_epochs WHERE case_id = $1 AND key = ANY ($2) ORDER BY key, epoch`,
    [caseId, keys],
  );
}

/**
 * The grants to some readers, taken out of their wrapping.
 *
 * @param readers kids of agreement keys
 * @returns none where the case was disposed of: the rows may still lie there, but nothing unwraps them
 */
export async function grantsTo(
  manager: EntityManager,
  caseId: string,
  readers: readonly string[],
): Promise<SealedCase['grants']> {
  const rows = await manager.query<
    { key: CaseKeyName; epoch: number; reader: string; wrapped: Buffer; disposal: Buffer }[]
  >(
    `SELECT g.key, g.epoch, g.reader, g.wrapped, d.key AS disposal
       FROM case_grants g JOIN disposal.keys d ON d.case_id = g.case_id
      WHERE g.case_id = $1 AND g.reader = ANY ($2) ORDER BY g.key, g.epoch, g.reader`,
    [caseId, readers],
  );
  return rows.map(({ key, epoch, reader, wrapped, disposal }) => ({
    key,
    epoch,
    reader,
    jwe: unwrapGrant(disposal, grantPlace(caseId, key, epoch, reader), wrapped),
  }));
}

/** With whom and when a case was lodged; null of a part. */
export async function lodgedWith(
  manager: EntityManager,
  { id, wholeId, lodgedOn }: Pick<Case, 'id' | 'wholeId' | 'lodgedOn'>,
): Promise<LodgedWith | null> {
  if (wholeId !== null) return null;
  const [first] = await manager.query<{ agencyId: string }[]>(
    `SELECT agency_id AS "agencyId" FROM case_events WHERE case_id = $1 AND position = 1`,
    [id],
  );
  return first ? { receiver: first.agencyId, day: lodgedOn } : null;
}

/**
 * The public keys of staff that signed these epochs of a case, or something under them, retired ones too: what they signed
 * still stands.
 */
export function signingKeysOf(
  manager: EntityManager,
  caseId: string,
  epochs: SealedCase['epochs'],
): Promise<PublicKey[]> {
  return manager.query<PublicKey[]>(
    `SELECT k.kid, k.jwk FROM staff_keys k
      WHERE k.purpose = 'signing'
        AND (k.kid = ANY ($1)
             OR k.staff_id IN (SELECT staff_id FROM case_items
                                WHERE case_id = $2 AND (key, epoch) IN (SELECT * FROM unnest($3::text[], $4::integer[]))))
      ORDER BY k.kid`,
    [
      epochs.map(({ record }) => readEpochRecord(record).signedBy),
      caseId,
      epochs.map(({ key }) => key),
      epochs.map(({ epoch }) => epoch),
    ],
  );
}

/**
 * The kids with which an officer opens what is granted: their own current key and, of a complaint, every complaints key
 * that their agency ever had.
 */
export async function kidsOf(
  manager: EntityManager,
  { staffId, agencyId }: Pick<StaffActor, 'staffId' | 'agencyId'>,
  path: CasePath,
): Promise<string[]> {
  const rows = await manager.query<{ kid: string }[]>(
    `SELECT kid FROM staff_keys WHERE staff_id = $1 AND purpose = 'agreement' AND retired_at IS NULL
     UNION ALL SELECT kid FROM agency_keys WHERE agency_id = $2 AND purpose = 'complaints' AND $3 = 'complaint'`,
    [staffId, agencyId, path],
  );
  return rows.map(({ kid }) => kid);
}

/** The keys of readers of a case that took the place of others. */
export function renewalsOf(manager: EntityManager, caseId: string): Promise<KeyRenewal[]> {
  return manager.query<KeyRenewal[]>(
    `SELECT epoch, from_kid AS "from", to_kid AS "to", held FROM case_key_renewals
      WHERE case_id = $1 ORDER BY epoch, from_kid, to_kid`,
    [caseId],
  );
}

/** The keys of those who were let read a case later. */
export function joiningsOf(manager: EntityManager, caseId: string): Promise<KeyJoining[]> {
  return manager.query<KeyJoining[]>(
    `SELECT epoch, kid, held FROM case_joinings WHERE case_id = $1 ORDER BY epoch, kid`,
    [caseId],
  );
}

/**
 * Keeps what shows that somebody was let in: only of keys that are granted to them. What was kept before stays.
 */
export async function keepJoinings(
  manager: EntityManager,
  joinings: readonly (KeyJoining & { readonly caseId: string })[],
): Promise<void> {
  await manager.query(
    `INSERT INTO case_joinings (case_id, epoch, kid, held)
     SELECT s.case_id, s.epoch, s.kid, s.held
       FROM unnest($1::uuid[], $2::integer[], $3::text[], $4::text[]) AS s (case_id, epoch, kid, held)
      WHERE EXISTS (SELECT FROM case_grants g
                     WHERE g.case_id = s.case_id AND g.key = 'case' AND g.epoch = s.epoch AND g.reader = s.kid)
     ON CONFLICT DO NOTHING`,
    [
      joinings.map(({ caseId }) => caseId),
      joinings.map(({ epoch }) => epoch),
      joinings.map(({ kid }) => kid),
      joinings.map(({ held }) => held),
    ],
  );
}

/** States of a referral in which what the person signed about it stands: it was not taken back, and came to something. */
const STANDING: readonly ReferralState[] = ['consulted', 'granted', 'opened'];

/**
 * What the person signed about handing their case on, oldest first.
 *
 * @param states of the referrals that it is about; by default those in which it stands
 */
export async function consentsOf(
  manager: EntityManager,
  caseId: string,
  states: readonly ReferralState[] = STANDING,
): Promise<CompactJws[]> {
  const rows = await manager.query<{ consent: CompactJws }[]>(
    `SELECT consent FROM referrals WHERE case_id = $1 AND state = ANY ($2) AND consent IS NOT NULL ORDER BY number`,
    [caseId, states],
  );
  return rows.map(({ consent }) => consent);
}
