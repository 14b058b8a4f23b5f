import type { EntityManager } from 'typeorm';
import type { StaffActor } from '../../staff/staff-actor.js';
import { Conflict, Invalid } from '../../web/errors.js';
import { requireOpen } from '../add-item.js';
import { disposalKeyOf } from '../begin-epoch.js';
import { addEvent, tellPerson } from '../case-events.js';
import { CaseGrant } from '../case-grant.entity.js';
import type { Case } from '../case.entity.js';
import { grantPlace, unwrapGrant } from '../disposal.js';
import { moveReferral, tellNext } from './move-referral.js';
import { lockedReferralFor } from './referral-access.js';
import { agreedShare } from './referral-agreed.js';
import { ReferralGrant } from './referral-grant.entity.js';
import { narrowGrants, withholdGrants } from './referral-grants.js';
import { noteIsForOthers, storeNote, storeNoteEpoch } from './referral-note.js';
import { kidsAt } from './referral-readers.js';
import type { Referral } from './referral.entity.js';
import { mayGrantAgain } from './referral.policy.js';
import type { NewGrants } from './sealed-referral.js';
import { recordReferral } from './record-referral.js';

/**
 * Grants once more to a receiver whose keys have changed. Where what is on record still covers those who read there now,
 * the receiver decides next; to others than the person agreed to, the person is asked again.
 *
 * @throws {NotFound} also to those who may not know of the referral
 * @throws {Conflict} `impossible_move`, `readers_changed`, `epoch_closed`, `case_closed`, `item_exists`, `too_many_referrals`
 * @throws {Invalid} when something is not made as it must be; a new note is needed exactly where the readers changed
 */
export async function grantAgain(
  manager: EntityManager,
  actor: StaffActor,
  id: string,
  sent: NewGrants,
): Promise<void> {
  const { referral, found } = await lockedReferralFor(manager, actor, id, mayGrantAgain);
  if (referral.state !== 'grant_again' && (await wasGranted(manager, found, referral, sent))) return;
  if (referral.state !== 'grant_again') {
    throw new Conflict('impossible_move', 'This referral has moved on meanwhile. Look again first.');
  }
  requireOpen(found);
  const readers = await kidsAt(manager, referral.toAgency, found);
  if (await noteIsForOthers(manager, referral, readers)) {
    if (!sent.note || !sent.epoch) throw noteMissing();
    referral.number = await storeNoteEpoch(manager, actor, found, readers, sent.epoch);
    await storeNote(manager, actor, found, sent.note);
  } else if (sent.note || sent.epoch) {
    throw new Conflict('readers_changed', 'The readers are the same as before. Look again and send it again.');
  }
  await withholdGrants(manager, found, referral, readers, sent.grants);
  const share = await agreedShare(manager, referral, readers);
  if (share) {
    await narrowGrants(manager, referral.id, share);
    await moveReferral(manager, referral, 'consulted');
    await tellNext(manager, found);
  } else {
    await moveReferral(manager, referral, 'proposed', { consent: null, consultedOn: null });
    await addEvent(manager, found.id, 'referral_proposed');
    await tellPerson(manager, found.id);
  }
  await recordReferral(manager, actor, found, referral, 'granted_again');
}

/** Whether these very grants lie here already, because a browser sent them twice. */
async function wasGranted(
  manager: EntityManager,
  found: Case,
  referral: Referral,
  { grants }: NewGrants,
): Promise<boolean> {
  const disposal = await disposalKeyOf(manager, found);
  const rows = [
    ...(await manager.findBy(ReferralGrant, { referralId: referral.id })),
    ...(await manager.findBy(CaseGrant, { caseId: found.id, key: 'case' })),
  ];
  const there = new Map(
    rows.map(({ key, epoch, reader, wrapped }) => [grantPlace(found.id, key, epoch, reader), wrapped]),
  );
  return grants
    .filter(({ key }) => key === 'case')
    .every(({ key, epoch, reader, jwe }) => {
      const place = grantPlace(found.id, key, epoch, reader);
      const wrapped = there.get(place);
      return wrapped !== undefined && unwrapGrant(disposal, place, wrapped) === jwe;
    });
}

function noteMissing(): Invalid {
  return new Invalid([
    { field: 'note', code: 'required', message: 'Those who read there have changed, so it takes a new note.' },
  ]);
}
