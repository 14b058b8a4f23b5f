import type { EntityManager } from 'typeorm';
import { append } from '../../audit/audit.js';
import { todayInAuckland } from '../../clocks/calendar.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { Conflict, Invalid } from '../../web/errors.js';
import { requireOpen } from '../add-item.js';
import { addEvent, tellPerson } from '../case-events.js';
import { LeadReview, type LeadDecision } from './lead-review.entity.js';
import { moveReferral } from './move-referral.js';
import { openAgencies } from './read-receiver.js';
import { choicesFor, reviewFor } from './read-reviews.js';
import { lockedReferralOf } from './referral-access.js';
import type { ReferralWorld } from './referral-world.js';
import { withheldFrom } from '../withheld-from.js';

/** What the lead decides; `advisedAgency` with `elsewhere`, and then always. */
export interface Decided {
  readonly decision: LeadDecision;
  readonly advisedAgency?: string | undefined;
}

/**
 * Decides what waits: the referral goes on to the person, or it stops there, with an agency advised or without. Decided the
 * same way a second time is answered as the first time.
 *
 * @throws {NotFound} to everybody but the lead, and where there is none
 * @throws {Conflict} `decided` when it was decided otherwise meanwhile; `own_proposal` to who proposed it; to let it go on
 *   `case_closed`
 * @throws {Invalid} where this is nothing to be decided here, or the advised agency takes no cases, or not this one
 */
export async function decideReview(
  manager: EntityManager,
  actor: StaffActor,
  id: string,
  { decision, advisedAgency }: Decided,
  world: ReferralWorld,
): Promise<void> {
  const { review, found } = await reviewFor(manager, actor, id, { lock: true, world });
  const advised = decision === 'elsewhere' ? (advisedAgency ?? '') : null;
  if (review.decidedOn !== null) {
    if (review.decision === decision && review.advisedAgency === advised) return;
    throw new Conflict('decided', 'This has been decided meanwhile, or the proposal was taken back. Look again.');
  }
  if (!choicesFor(review).includes(decision)) throw refused('decision', 'This cannot be decided here.');
  if (advised !== null) {
    const could = await openAgencies(manager, found.path, world);
    const isWithheld = withheldFrom(found, world.routing).includes(advised);
    if (advised === found.agencyId || isWithheld || !could.some(({ id: agency }) => agency === advised)) {
      throw refused('advisedAgency', 'Choose the agency that should have it.');
    }
  }
  const referral = review.referralId === null ? null : await lockedReferralOf(manager, found, review.referralId);
  // Who leads may be an officer as well; it is for another lead to look at what they proposed themselves.
  if (referral?.proposedBy === actor.staffId) throw ownProposal();
  if (decision === 'go_on') requireOpen(found);
  await manager.update(
    LeadReview,
    { id: review.id },
    { decision, advisedAgency: advised, decidedBy: actor.staffId, decidedOn: todayInAuckland() },
  );
  if (referral !== null && decision !== 'noted') {
    const goesOn = decision === 'go_on';
    await moveReferral(manager, referral, goesOn ? 'proposed' : 'stopped');
    await addEvent(manager, found.id, goesOn ? 'referral_proposed' : 'referral_stopped');
    await tellPerson(manager, found.id);
  }
  await append(manager, { action: 'referral.decided', actor, caseId: found.id, subject: `${review.id}.${decision}` });
}

function ownProposal(): Conflict {
  return new Conflict('own_proposal', 'You have proposed this yourself, so another system lead decides.');
}

function refused(field: string, message: string): Invalid {
  return new Invalid([{ field, code: 'not_one_of', message }]);
}
