import type { EntityManager } from 'typeorm';
import { isUuid } from '../vault/form.js';
import { Invalid } from '../web/errors.js';

/** Entries on one page. */
const ENTRIES_PAGE = 50;

/** Stands for every action of something refused. */
export const REFUSED = 'refused';

/** Which entries are wanted; what is left out is not asked for. Days are YYYY-MM-DD in Pacific/Auckland, both included. */
export interface EntryQuestion {
  readonly agencyId?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** A code, or {@link REFUSED}. */
  readonly action?: string | undefined;
  readonly actorId?: string | undefined;
  readonly caseId?: string | undefined;
  /** Where a page before ended. */
  readonly after?: string | undefined;
}

/** An entry as an auditor sees it: ids and codes. */
export interface FoundEntry {
  readonly id: string;
  readonly action: string;
  readonly actorKind: 'staff' | 'system';
  readonly actorId: string;
  readonly agencyId: string | null;
  readonly caseId: string | null;
  readonly subject: string | null;
  readonly happenedAt: Date;
}

/**
 * A page of the entries that have a time, the newest first. What people did on the public side and everything about
 * disclosures has only a day, and so is never among them.
 *
 * @param manager a transaction in which the log may be read
 * @throws {Invalid} when `after` is nothing that we wrote
 */
export async function searchEntries(
  manager: EntityManager,
  question: EntryQuestion,
): Promise<{ readonly entries: readonly FoundEntry[]; readonly next: string | null }> {
  const { text, values } = entriesQuery(question);
  const found = await manager.query<FoundEntry[]>(text, [...values]);
  const entries = found.slice(0, ENTRIES_PAGE);
  const last = entries.at(-1);
  return { entries, next: found.length > ENTRIES_PAGE && last ? writePlace(last) : null };
}

/** The statement of a page; apart, so that its plan can be looked at. */
export function entriesQuery(question: EntryQuestion): { readonly text: string; readonly values: readonly unknown[] } {
  const values: unknown[] = [];
  const value = (given: unknown): string => `$${values.push(given).toString()}`;
  const conditions = ['happened_at IS NOT NULL', ...conditionsOf(question, value)];
  if (question.after !== undefined) {
    const { at, id } = readPlace(question.after);
    conditions.push(`(happened_at, id) < (${value(at)}::timestamptz, ${value(id)}::uuid)`);
  }
  const text = `
    SELECT id, action, actor_kind AS "actorKind", actor_id AS "actorId", agency_id AS "agencyId", case_id AS "caseId",
           subject, happened_at AS "happenedAt"
      FROM audit_entries WHERE ${conditions.join(' AND ')}
     ORDER BY happened_at DESC, id DESC LIMIT ${(ENTRIES_PAGE + 1).toString()}`;
  return { text, values };
}

/** What a question asks for, as conditions on `audit_entries`. */
export function conditionsOf(
  { agencyId, from, to, action, actorId, caseId }: EntryQuestion,
  value: (given: unknown) => string,
): string[] {
  const conditions: string[] = [];
  const midnight = (day: string): string => `(${day}::date)::timestamp AT TIME ZONE 'Pacific/Auckland'`;
  if (agencyId !== undefined) conditions.push(`agency_id = ${value(agencyId)}`);
  if (action === REFUSED) conditions.push(`action LIKE 'refused.%'`);
  else if (action !== undefined) conditions.push(`action = ${value(action)}`);
  if (actorId !== undefined) conditions.push(`actor_id = ${value(actorId)}`);
  if (caseId !== undefined) conditions.push(`case_id = ${value(caseId)}`);
  if (from !== undefined) conditions.push(`happened_at >= ${midnight(value(from))}`);
  if (to !== undefined) conditions.push(`happened_at < ${midnight(`(${value(to)}::date + 1)`)}`);
  return conditions;
}

function writePlace({ happenedAt, id }: FoundEntry): string {
  return Buffer.from(`${happenedAt.toISOString()}~${id}`).toString('base64url');
}

function readPlace(text: string): { readonly at: string; readonly id: string } {
  const [at = '', id] = Buffer.from(text, 'base64url').toString('latin1').split('~');
  const time = new Date(at);
  if (!isUuid(id) || Number.isNaN(time.getTime()) || time.toISOString() !== at) {
    throw new Invalid([{ field: 'after', code: 'invalid', message: 'Go to the first page and on from there.' }]);
  }
  return { at, id };
}
