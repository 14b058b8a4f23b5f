import type { EntityManager } from 'typeorm';
import { append } from '../audit/audit.js';
import type { CaseStatus } from '../cases/case-status.js';
import { isGrantedTo } from '../cases/granted-to.js';
import { pageOf, readCursor, type ListCursor, type ListPage } from '../cases/list-cursor.js';
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

export interface DuePage extends ListPage<DueRow> {
  /** Where support is to be looked at again, closed ones too; on the first page. */
  readonly support: readonly SupportDueRow[];
}

/**
 * What is late on disclosures or due within {@link DUE_SOON} working days, first to last, of those that were granted to the
 * actor and from which no wall keeps them. Looking is audited.
 *
 * @param after what the page before said of where it ends: the last one of it may have moved on since
 * @throws {NotFound} to those who have no such list
 * @throws {Invalid} when `after` is none of ours
 */
export async function listDue(manager: EntityManager, actor: StaffActor, after?: string): Promise<DuePage> {
  if (!mayListDuties(actor)) throw new NotFound();
  await append(manager, { action: 'disclosures.due_listed', actor, dayOnly: true });
  const until = addWorkingDays('legislation', todayInAuckland(), DUE_SOON);
  const from = after === undefined ? undefined : readCursor(after);
  const found = await dueUntil(manager, actor, until, PAGE + 1, from);
  const support = after === undefined ? await listSupportDue(manager, actor, until) : [];
  const { rows, after: next } = pageOf(found, PAGE, ({ nextOn, id }) => ({ day: nextOn, id }));
  return { rows: rows.flatMap(({ row }) => row ?? []), support, after: next };
}

/**
 * What is past its day, the longest first, for the top of the list of disclosures: not only who holds one is told, but
 * everybody to whom it was granted. The page it stands on is audited by itself.
 */
export async function listLate(manager: EntityManager, actor: StaffActor): Promise<DueRow[]> {
  const found = await dueUntil(manager, actor, plusDays(todayInAuckland(), -1), AT_THE_TOP);
  return found.flatMap(({ row }) => row ?? []);
}

/** What was found: where it stands in the list, and its line, if anything is to be done on it. */
interface Due {
  readonly id: string;
  readonly nextOn: string;
  readonly row: DueRow | null;
}

async function dueUntil(
  manager: EntityManager,
  actor: StaffActor,
  until: string,
  most: number,
  from?: ListCursor,
): Promise<Due[]> {
  const { text, values } = dueQuery(actor, until, most, from);
  const found = await manager.query<(Omit<DueRow, 'next'> & { status: CaseStatus; nextOn: string })[]>(text, values);
  const rounds = await dutyRounds(manager, found);
  return found.map(({ id, reference, heldBy, nextOn }) => {
    const next = rounds.get(id)?.standing.next;
    return { id, nextOn, row: next ? { id, reference, next, heldBy } : null };
  });
}

/** The statement of what is due; apart, so that its plan can be looked at. */
export function dueQuery(
  { agencyId, staffId }: Pick<StaffActor, 'agencyId' | 'staffId'>,
  until: string,
  most: number,
  from?: ListCursor,
): { readonly text: string; readonly values: unknown[] } {
  const text = `
    SELECT c.id, c.reference, c.status, to_char(k.next_on, 'YYYY-MM-DD') AS "nextOn", (SELECT s.display_name FROM staff s WHERE s.id = c.assigned_to) AS "heldBy"
      FROM clocks k JOIN cases c ON c.id = k.case_id AND c.agency_id = k.agency_id AND c.status <> 'closed'
     WHERE k.agency_id = $1 AND k.kind = 's13' AND k.met_on IS NULL AND k.stopped_on IS NULL AND k.next_on <= $2
       AND ${noWall('c', '$3')} AND ${isGrantedTo('c', '$3')}
       AND ($4::date IS NULL OR (k.next_on, k.case_id) > ($4::date, $5::uuid))
     ORDER BY k.next_on, k.case_id LIMIT $6`;
  return { text, values: [agencyId, until, staffId, from?.day ?? null, from?.id ?? null, most] };
}
