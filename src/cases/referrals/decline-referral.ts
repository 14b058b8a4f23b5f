import type { EntityManager } from 'typeorm';
import { append } from '../../audit/audit.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { acceptedByAnother } from './accept-referral.js';
import { addItem, wasAdded } from '../add-item.js';
import { timeKept } from '../case-access.js';
import { addEvent, tellPerson } from '../case-events.js';
import { moveReferral, tellNext } from './move-referral.js';
import { lockedReferralFor } from './referral-access.js';
import type { DeclineReason } from './referral-reasons.js';
import { mayDecline } from './referral.policy.js';
import type { NewItem } from '../sealed-case.js';

/**
 * Declines a case that another agency wanted to hand on, with a reason, and with words for it if there are any. Whoever has
 * accepted may still do so until they have taken it over; what was released to them is deleted. The sender keeps the case.
 * A second time with the same reason is answered as the first time.
 *
 * @param item sealed under the key of the referral's note
 * @throws {NotFound} also to those who may not know of the referral
 * @throws {Conflict} `accepted_by_another`, `impossible_move`, `epoch_closed`, `item_exists`
 * @throws {Invalid} when the words are not sealed as they must be
 */
export async function declineReferral(
  manager: EntityManager,
  actor: StaffActor,
  id: string,
  reason: DeclineReason,
  item?: NewItem,
): Promise<void> {
  const { referral, found } = await lockedReferralFor(manager, actor, id, mayDecline);
  if (referral.state === 'declined' && referral.declinedReason === reason) {
    if (!item || (await wasAdded(manager, actor, found, item))) return;
  }
  if (referral.state === 'granted' && referral.acceptedBy !== actor.staffId) throw acceptedByAnother();
  await moveReferral(manager, referral, 'declined', { declinedReason: reason });
  if (item && !(await wasAdded(manager, actor, found, item))) {
    await addItem(manager, actor, found, item, { kind: 'referral', key: 'referral' });
  }
  await addEvent(manager, found.id, 'referral_declined', referral.toAgency);
  await tellPerson(manager, found.id);
  await tellNext(manager, found);
  await append(manager, {
    action: 'referral.declined',
    actor,
    caseId: found.id,
    subject: reason,
    ...timeKept(found),
  });
}
