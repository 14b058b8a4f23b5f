import type { EntityManager } from 'typeorm';
import { colleagues } from '../staff/colleagues.js';
import type { Role } from '../staff/roles.js';
import { dayInAuckland } from '../web/day.js';
import { mayHoldComplaintsKey, missingToOpen } from './agency.policy.js';
import { dueSoon } from './key-age.js';
import { AgencyKeyGrant } from './agency-key-grant.entity.js';
import type { KeyRenewal, KeyState, RecoveryState } from './key-state.js';
import type { RecoveryPurpose } from './make-recovery-key.js';

interface Current {
  readonly open: boolean;
  readonly hasNoticeAddress: boolean;
  readonly kid: string | null;
  readonly epoch: number | null;
  readonly madeOn: string | null;
}

/** How an agency's keys stand, within an open transaction. */
export async function keyState(manager: EntityManager, agencyId: string): Promise<KeyState> {
  const [current] = await manager.query<Current[]>(
    `SELECT a.open_for_intake AS open, a.notice_email IS NOT NULL AS "hasNoticeAddress", k.kid, k.epoch,
            to_char(k.made_on, 'YYYY-MM-DD') AS "madeOn"
       FROM agencies a
       LEFT JOIN agency_keys k ON k.agency_id = a.id AND k.purpose = 'complaints' AND k.retired_at IS NULL
      WHERE a.id = $1`,
    [agencyId],
  );
  const grants = current?.kid ? await manager.findBy(AgencyKeyGrant, { kid: current.kid }) : [];
  const holders = new Map(grants.map(({ staffId, held }) => [staffId, held !== null]));
  const people = (await colleagues(manager, agencyId)).map((colleague) => {
    const mayHold = mayHoldComplaintsKey(colleague);
    const granted = mayHold && holders.has(colleague.staffId);
    return { ...colleague, mayHold, granted, holds: granted && holders.get(colleague.staffId) === true };
  });
  const kits = await recoveryKeys(manager, agencyId);
  const of = (purpose: RecoveryPurpose, proven: boolean): RecoveryState | null =>
    kits.find((kit) => kit.purpose === purpose && (kit.provenOn !== null) === proven) ?? null;
  const state = {
    agencyId,
    today: dayInAuckland(),
    open: current?.open ?? false,
    kid: current?.kid ?? null,
    epoch: current?.epoch ?? null,
    madeOn: current?.madeOn ?? null,
    people,
    keyHolders: people.filter(({ holds }) => holds).length,
    disclosureOfficers: people.filter(({ roles }) => roles.includes('disclosure_officer')).length,
    recovery: { complaints: of('complaints', true), disclosures: of('disclosures', true) },
    unproven: { complaints: of('complaints', false), disclosures: of('disclosures', false) },
    notRecoverable: await notRecoverable(manager, agencyId),
    renewal: current ? await renewalOf(manager, current) : null,
    drillDue: {
      complaints: dueSoon(of('complaints', true)?.drilledOn ?? null),
      disclosures: dueSoon(of('disclosures', true)?.drilledOn ?? null),
    },
    hasNoticeAddress: current?.hasNoticeAddress ?? false,
  };
  return { ...state, missing: missingToOpen(state) };
}

/** Whether somebody has the key who has left, or may not hold it any more; else whether it is old. */
async function renewalOf(
  manager: EntityManager,
  { kid, madeOn }: Pick<Current, 'kid' | 'madeOn'>,
): Promise<KeyRenewal | null> {
  if (kid === null) return null;
  const holders = await manager.query<{ name: string; roles: Role[]; active: boolean }[]>(
    `SELECT p.display_name AS name, p.roles, p.active FROM agency_key_grants g JOIN staff p ON p.id = g.staff_id
      WHERE g.kid = $1 ORDER BY p.display_name`,
    [kid],
  );
  const left = holders.filter((person) => !person.active || !mayHoldComplaintsKey(person)).map(({ name }) => name);
  if (left.length > 0) return { why: 'left', left, dueOn: dayInAuckland() };
  const dueOn = dueSoon(madeOn);
  return dueOn === null ? null : { why: 'age', left: [], dueOn };
}

/** Why the complaints key of an agency should be renewed, or null. */
export async function keyRenewal(manager: EntityManager, agencyId: string): Promise<KeyRenewal | null> {
  const [current] = await manager.query<Pick<Current, 'kid' | 'madeOn'>[]>(
    `SELECT kid, to_char(made_on, 'YYYY-MM-DD') AS "madeOn" FROM agency_keys
      WHERE agency_id = $1 AND purpose = 'complaints' AND retired_at IS NULL`,
    [agencyId],
  );
  return current ? renewalOf(manager, current) : null;
}

/** Whether a key of an agency is to be renewed, or a recovery kit to be tried out. */
export async function keysWantCare(manager: EntityManager, agencyId: string): Promise<boolean> {
  if (await keyRenewal(manager, agencyId)) return true;
  // No more than the days: this is a worker's.
  const kits = await manager.query<{ drilledOn: string | null }[]>(
    `SELECT to_char(drilled_on, 'YYYY-MM-DD') AS "drilledOn" FROM recovery_keys
      WHERE agency_id = $1 AND retired_at IS NULL`,
    [agencyId],
  );
  return kits.some(({ drilledOn }) => dueSoon(drilledOn) !== null);
}

async function recoveryKeys(
  manager: EntityManager,
  agencyId: string,
): Promise<(RecoveryState & { readonly purpose: RecoveryPurpose })[]> {
  return manager.query(
    `SELECT r.kid, r.jwk, r.purpose, to_char(r.made_on, 'YYYY-MM-DD') AS "madeOn",
            to_char(r.proven_on, 'YYYY-MM-DD') AS "provenOn", to_char(r.drilled_on, 'YYYY-MM-DD') AS "drilledOn",
            coalesce((SELECT json_agg(json_build_object('share', p.share, 'by', s.display_name, 'on', p.proven_on)
                                      ORDER BY p.share)
                        FROM recovery_proofs p JOIN staff s ON s.id = p.staff_id WHERE p.kid = r.kid), '[]') AS proofs
       FROM recovery_keys r WHERE r.agency_id = $1 AND r.retired_at IS NULL`,
    [agencyId],
  );
}

/** The complaints keys of an agency that its recovery key in use would not give back, oldest first. */
async function notRecoverable(manager: EntityManager, agencyId: string): Promise<string[]> {
  const rows = await manager.query<{ kid: string }[]>(
    `SELECT k.kid FROM agency_keys k
      WHERE k.agency_id = $1 AND k.purpose = 'complaints' AND NOT EXISTS (
              SELECT FROM recovery_grants g JOIN recovery_keys r ON r.kid = g.recovery_kid
               WHERE g.kid = k.kid AND r.agency_id = $1 AND r.proven_on IS NOT NULL AND r.retired_at IS NULL)
      ORDER BY k.epoch`,
    [agencyId],
  );
  return rows.map(({ kid }) => kid);
}
