import type { EntityManager } from 'typeorm';
import { promiseCall } from '../../agencies/promise-webhook.js';
import { todayInAuckland } from '../../clocks/calendar.js';
import { clockFor, openClock } from '../../clocks/open-clock.js';
import { stopClocks } from '../../clocks/stop-clock.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { readPublicJwk, thumbprint } from '../../vault/keys.js';
import { Conflict } from '../../web/errors.js';
import { acceptedByAnother } from './accept-referral.js';
import { requireOpen } from '../add-item.js';
import { storeEpoch } from '../begin-epoch.js';
import { CaseEpoch } from '../case-epoch.entity.js';
import { addEvent, tellPerson } from '../case-events.js';
import { Case } from '../case.entity.js';
import { mailboxOf } from '../mailbox-of-case.js';
import { countedHandOffs, handOffsOf, MOST_HAND_OFFS, putOnLeadDesk } from './merry-go-round.js';
import { moveReferral, moveToGrantAgain } from './move-referral.js';
import { lockedReferralFor } from './referral-access.js';
import { agreedShare } from './referral-agreed.js';
import { forgetGrants, grantsFit, grantsNoLongerFit } from './referral-grants.js';
import { kidsAt } from './referral-readers.js';
import type { ReferralWorld } from './referral-world.js';
import type { Referral } from './referral.entity.js';
import { mayOpen } from './referral.policy.js';
import type { NewEpoch } from '../sealed-case.js';
import { recordReferral } from './record-referral.js';

/**
 * Takes an accepted case over: its receiver's browser has opened every item, and begins the next epoch of the case key, so
 * that the sender cannot read on. From here the case, its clock and the answer to the person are the receiver's. Sent a
 * second time it is answered as the first time.
 *
 * @returns `grant_again` where keys changed since it was accepted: what was released is deleted, and the sender is told.
 *   The caller throws behind the commit.
 * @throws {NotFound} also to those who may not know of the referral
 * @throws {Conflict} `accepted_by_another`, `grant_again`, `impossible_move`, `epoch_closed`, `case_closed`
 * @throws {Invalid} when record or grants are not what they must be
 */
export async function openReferral(
  manager: EntityManager,
  actor: StaffActor,
  id: string,
  sent: NewEpoch,
  world: ReferralWorld,
): Promise<'opened' | 'grant_again'> {
  const { referral, found } = await lockedReferralFor(manager, actor, id, mayOpen);
  if (referral.state === 'grant_again') throw grantsNoLongerFit();
  if (referral.acceptedBy !== null && referral.acceptedBy !== actor.staffId) throw acceptedByAnother();
  if (referral.state === 'opened' && (await wasBegun(manager, found, sent))) return 'opened';
  if (referral.state !== 'granted') {
    throw new Conflict('impossible_move', 'This referral has moved on meanwhile. Look again first.');
  }
  requireOpen(found);
  const readers = await kidsAt(manager, referral.toAgency, found);
  const share = await agreedShare(manager, referral, readers);
  if (!share || !(await grantsFit(manager, referral, readers, share))) {
    await moveToGrantAgain(manager, actor, found, referral);
    return 'grant_again';
  }
  const mailbox = await mailboxOf(manager, found.id);
  const person = await thumbprint(readPublicJwk(mailbox.agreementJwk));
  await storeEpoch(manager, actor, found, { key: 'case', readers: [...readers, person], field: 'epoch' }, sent);
  await forgetGrants(manager, referral.id);
  await moveReferral(manager, referral, 'opened');
  await handOver(manager, actor, found, referral, world);
  await recordReferral(manager, actor, found, referral, 'opened');
  return 'opened';
}

/** The case changes hands: its agency, who has it there, its clock, its timeline, and what the lead should see. */
async function handOver(
  manager: EntityManager,
  actor: StaffActor,
  found: Case,
  { toAgency, fromAgency }: Referral,
  { triageAgency, directory }: ReferralWorld,
): Promise<void> {
  const delivery = toAgency === triageAgency ? 'triage_desk' : 'direct';
  await manager.update(Case, { id: found.id }, { agencyId: toAgency, delivery, assignedTo: actor.staffId });
  const opened = await handOffsOf(manager, found.id);
  await stopClocks(manager, found.id);
  const standard = directory.get(toAgency)?.standard?.workingDays;
  const clock = clockFor({ path: found.path, delivery }, todayInAuckland(), standard);
  await openClock(manager, found.id, clock, opened.length);
  await addEvent(manager, found.id, 'handed_over', toAgency);
  await promiseCall(manager, found.path, { event: 'case.handed_over', agencyId: toAgency, caseId: found.id });
  await tellPerson(manager, found.id);
  // Once, when it becomes too often: that of a disclosure nobody may learn who was not granted it.
  const justTooOften = fromAgency !== triageAgency && countedHandOffs(opened, triageAgency) === MOST_HAND_OFFS;
  if (justTooOften && found.path === 'complaint') await putOnLeadDesk(manager, found.id, 'two_hand_offs', null);
}

async function wasBegun(manager: EntityManager, found: Case, { record }: NewEpoch): Promise<boolean> {
  return manager.existsBy(CaseEpoch, { caseId: found.id, key: 'case', record });
}
