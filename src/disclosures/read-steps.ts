import type { EntityManager } from 'typeorm';
import { todayInAuckland } from '../clocks/calendar.js';
import type { ClockBasis } from '../clocks/clock.entity.js';
import type { CaseStatus } from '../cases/case-status.js';
import { standingOf, type Action, type Standing, type StepKind } from './duty-steps.js';
import type { NoActionReason } from './no-action.js';

/** A step as it is stored. Days are YYYY-MM-DD in Pacific/Auckland. */
interface StoredStep {
  readonly caseId: string;
  readonly round: number;
  readonly id: string;
  readonly kind: StepKind;
  readonly takenBy: string;
  readonly takenOn: string;
  readonly itemId: string | null;
  readonly receivedOn: string | null;
  readonly orally: boolean | null;
  readonly asked: boolean | null;
  readonly expectedOn: string | null;
  readonly actions: readonly Action[] | null;
  readonly reason: NoActionReason | null;
  readonly discloserConsultedOn: string | null;
  readonly recipientConsultedOn: string | null;
}

/** The steps of the agency that has a disclosure, and how it stands by them. */
export interface DutyRound {
  readonly round: number;
  readonly clock: {
    readonly basis: ClockBasis;
    readonly startedOn: string;
    readonly dueOn: string;
    readonly metOn: string | null;
  };
  readonly steps: readonly StoredStep[];
  readonly standing: Standing;
}

/** What of a case says whether it can be worked on. */
interface Open {
  readonly id: string;
  readonly status: CaseStatus;
}

/**
 * How some disclosures stand, in two questions however many there are. One that is not placed yet is not among them.
 *
 * @param today the day in Auckland
 */
export async function dutyRounds(
  manager: EntityManager,
  cases: readonly Open[],
  today = todayInAuckland(),
): Promise<ReadonlyMap<string, DutyRound>> {
  if (cases.length === 0) return new Map();
  const clocks = await manager.query<(DutyRound['clock'] & { caseId: string; round: number })[]>(
    `SELECT case_id AS "caseId", round, basis, to_char(started_on, 'YYYY-MM-DD') AS "startedOn",
            to_char(due_on, 'YYYY-MM-DD') AS "dueOn", to_char(met_on, 'YYYY-MM-DD') AS "metOn"
       FROM clocks WHERE case_id = ANY ($1) AND kind = 's13' AND stopped_on IS NULL`,
    [cases.map(({ id }) => id)],
  );
  const steps = await manager.query<StoredStep[]>(
    `SELECT id, case_id AS "caseId", round, kind, taken_by AS "takenBy", to_char(taken_on, 'YYYY-MM-DD') AS "takenOn",
            item_id AS "itemId", to_char(received_on, 'YYYY-MM-DD') AS "receivedOn", orally, asked,
            to_char(expected_on, 'YYYY-MM-DD') AS "expectedOn", actions, reason,
            to_char(discloser_consulted_on, 'YYYY-MM-DD') AS "discloserConsultedOn",
            to_char(recipient_consulted_on, 'YYYY-MM-DD') AS "recipientConsultedOn"
       FROM disclosure_steps WHERE case_id = ANY ($1) ORDER BY case_id, round, number`,
    [cases.map(({ id }) => id)],
  );
  const rounds = clocks.map(({ caseId, round, ...clock }): [string, DutyRound] => {
    const own = steps.filter((step) => step.caseId === caseId && step.round === round);
    const isOpen = cases.find(({ id }) => id === caseId)?.status !== 'closed';
    return [caseId, { round, clock, steps: own, standing: standingOf(own, clock.dueOn, today, isOpen) }];
  });
  return new Map(rounds);
}

/** How one stands; undefined where it is not placed yet. @see dutyRounds */
export async function dutyRound(manager: EntityManager, found: Open): Promise<DutyRound | undefined> {
  return (await dutyRounds(manager, [found])).get(found.id);
}
