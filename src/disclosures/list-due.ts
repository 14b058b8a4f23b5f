import type { EntityManager } from 'typeorm';
import { append } from '../audit/audit.js';
import type { CaseStatus } from '../cases/case-status.js';
import { isGrantedTo } from '../cases/granted-to.js';
import { addWorkingDays, todayInAuckland } from '../clocks/calendar.js';
import { plusDays } from '../clocks/holidays.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { noWall } from '../staff/walls.js';
import { NotFound } from '../web/errors.js';
import { mayListDuties } from './disclosure.policy.js';
import type { Standing } from './duty-steps.js';
import { dutyRounds } from './read-steps.js';
import { listSupportDue, type SupportDueRow } from './support/list-support-due.js';

/** Working days ahead that the list of what is due looks. */
export const DUE_SOON = 5;

/** Lines of one page, and of what stands at the top of the list of disclosures. */
const PAGE = 50;
const AT_THE_TOP = 10;

/** A disclosure on which something is due. Days are YYYY-MM-DD. */
export interface DueRow {
  readonly id: string;
  readonly reference: string;
  readonly next: NonNullable<Standing['next']>;
  /** Name of who has it, or null for nobody. */
  readonly heldBy: string | null;
}

export interface DuePage {
  readonly rows: readonly DueRow[];
  /** Where support is to be looked at again, closed ones too; on the first page. */
  readonly support: readonly SupportDueRow[];
  /** Id of the disclosure after which there are more; null on the last page. */
  readonly after: string | null;
}

/**
 * What is late on disclosures or due within {@link DUE_SOON} working days, first to last, of those that were granted to the
 * actor and from which no wall keeps them. Looking is audited.
 *
 * @param after id of the last disclosure already seen
 * @throws {NotFound} to those who have no such list
 */
export async function listDue(manager: EntityManager, actor: StaffActor, after?: string): Promise<DuePage> {
  if (!mayListDuties(actor)) throw new NotFound();
  await append(manager, { action: 'disclosures.due_listed', actor, dayOnly: true });
  const until = addWorkingDays('legislation', todayInAuckland(), DUE_SOON);
  const rows = await dueUntil(manager, actor, until, PAGE + 1, after);
  const support = after === undefined ? await listSupportDue(manager, actor, until) : [];
  return { rows: rows.slice(0, PAGE), support, after: rows.length > PAGE ? (rows[PAGE - 1]?.id ?? null) : null };
}

/**
 * What is past its day, the longest first, for the top of the list of disclosures: not only who holds one is told, but
 * everybody to whom it was granted. The page it stands on is audited by itself.
 */
export function listLate(manager: EntityManager, actor: StaffActor): Promise<DueRow[]> {
  return dueUntil(manager, actor, plusDays(todayInAuckland(), -1), AT_THE_TOP);
}

async function dueUntil(
  manager: EntityManager,
  actor: StaffActor,
  until: string,
  most: number,
  after?: string,
): Promise<DueRow[]> {
  const { text, values } = dueQuery(actor, until, most, after);
  const found = await manager.query<(Omit<DueRow, 'next'> & { status: CaseStatus })[]>(text, values);
  const rounds = await dutyRounds(manager, found);
  return found.flatMap(({ id, reference, heldBy }) => {
    const next = rounds.get(id)?.standing.next;
    return next ? [{ id, reference, next, heldBy }] : [];
  });
}

/** The statement of what is due; apart, so that its plan can be looked at. */
export function dueQuery(
  { agencyId, staffId }: Pick<StaffActor, 'agencyId' | 'staffId'>,
  until: string,
  most: number,
  after?: string,
): { readonly text: string; readonly values: unknown[] } {
  const text = `
    SELECT c.id, c.reference, c.status, (SELECT s.display_name FROM staff s WHERE s.id = c.assigned_to) AS "heldBy"
      FROM clocks k JOIN cases c ON c.id = k.case_id AND c.agency_id = k.agency_id AND c.status <> 'closed'
     WHERE k.agency_id = $1 AND k.kind = 's13' AND k.met_on IS NULL AND k.stopped_on IS NULL AND k.next_on <= $2
       AND ${noWall('c', '$3')} AND ${isGrantedTo('c', '$3')}
       AND ($4::uuid IS NULL OR (k.next_on, k.case_id) > (
         SELECT l.next_on, l.case_id FROM clocks l
          WHERE l.case_id = $4 AND l.kind = 's13' AND l.stopped_on IS NULL LIMIT 1))
     ORDER BY k.next_on, k.case_id LIMIT $5`;
  return { text, values: [agencyId, until, staffId, after ?? null, most] };
}
