import type { EntityManager } from 'typeorm';
import type { StaffActor } from '../staff/staff-actor.js';
import { noWall } from '../staff/walls.js';
import { isUuid } from '../vault/form.js';
import { NotFound } from '../web/errors.js';
import { Case } from './case.entity.js';
import { mayRead, type CaseReader, type CaseStanding } from './case.policy.js';

/** Says of a person whether they may do a thing with a case. */
export type May = (reader: CaseReader, standing: CaseStanding) => boolean;

/**
 * Finds a case for somebody who may do this with it.
 *
 * @param lock whether to keep everybody else from changing the case until the transaction ends
 * @throws {NotFound} where there is none, and where this person may not: nothing tells the two apart
 */
export async function caseFor(
  manager: EntityManager,
  actor: StaffActor,
  id: string,
  may: May,
  { lock = false }: { readonly lock?: boolean } = {},
): Promise<Case> {
  if (!isUuid(id)) throw new NotFound();
  const found = await manager.findOne(Case, {
    where: { id },
    ...(lock ? { lock: { mode: 'pessimistic_write' as const } } : {}),
  });
  // Asked also where there is no such case: an answer that comes sooner would say so.
  const reader = await asReader(manager, actor, id);
  if (!found || !mayRead(reader, found) || !may(reader, found)) throw new NotFound();
  return found;
}

/** A case for a change: as {@link caseFor}, its row locked. */
export function lockedCaseFor(manager: EntityManager, actor: StaffActor, id: string, may: May): Promise<Case> {
  return caseFor(manager, actor, id, may, { lock: true });
}

/** What the audit log keeps of a time: for a disclosure only the day. */
export function timeKept(found: Case): { readonly dayOnly: boolean } {
  return { dayOnly: found.path === 'disclosure' };
}

/** A person in relation to a case, whatever their agency and roles. */
async function asReader(manager: EntityManager, person: StaffActor, caseId: string): Promise<CaseReader> {
  const [row] = await manager.query<{ granted: boolean; walled: boolean }[]>(
    `SELECT EXISTS (
              SELECT FROM staff_keys k
                JOIN case_grants g ON g.reader = k.kid AND g.case_id = $1 AND g.key = 'case'
                 AND g.epoch = (SELECT max(epoch) FROM case_epochs WHERE case_id = $1 AND key = 'case')
               WHERE k.staff_id = $2 AND k.purpose = 'agreement' AND k.retired_at IS NULL) AS granted,
            EXISTS (SELECT FROM cases c WHERE c.id = $1 AND NOT ${noWall('c', '$2')}) AS walled`,
    [caseId, person.staffId],
  );
  return { person, granted: row?.granted === true, walled: row?.walled !== false };
}
