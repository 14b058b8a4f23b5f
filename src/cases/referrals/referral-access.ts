import type { EntityManager } from 'typeorm';
import type { StaffActor } from '../../staff/staff-actor.js';
import { isWalled } from '../../staff/walls.js';
import { isUuid } from '../../vault/form.js';
import { NotFound } from '../../web/errors.js';
import { Case } from '../case.entity.js';
import { Referral } from './referral.entity.js';
import { maySeeReferral, type ReferralReader, type ReferralStanding } from './referral.policy.js';

/** Says of a person whether they may do a thing with a referral. */
export type MayRefer = (reader: ReferralReader, referral: ReferralStanding) => boolean;

/** A referral with its case. */
export interface ReferralOfCase {
  readonly referral: Referral;
  readonly found: Case;
}

/**
 * Finds a referral for somebody who may do this with it.
 *
 * @param lock whether to keep everybody else from changing case and referral until the transaction ends
 * @throws {NotFound} where there is none, and where this person may not: nothing tells the two apart
 */
export async function referralFor(
  manager: EntityManager,
  actor: StaffActor,
  id: string,
  may: MayRefer,
  { lock = false }: { readonly lock?: boolean } = {},
): Promise<ReferralOfCase> {
  if (!isUuid(id)) throw new NotFound();
  // Whose case it is never changes, so it may be looked up before the case is locked.
  const there = await manager.findOneBy(Referral, { id });
  // The case first, here as everywhere: two who lock them in different order would wait for each other.
  const found = await manager.findOne(Case, {
    where: { id: there?.caseId ?? id },
    ...(lock ? { lock: { mode: 'pessimistic_write' as const } } : {}),
  });
  const referral = lock ? await locked(manager, id) : there;
  const granted = await isGrantedTheNote(manager, id, actor.staffId);
  const walled = await isWalled(manager, there?.caseId ?? id, actor.staffId);
  const reader = { person: actor, granted, walled };
  if (!referral || !found) throw new NotFound();
  const standing = standingOf(referral, found);
  if (!maySeeReferral(reader, standing) || !may(reader, standing)) throw new NotFound();
  return { referral, found };
}

/** A referral for a change: as {@link referralFor}, its case's row and its own locked. */
export function lockedReferralFor(
  manager: EntityManager,
  actor: StaffActor,
  id: string,
  may: MayRefer,
): Promise<ReferralOfCase> {
  return referralFor(manager, actor, id, may, { lock: true });
}

/**
 * A referral of a case whose row is locked, locked as well; for whoever may act on the case already.
 *
 * @throws {NotFound} where the case has no such referral
 */
export async function lockedReferralOf(manager: EntityManager, found: Case, id: string): Promise<Referral> {
  const referral = isUuid(id) ? await locked(manager, id) : null;
  if (referral?.caseId !== found.id) throw new NotFound();
  return referral;
}

/** The referral of a case that is under way, else the last one that was; null where there never was one. */
export function newestReferral(manager: EntityManager, caseId: string): Promise<Referral | null> {
  return manager.findOne(Referral, { where: { caseId }, order: { number: 'DESC' } });
}

/** What of a referral and its case the policy asks. */
export function standingOf(referral: Referral, { path }: Pick<Case, 'path'>): ReferralStanding {
  const { fromAgency, toAgency, state, consultedOn, acceptedBy } = referral;
  return { path, fromAgency, toAgency, state, consultedOn, acceptedBy };
}

function locked(manager: EntityManager, id: string): Promise<Referral | null> {
  return manager.findOne(Referral, { where: { id }, lock: { mode: 'pessimistic_write' } });
}

async function isGrantedTheNote(manager: EntityManager, id: string, staffId: string): Promise<boolean> {
  const [row] = await manager.query<{ granted: boolean }[]>(
    `SELECT EXISTS (
       SELECT FROM referrals r
         JOIN case_grants g ON g.case_id = r.case_id AND g.key = 'referral' AND g.epoch = r.number
         JOIN staff_keys k ON k.kid = g.reader
        WHERE r.id = $1 AND k.staff_id = $2 AND k.purpose = 'agreement' AND k.retired_at IS NULL) AS granted`,
    [id, staffId],
  );
  return row?.granted === true;
}
