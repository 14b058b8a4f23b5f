import type { EntityManager } from 'typeorm';
import type { StaffActor } from '../../staff/staff-actor.js';
import { addEvent, tellPerson } from '../case-events.js';
import { closeReviewOf } from './merry-go-round.js';
import { moveReferral } from './move-referral.js';
import { lockedReferralFor } from './referral-access.js';
import { mayWithdraw } from './referral.policy.js';
import { recordReferral } from './record-referral.js';

/**
 * Takes a proposal back, until the receiver has opened the case: what was granted is deleted again. A second time is
 * answered as the first time.
 *
 * @throws {NotFound} also to those who may not know of the referral
 * @throws {Conflict} `impossible_move` when it has ended otherwise
 */
export async function withdrawReferral(manager: EntityManager, actor: StaffActor, id: string): Promise<void> {
  const { referral, found } = await lockedReferralFor(manager, actor, id, mayWithdraw);
  if (referral.state === 'withdrawn') return;
  const wasKnown = referral.state !== 'held';
  await moveReferral(manager, referral, 'withdrawn');
  await closeReviewOf(manager, referral.id);
  await addEvent(manager, found.id, 'referral_withdrawn', referral.fromAgency);
  if (wasKnown) await tellPerson(manager, found.id);
  await recordReferral(manager, actor, found, referral, 'withdrawn');
}
