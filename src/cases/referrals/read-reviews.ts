import type { EntityManager } from 'typeorm';
import { append } from '../../audit/audit.js';
import { overdueLong, type LongOverdue } from '../../clocks/overdue.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { mayLeadTheSystem } from '../../staff/staff.policy.js';
import { isWalled, noWall } from '../../staff/walls.js';
import { isUuid } from '../../vault/form.js';
import { NotFound } from '../../web/errors.js';
import { Case } from '../case.entity.js';
import { readCursor, writeCursor } from '../list-cursor.js';
import { journeyOf, journeyOfCase, type Journey } from './journey-of-case.js';
import { LeadReview, type LeadDecision, type ReviewReason } from './lead-review.entity.js';
import { openAgencies, type Receiver } from './read-receiver.js';
import type { ReferralWorld } from './referral-world.js';
import { Referral } from './referral.entity.js';
import { mayReview } from './referral.policy.js';
import { withheldFrom } from '../withheld-from.js';

// The system lead's desk: complaints that are sent round. The way they took, and no word of what was said.

/** Reviews on one page. */
const REVIEWS_A_PAGE = 25;

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

/**
 * A page of what waits for the lead. Looking is audited.
 *
 * @throws {NotFound} to everybody else
 * @throws {Invalid} when `after` is none of ours
 */
export async function reviewsToDecide(
  manager: EntityManager,
  actor: StaffActor,
  { triageAgency }: Pick<ReferralWorld, 'triageAgency'>,
  after?: string,
): Promise<ReviewPage> {
  if (!mayLeadTheSystem(actor, triageAgency)) throw new NotFound();
  const from = after === undefined ? null : readCursor(after);
  const found = await manager.query<Omit<ReviewRow, 'journey'>[]>(
    `SELECT v.id, v.case_id AS "caseId", c.reference, v.why, to_char(v.opened_on, 'YYYY-MM-DD') AS "openedOn",
            c.agency_id AS "agencyId"
       FROM lead_reviews v JOIN cases c ON c.id = v.case_id
      WHERE v.decided_on IS NULL AND c.path = 'complaint' AND ${noWall('c', '$4')}
        AND ($1::date IS NULL OR (v.opened_on, v.id) > ($1::date, $2::uuid))
      ORDER BY v.opened_on, v.id LIMIT $3`,
    [from?.day ?? null, from?.id ?? null, REVIEWS_A_PAGE + 1, actor.staffId],
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
    next: found.length > REVIEWS_A_PAGE && last ? writeCursor({ day: last.openedOn, id: last.id }) : null,
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
  const { review, found } = await reviewFor(manager, actor, id, { lock: false, world });
  const referral =
    review.referralId === null ? null : await manager.findOneByOrFail(Referral, { id: review.referralId });
  const journey = await journeyOfCase(manager, found.id);
  await append(manager, { action: 'lead.read', actor, caseId: found.id, subject: review.id });
  const { why, openedOn, decision, advisedAgency, decidedOn } = review;
  const never = new Set([found.agencyId, ...withheldFrom(found, world.routing)]);
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
    agencies: (await openAgencies(manager, found.path, world)).filter(({ id: one }) => !never.has(one)),
  };
}

/** What may be decided of a review. */
export function choicesFor({ referralId }: LeadReview): readonly LeadDecision[] {
  return referralId === null ? ['noted'] : ['go_on', 'stay', 'elsewhere'];
}

/**
 * Finds a review with its case, for the lead. The case is locked first, as everywhere; only then is it asked how its review
 * stands.
 *
 * @throws {NotFound} to everybody else, and where there is none
 */
export async function reviewFor(
  manager: EntityManager,
  actor: StaffActor,
  id: string,
  { lock, world }: { readonly lock: boolean; readonly world: Pick<ReferralWorld, 'triageAgency'> },
): Promise<{ review: LeadReview; found: Case }> {
  if (!isUuid(id) || !mayLeadTheSystem(actor, world.triageAgency)) throw new NotFound();
  const there = await manager.findOneBy(LeadReview, { id });
  const found = await manager.findOne(Case, {
    where: { id: there?.caseId ?? id },
    ...(lock ? { lock: { mode: 'pessimistic_write' as const } } : {}),
  });
  const review = lock ? await manager.findOneBy(LeadReview, { id }) : there;
  const walled = await isWalled(manager, there?.caseId ?? id, actor.staffId);
  if (!review || !found || !mayReview({ person: actor, walled }, found, world.triageAgency)) throw new NotFound();
  return { review, found };
}
