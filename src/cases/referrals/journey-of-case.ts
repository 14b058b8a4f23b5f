import type { EntityManager } from 'typeorm';
import { todayInAuckland } from '../../clocks/calendar.js';

/** An agency that has or had a case. Days are YYYY-MM-DD in Pacific/Auckland. */
interface Stay {
  readonly agencyId: string;
  readonly from: string;
  /** Null where the case still is. */
  readonly to: string | null;
}

/** The way of a case from agency to agency, and how often it was sent round. */
export interface Journey {
  readonly path: readonly Stay[];
  /** Referrals that another agency took over. */
  readonly handOffs: number;
  /** Referrals that were declined, or went to an agency that had had the case before. */
  readonly bounceBacks: number;
  /** Days on which somebody waited for a hand-over: each referral from its proposal to its end, or to today. */
  readonly daysInTransit: number;
  /** How often the person says that they had to tell it again. */
  readonly timesRetold: number;
}

const NOWHERE: Journey = { path: [], handOffs: 0, bounceBacks: 0, daysInTransit: 0, timesRetold: 0 };

interface Row {
  caseId: string;
  agencyId: string;
  lodgedOn: string;
  steps: Step[];
}

interface Step {
  number: number;
  from: string;
  to: string;
  state: string;
  proposedOn: string;
  endedOn: string | null;
  retold: boolean;
}

/**
 * The ways of some cases, worked out from their referrals: no counter is stored that could disagree with them. The caller
 * has seen to it that these cases may be shown.
 *
 * @returns by case id; nothing for a case that does not exist
 */
export async function journeyOf(
  manager: EntityManager,
  caseIds: readonly string[],
): Promise<ReadonlyMap<string, Journey>> {
  const today = todayInAuckland();
  return new Map((await rowsOf(manager, caseIds)).map((row) => [row.caseId, journey(row, today)]));
}

/** The way of one case. */
export async function journeyOfCase(manager: EntityManager, caseId: string): Promise<Journey> {
  return (await journeyOf(manager, [caseId])).get(caseId) ?? NOWHERE;
}

/**
 * The way of a case as it was with one of its referrals, for an agency that does not have the case: where it went
 * afterwards, and what the person said there, is not theirs to know.
 */
export async function journeyUntil(manager: EntityManager, caseId: string, number: number): Promise<Journey> {
  const [row] = await rowsOf(manager, [caseId]);
  const steps = row?.steps.filter((step) => step.number <= number) ?? [];
  const last = steps.at(-1);
  if (!row || !last) return NOWHERE;
  const before = { ...last, retold: false };
  const known = journey({ ...row, agencyId: last.from, steps: [...steps.slice(0, -1), before] }, todayInAuckland());
  return last.state === 'opened' ? { ...known, path: known.path.slice(0, -1) } : known;
}

function rowsOf(manager: EntityManager, caseIds: readonly string[]): Promise<Row[]> {
  return manager.query<Row[]>(
    `SELECT c.id AS "caseId", c.agency_id AS "agencyId", to_char(CASE WHEN c.whole_id IS NULL THEN c.lodged_on
                         ELSE (SELECT min(happened_on) FROM case_events WHERE case_id = c.id) END, 'YYYY-MM-DD') AS "lodgedOn",
            coalesce((SELECT json_agg(json_build_object('number', r.number, 'from', r.from_agency, 'to', r.to_agency, 'state', r.state,
                               'proposedOn', to_char(r.proposed_on, 'YYYY-MM-DD'),
                               'endedOn', to_char(r.ended_on, 'YYYY-MM-DD'), 'retold', r.retold) ORDER BY r.number)
                        FROM referrals r WHERE r.case_id = c.id), '[]') AS steps
       FROM cases c WHERE c.id = ANY ($1)`,
    [caseIds],
  );
}

function journey({ agencyId, lodgedOn, steps }: Omit<Row, 'caseId'>, today: string): Journey {
  const opened = steps.filter(({ state }) => state === 'opened');
  const path: Stay[] = [];
  let from = lodgedOn;
  for (const step of opened) {
    const to = step.endedOn ?? today;
    path.push({ agencyId: step.from, from, to });
    from = to;
  }
  const returns = opened.filter(({ to }, at) => path.slice(0, at + 1).some((stay) => stay.agencyId === to));
  return {
    path: [...path, { agencyId, from, to: null }],
    handOffs: opened.length,
    bounceBacks: steps.filter(({ state }) => state === 'declined').length + returns.length,
    daysInTransit: steps.reduce((days, { proposedOn, endedOn }) => days + daysBetween(proposedOn, endedOn ?? today), 0),
    timesRetold: steps.filter(({ retold }) => retold).length,
  };
}

function daysBetween(from: string, to: string): number {
  return Math.max(0, Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000));
}
