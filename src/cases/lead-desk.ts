import type { EntityManager } from 'typeorm';
import { append } from '../audit/audit.js';
import { todayInAuckland } from '../clocks/calendar.js';
import { overdueLong, type LongOverdue } from '../clocks/overdue.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { mayLeadTheSystem } from '../staff/staff.policy.js';
import { Conflict, Invalid, NotFound } from '../web/errors.js';
import { addEvent, tellPerson } from './case-events.js';
import { Case } from './case.entity.js';
import { readCursor, writeCursor } from './inbox-cursor.js';
import { journeyOf, type Journey } from './journey-of-case.js';
import { LeadReview, type LeadDecision, type ReviewReason } from './lead-review.entity.js';
import { moveReferral } from './move-referral.js';
import { openAgencies, type Receiver } from './read-receiver.js';
import { lockedReferralOf } from './referral-access.js';
import type { ReferralWorld } from './referral-world.js';
import { Referral } from './referral.entity.js';
import { mayReview } from './referral.policy.js';

// The system lead's desk: complaints that are sent round. The way they took, and no word of what was said.

/** Reviews on one page. */
export const REVIEWS_A_PAGE = 25;

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A line of the lead's desk. Days are YYYY-MM-DD in Pacific/Auckland. */
export interface ReviewRow {
  readonly id: string;
  readonly caseId: string;
  readonly reference: string;
  readonly why: ReviewReason;
  readonly openedOn: string;
  /** The agency that has it. */
  readonly agencyId: string;
  readonly journey: Journey | null;
}

export interface ReviewPage {
  /** Longest waiting first. */
  readonly rows: readonly ReviewRow[];
  readonly next: string | null;
  /** On the first page: agencies with complaints long past their date, and how many. */
  readonly longOverdue: readonly LongOverdue[];
}

/** A review as its page shows it. */
export interface ReviewInClear extends ReviewRow {
  readonly decision: LeadDecision | null;
  readonly advisedAgency: string | null;
  readonly decidedOn: string | null;
  /** The referral that waits, or waited, for the decision. */
  readonly referral: Pick<Referral, 'id' | 'fromAgency' | 'toAgency' | 'reason' | 'state' | 'proposedOn'> | null;
  /** What may be decided: with a referral whether it goes on, without one only that it was seen. */
  readonly choices: readonly LeadDecision[];
  /** Agencies that could be advised. */
  readonly agencies: readonly Receiver[];
}

/** What the lead decides; `advisedAgency` with `elsewhere`, and then always. */
export interface Decided {
  readonly decision: LeadDecision;
  readonly advisedAgency?: string | undefined;
}

/**
 * A page of what waits for the lead. Looking is audited.
 *
 * @throws {NotFound} to everybody else
 * @throws {Invalid} when `after` is none of ours
 */
export async function reviewsToDecide(manager: EntityManager, actor: StaffActor, after?: string): Promise<ReviewPage> {
  if (!mayLeadTheSystem(actor)) throw new NotFound();
  const from = after === undefined ? null : readCursor(after);
  const found = await manager.query<Omit<ReviewRow, 'journey'>[]>(
    `SELECT v.id, v.case_id AS "caseId", c.reference, v.why, to_char(v.opened_on, 'YYYY-MM-DD') AS "openedOn",
            c.agency_id AS "agencyId"
       FROM lead_reviews v JOIN cases c ON c.id = v.case_id
      WHERE v.decided_on IS NULL AND c.path = 'complaint'
        AND ($1::date IS NULL OR (v.opened_on, v.id) > ($1::date, $2::uuid))
      ORDER BY v.opened_on, v.id LIMIT $3`,
    [from?.lodgedOn ?? null, from?.id ?? null, REVIEWS_A_PAGE + 1],
  );
  const page = found.slice(0, REVIEWS_A_PAGE);
  const journeys = await journeyOf(
    manager,
    page.map(({ caseId }) => caseId),
  );
  await append(manager, { action: 'lead.listed', actor });
  const last = page.at(-1);
  return {
    rows: page.map((row) => ({ ...row, journey: journeys.get(row.caseId) ?? null })),
    next: found.length > REVIEWS_A_PAGE && last ? writeCursor({ lodgedOn: last.openedOn, id: last.id }) : null,
    longOverdue: after === undefined ? await overdueLong(manager) : [],
  };
}

