import type { EntityManager } from 'typeorm';
import { append } from '../audit/audit.js';
import { todayInAuckland } from '../clocks/calendar.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { noWall } from '../staff/walls.js';
import { NotFound } from '../web/errors.js';
import { isGrantedTo } from './granted-to.js';
import type { CasePath } from './case.entity.js';
import { mayList } from './case.policy.js';
import type { CaseStatus } from './case-status.js';
import { readCursor, writeCursor } from './list-cursor.js';

/** Cases on one page. */
export const PAGE_LENGTH = 25;

export const HOLDERS = ['all', 'mine', 'unassigned'] as const;
export type Holder = (typeof HOLDERS)[number];

/** Which cases are asked for, and after which one. */
export interface InboxQuestion {
  readonly holder: Holder;
  readonly status: CaseStatus | 'all';
  readonly after?: string | undefined;
}

/** A line of the list: all in clear, none of it anybody's words. Days are YYYY-MM-DD in Pacific/Auckland. */
interface InboxRow {
  readonly id: string;
  readonly reference: string;
  /** Code of the topic facet; null for a disclosure, whose facets are sealed. */
  readonly topic: string | null;
  readonly status: CaseStatus;
  readonly lodgedOn: string;
  readonly dueOn: string | null;
  readonly overdue: boolean;
  /** Name of who has it, or null for nobody. */
  readonly heldBy: string | null;
  readonly mine: boolean;
}

export interface InboxPage {
  readonly rows: readonly InboxRow[];
  /** Where the next page begins; null on the last. */
  readonly next: string | null;
}

/**
 * A page of the cases of the actor's agency, newest first, in one statement that an index answers whatever the number of
 * cases. Looking is audited.
 *
 * @throws {NotFound} to those who have no such list
 * @throws {Invalid} when `after` is none of ours
 */
export async function readInbox(
  manager: EntityManager,
  actor: StaffActor,
  path: CasePath,
  question: InboxQuestion,
): Promise<InboxPage> {
  if (!mayList(actor, path)) throw new NotFound();
  const { text, values } = inboxQuery(actor, path, question, todayInAuckland());
  const found = await manager.query<InboxRow[]>(text, values);
  const action = path === 'complaint' ? 'inbox.read' : 'disclosures.listed';
  await append(manager, { action, actor, dayOnly: path === 'disclosure' });
  const rows = found.slice(0, PAGE_LENGTH);
  const last = rows.at(-1);
  return { rows, next: found.length > PAGE_LENGTH && last ? writeCursor({ day: last.lodgedOn, id: last.id }) : null };
}

/** The statement of a page; apart, so that its plan can be looked at. */
export function inboxQuery(
  actor: Pick<StaffActor, 'staffId' | 'agencyId'>,
  path: CasePath,
  { holder, status, after }: InboxQuestion,
  today: string,
): { readonly text: string; readonly values: readonly unknown[] } {
  const values: unknown[] = [actor.agencyId, path, actor.staffId, today];
  const value = (given: unknown): string => `$${values.push(given).toString()}`;
  const conditions = ['c.agency_id = $1', 'c.path = $2', noWall('c', '$3')];
  if (holder === 'mine') conditions.push('c.assigned_to = $3');
  if (holder === 'unassigned') conditions.push('c.assigned_to IS NULL');
  if (status !== 'all') conditions.push(`c.status = ${value(status)}`);
  if (path === 'disclosure') conditions.push(isGrantedTo('c', '$3'));
  if (after !== undefined) {
    const { day, id } = readCursor(after);
    conditions.push(`(c.lodged_on, c.id) < (${value(day)}::date, ${value(id)}::uuid)`);
  }
  const text = `
    SELECT c.id, c.reference, c.facets ->> 'topic' AS topic, c.status,
           to_char(c.lodged_on, 'YYYY-MM-DD') AS "lodgedOn", to_char(k.due_on, 'YYYY-MM-DD') AS "dueOn",
           coalesce(k.due_on < $4::date AND c.status <> 'closed', false) AS overdue,
           (SELECT p.display_name FROM staff p WHERE p.id = c.assigned_to) AS "heldBy",
           coalesce(c.assigned_to = $3::uuid, false) AS mine
      FROM cases c
      LEFT JOIN LATERAL (SELECT min(due_on) AS due_on FROM clocks WHERE case_id = c.id AND met_on IS NULL AND stopped_on IS NULL) k ON true
     WHERE ${conditions.join(' AND ')}
     ORDER BY c.lodged_on DESC, c.id DESC
     LIMIT ${(PAGE_LENGTH + 1).toString()}`;
  return { text, values };
}
