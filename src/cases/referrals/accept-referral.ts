import type { EntityManager } from 'typeorm';
import { todayInAuckland } from '../../clocks/calendar.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { Conflict } from '../../web/errors.js';
import { requireOpen } from '../add-item.js';
import { addEvent, tellPerson } from '../case-events.js';
import { moveReferral, moveToGrantAgain } from './move-referral.js';
import { lockedReferralFor } from './referral-access.js';
import { agreedShare } from './referral-agreed.js';
import { grantsFit, grantsNoLongerFit, releaseGrants } from './referral-grants.js';
import { kidsAt } from './referral-readers.js';
import { mayAccept } from './referral.policy.js';
import { recordReferral } from './record-referral.js';

/**
 * Accepts a case that another agency hands on, by name: the grants that the person agreed to, or that a ground covers, are
 * released to the receiver. Until its browser has opened every item the sender keeps the case. Accepted twice by the same
 * person it is answered as the first time.
 *
 * @returns `grant_again` where the grants no longer fit: nothing was released, and the sender is told. The caller throws
 *   behind the commit.
 * @throws {NotFound} also to those who may not know of the referral
 * @throws {Conflict} `accepted_by_another`, `grant_again` (the sender was told before), `impossible_move`, `case_closed`
 */
export async function acceptReferral(
  manager: EntityManager,
  actor: StaffActor,
  id: string,
): Promise<'accepted' | 'grant_again'> {
  const { referral, found } = await lockedReferralFor(manager, actor, id, mayAccept);
  if (referral.state === 'granted' || referral.state === 'opened') {
    if (referral.acceptedBy === actor.staffId) return 'accepted';
    throw acceptedByAnother();
  }
  if (referral.state === 'grant_again') throw grantsNoLongerFit();
  requireOpen(found);
  const readers = await kidsAt(manager, referral.toAgency, found);
  const share = await agreedShare(manager, referral, readers);
  if (referral.state === 'consulted' && !(share && (await grantsFit(manager, referral, readers, share)))) {
    await moveToGrantAgain(manager, actor, found, referral);
    return 'grant_again';
  }
  await moveReferral(manager, referral, 'granted', { acceptedBy: actor.staffId, acceptedOn: todayInAuckland() });
  await releaseGrants(manager, referral, share ?? ['case']);
  await addEvent(manager, found.id, 'referral_accepted', referral.toAgency);
  await tellPerson(manager, found.id);
  await recordReferral(manager, actor, found, referral, 'accepted');
  return 'accepted';
}

/** What a colleague is told who comes second. */
export function acceptedByAnother(): Conflict {
  return new Conflict('accepted_by_another', 'A colleague has accepted this case already, and takes it over.');
}