/**
 * Reads one review. Reading is audited.
 *
 * @throws {NotFound} to everybody but the lead, and where there is none
 */
export async function readReview(
  manager: EntityManager,
  actor: StaffActor,
  id: string,
  world: ReferralWorld,
): Promise<ReviewInClear> {
  const { review, found } = await reviewFor(manager, actor, id, { lock: false });
  const referral =
    review.referralId === null ? null : await manager.findOneByOrFail(Referral, { id: review.referralId });
  const journey = (await journeyOf(manager, [found.id])).get(found.id) ?? null;
  await append(manager, { action: 'lead.read', actor, caseId: found.id, subject: review.id });
  const { why, openedOn, decision, advisedAgency, decidedOn } = review;
  return {
    id: review.id,
    caseId: found.id,
    reference: found.reference,
    why,
    openedOn,
    agencyId: found.agencyId,
    journey,
    decision,
    advisedAgency,
    decidedOn,
    referral: referral && {
      id: referral.id,
      fromAgency: referral.fromAgency,
      toAgency: referral.toAgency,
      reason: referral.reason,
      state: referral.state,
      proposedOn: referral.proposedOn,
    },
    choices: choicesFor(review),
    agencies: (await openAgencies(manager, found.path, world)).filter(({ id: agency }) => agency !== found.agencyId),
  };
}

/**
 * Decides what waits: the referral goes on to the person, or it stops there, with an agency advised or without. Decided the
 * same way a second time is answered as the first time.
 *
 * @throws {NotFound} to everybody but the lead, and where there is none
 * @throws {Conflict} `decided` when it was decided otherwise meanwhile
 * @throws {Invalid} where this is nothing to be decided here, or the advised agency takes no cases
 */
export async function decideReview(
  manager: EntityManager,
  actor: StaffActor,
  id: string,
  { decision, advisedAgency }: Decided,
  world: ReferralWorld,
): Promise<void> {
  const { review, found } = await reviewFor(manager, actor, id, { lock: true });
  const advised = decision === 'elsewhere' ? (advisedAgency ?? '') : null;
  if (review.decidedOn !== null) {
    if (review.decision === decision && review.advisedAgency === advised) return;
    throw new Conflict('decided', 'This has been decided meanwhile, or the proposal was taken back. Look again.');
  }
  if (!choicesFor(review).includes(decision)) throw refused('decision', 'This cannot be decided here.');
  if (advised !== null) {
    const could = await openAgencies(manager, found.path, world);
    if (advised === found.agencyId || !could.some(({ id: agency }) => agency === advised)) {
      throw refused('advisedAgency', 'Choose the agency that should have it.');
    }
  }
  await manager.update(
    LeadReview,
    { id: review.id },
    { decision, advisedAgency: advised, decidedBy: actor.staffId, decidedOn: todayInAuckland() },
  );
  if (review.referralId !== null && decision !== 'noted') {
    const referral = await lockedReferralOf(manager, found, review.referralId);
    const goesOn = decision === 'go_on';
    await moveReferral(manager, referral, goesOn ? 'proposed' : 'stopped');
    await addEvent(manager, found.id, goesOn ? 'referral_proposed' : 'referral_stopped');
    await tellPerson(manager, found.id);
  }
  await append(manager, { action: 'referral.decided', actor, caseId: found.id, subject: `${review.id}.${decision}` });
}

function choicesFor({ referralId }: LeadReview): readonly LeadDecision[] {
  return referralId === null ? ['noted'] : ['go_on', 'stay', 'elsewhere'];
}

/* The case is locked first, as everywhere; only then is it asked how its review stands. */
async function reviewFor(
  manager: EntityManager,
  actor: StaffActor,
  id: string,
  { lock }: { readonly lock: boolean },
): Promise<{ review: LeadReview; found: Case }> {
  if (!UUID.test(id) || !mayLeadTheSystem(actor)) throw new NotFound();
  const there = await manager.findOneBy(LeadReview, { id });
  const found = await manager.findOne(Case, {
    where: { id: there?.caseId ?? id },
    ...(lock ? { lock: { mode: 'pessimistic_write' as const } } : {}),
  });
  const review = lock ? await manager.findOneBy(LeadReview, { id }) : there;
  if (!review || !found || !mayReview(actor, found)) throw new NotFound();
  return { review, found };
}

function refused(field: string, message: string): Invalid {
  return new Invalid([{ field, code: 'not_one_of', message }]);
}
