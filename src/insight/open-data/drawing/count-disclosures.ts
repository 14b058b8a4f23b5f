import type { EntityManager } from 'typeorm';
import type { Directory } from '../../../agencies/directory.js';
import { todayInAuckland } from '../../../clocks/calendar.js';
import { standingOf, type TakenStep } from '../../../disclosures/duty-steps.js';
import { UNKNOWN } from '../../../routing/facets.js';
import type { Period } from '../periods.js';
import { sectorGroup } from '../sector-groups.js';
import type { DatasetSpec } from '../table-spec.js';
import { TrueCounts } from './true-counts.js';

/** A disclosure, as much of it as is counted. Days are YYYY-MM-DD. */
export interface FoundDisclosure {
  readonly id: string;
  /** Id of who received it first. */
  readonly agency: string | null;
  readonly receivedOn: string;
  /** The day of its first closing. */
  readonly closedOn: string | null;
  /** The last of the twenty working days of who received it first; none before it was placed. */
  readonly dueOn: string | null;
}

/** A step of section 13 that was taken with a disclosure. */
export interface FoundStep extends TakenStep {
  readonly caseId: string;
  /** Which agency's turn it was, from the first. */
  readonly round: number;
}

/** Disclosures that were first closed in a year, by the kind that was told then. */
export interface ToldKind {
  readonly kind: string;
  readonly n: number;
}

/* At most a few hundred in a year, for the whole country. */
const DISCLOSURES = `
  SELECT c.id, e.agency, to_char(c.lodged_on, 'YYYY-MM-DD') AS "receivedOn", to_char(e.closed_on, 'YYYY-MM-DD') AS "closedOn",
         to_char(k.due_on, 'YYYY-MM-DD') AS "dueOn"
    FROM cases c
   CROSS JOIN LATERAL (
     SELECT min(s.happened_on) FILTER (WHERE s.kind = 'closed') AS closed_on,
            (array_agg(s.agency_id ORDER BY s.position))[1] AS agency
       FROM case_events s WHERE s.case_id = c.id) e
    LEFT JOIN LATERAL (
     SELECT a.due_on FROM clocks a WHERE a.case_id = c.id AND a.kind = 's13' ORDER BY a.round LIMIT 1) k ON true
   WHERE c.path = 'disclosure' AND c.whole_id IS NULL
     AND (c.lodged_on BETWEEN $1 AND $2 OR e.closed_on BETWEEN $1 AND $2)`;

const STEPS = `
  SELECT case_id AS "caseId", round, kind, to_char(taken_on, 'YYYY-MM-DD') AS "takenOn",
         to_char(expected_on, 'YYYY-MM-DD') AS "expectedOn", actions
    FROM disclosure_steps WHERE case_id = ANY ($1) ORDER BY case_id, round, number`;

/**
 * Counts the disclosures of a year from the cases themselves: when they came and first ended, and their steps. What kind of
 * wrongdoing each was is not among that; it was told at the first closing, and is kept in a tally that names no case, until
 * the year is drawn (@see forgetKinds). Runs as `disclosure_figures`, which sees no complaint.
 */
export async function countDisclosures(
  manager: EntityManager,
  dataset: DatasetSpec,
  period: Period,
  directory: Directory,
): Promise<TrueCounts> {
  const found = await manager.query<FoundDisclosure[]>(DISCLOSURES, [period.firstDay, period.lastDay]);
  const steps = await manager.query<FoundStep[]>(STEPS, [found.map(({ id }) => id)]);
  const kinds = await manager.query<ToldKind[]>('SELECT kind, n FROM disclosure_kinds WHERE year = $1', [
    Number(period.text),
  ]);
  return tallyDisclosures(dataset, period, directory, found, steps, kinds);
}

/**
 * Puts disclosures into the tables. One more disclosure is in at most one cell more of each of the two tables of its receipt
 * and the two of its closing: the noise is made for that.
 *
 * @param steps of all of them, those of each in the order in which they were taken
 * @throws RangeError when a kind is declared nowhere
 */
export function tallyDisclosures(
  dataset: DatasetSpec,
  period: Period,
  directory: Directory,
  found: readonly FoundDisclosure[],
  steps: readonly FoundStep[],
  kinds: readonly ToldKind[],
): TrueCounts {
  const counts = new TrueCounts(dataset, period);
  const within = (day: string | null): boolean => day !== null && day >= period.firstDay && day <= period.lastDay;
  for (const disclosure of found) {
    const own = steps.filter(({ caseId }) => caseId === disclosure.id);
    if (within(disclosure.receivedOn)) {
      const { sector } = directory.get(disclosure.agency ?? '') ?? { sector: UNKNOWN };
      counts.add('by-sector', [sectorGroup(sector)]);
      counts.add('by-timeliness', [timelinessOf(own, disclosure.dueOn)]);
    }
    const outcome = within(disclosure.closedOn) ? firstOutcome(own) : null;
    if (outcome !== null) counts.add('by-outcome', [outcome]);
  }
  for (const { kind, n } of kinds) counts.add('by-kind', [kind], n);
  return counts;
}

/**
 * Deletes the tally of kinds of a year, in the transaction that draws it: beside the noisy figures it would undo their noise.
 * Of a year that was not drawn the database lets nothing go. Runs as `disclosure_figures`.
 */
export async function forgetKinds(manager: EntityManager, { text }: Period): Promise<void> {
  await manager.query('DELETE FROM disclosure_kinds WHERE year = $1', [Number(text)]);
}

/** When all steps were done by who received it first. Told or not that it takes longer, the twenty days stay twenty. */
function timelinessOf(steps: readonly FoundStep[], dueOn: string | null): 'within-20' | 'after-20' | 'open' {
  const first = beforeReopening(steps.filter(({ round }) => round === steps[0]?.round));
  if (dueOn === null || first.length === 0) return 'open';
  const { duties, missing } = standingOf(first, dueOn, todayInAuckland(), true);
  if (missing.length > 0) return 'open';
  return duties.every(({ doneOn }) => doneOn !== null && doneOn <= dueOn) ? 'within-20' : 'after-20';
}

/** How it ended at its first closing: by the steps, before anybody took it up again, of the agency that closed it. */
function firstOutcome(steps: readonly FoundStep[]): string | null {
  const before = beforeReopening(steps);
  const last = before.at(-1);
  if (!last) return null;
  const closing = before.filter(({ round }) => round === last.round);
  return standingOf(closing, last.takenOn, last.takenOn, true).outcome;
}

function beforeReopening(steps: readonly FoundStep[]): readonly FoundStep[] {
  const again = steps.findIndex(({ kind }) => kind === 'reopen');
  return again < 0 ? steps : steps.slice(0, again);
}
