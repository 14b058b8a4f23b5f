import type { EntityManager } from 'typeorm';
import { append } from '../audit/audit.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { Conflict, Invalid } from '../web/errors.js';
import { requireOpen } from './add-item.js';
import { timeKept } from './case-access.js';
import { addEvent, tellPerson } from './case-events.js';
import { moveToConsulted } from './move-referral.js';
import { lockedReferralFor } from './referral-access.js';
import { groundsFor, type ReferralGroundCode } from './referral-grounds.js';
import { mayGround } from './referral.policy.js';

/**
 * Puts on record on what ground a case goes on without the person's consent. They are told at once, with the ground: it is
 * never done in silence. A second time with the same ground is answered as the first time.
 *
 * @throws {NotFound} also to those who may not know of the referral
 * @throws {Conflict} `impossible_move`, `case_closed`
 * @throws {Invalid} where the ground is not one for such a case
 */
export async function groundReferral(
  manager: EntityManager,
  actor: StaffActor,
  id: string,
  ground: ReferralGroundCode,
): Promise<void> {
  const { referral, found } = await lockedReferralFor(manager, actor, id, mayGround);
  if (referral.ground === ground && referral.groundedBy === actor.staffId) return;
  if (!groundsFor(found.path).some(({ code }) => code === ground)) {
    throw new Invalid([{ field: 'ground', code: 'not_one_of', message: 'Choose a ground that may be used here.' }]);
  }
  requireOpen(found);
  if (referral.state !== 'proposed') {
    throw new Conflict('impossible_move', 'This referral has moved on meanwhile. Look again first.');
  }
  await moveToConsulted(manager, found, referral, { ground, groundedBy: actor.staffId });
  await addEvent(manager, found.id, 'referral_grounded');
  await tellPerson(manager, found.id);
  await append(manager, { action: 'referral.grounded', actor, caseId: found.id, subject: ground, ...timeKept(found) });
}
