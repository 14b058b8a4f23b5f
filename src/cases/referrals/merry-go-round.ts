import { randomUUID } from 'node:crypto';
import { IsNull, type EntityManager } from 'typeorm';
import { todayInAuckland } from '../../clocks/calendar.js';
import { LeadReview, type ReviewReason } from './lead-review.entity.js';

/** Hand-overs after which a case is not passed on any more without somebody who looks at the whole way. */
export const MOST_HAND_OFFS = 2;

interface HandOff {
  readonly from: string;
  readonly to: string;
}

/** Hand-overs that count: passing on is the triage desk's work, so those from it do not. */
export function countedHandOffs(opened: readonly HandOff[], triageAgency: string): number {
  return opened.filter(({ from }) => from !== triageAgency).length;
}

/**
 * Why a proposal has to wait for the system lead; null where it has not.
 *
 * @param opened the hand-overs of the case so far, oldest first
 */
export function mustWait(
  opened: readonly HandOff[],
  { from, to }: HandOff,
  triageAgency: string,
): Extract<ReviewReason, 'return' | 'two_hand_offs'> | null {
  const had = new Set([...opened.flatMap((one) => [one.from, one.to]), from]);
  had.delete(triageAgency);
  if (had.has(to)) return 'return';
  return countedHandOffs(opened, triageAgency) >= MOST_HAND_OFFS ? 'two_hand_offs' : null;
}

/** The hand-overs of a case, oldest first. A part has those behind it that its whole had when it was split off. */
export function handOffsOf(manager: EntityManager, caseId: string): Promise<HandOff[]> {
  return manager.query<HandOff[]>(
    `SELECT from_agency AS "from", to_agency AS "to" FROM referrals
      WHERE state = 'opened'
        AND (case_id = $1
             OR (case_id = (SELECT whole_id FROM cases WHERE id = $1)
                 AND ended_on <= (SELECT min(happened_on) FROM case_events WHERE case_id = $1)))
      ORDER BY case_id = $1, number`,
    [caseId],
  );
}

/** Puts a complaint on the system lead's desk. */
export async function putOnLeadDesk(
  manager: EntityManager,
  caseId: string,
  why: ReviewReason,
  referralId: string | null,
): Promise<void> {
  await manager.query(
    `INSERT INTO lead_reviews (id, case_id, referral_id, why, opened_on) VALUES ($1, $2, $3, $4, $5)`,
    [randomUUID(), caseId, referralId, why, todayInAuckland()],
  );
}

/** Closes what waited for the lead about a referral that its sender took back. */
export async function closeReviewOf(manager: EntityManager, referralId: string): Promise<void> {
  await manager.update(
    LeadReview,
    { referralId, decidedOn: IsNull() },
    { decision: 'noted', decidedOn: todayInAuckland() },
  );
}
