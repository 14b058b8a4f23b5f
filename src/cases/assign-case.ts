import type { EntityManager } from 'typeorm';
import { append } from '../audit/audit.js';
import { colleagues, type Colleague } from '../staff/colleagues.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { kidsBehindWalls } from '../staff/walls.js';
import { Conflict, Invalid } from '../web/errors.js';
import { requireOpen } from './add-item.js';
import { lockedCaseFor, timeKept } from './case-access.js';
import { Case } from './case.entity.js';
import { addEvent } from './case-events.js';
import { mayAssign, mayRead, type CaseReader } from './case.policy.js';

/** Somebody a case may be given to. */
export interface Candidate {
  readonly staffId: string;
  readonly displayName: string;
}

/** The colleagues who may read a case and can therefore be given it, by name. */
export async function candidatesFor(manager: EntityManager, found: Case): Promise<Candidate[]> {
  const readers = await readersOf(manager, found);
  return readers
    .filter((reader) => mayRead(reader, found))
    .map(({ person }) => ({ staffId: person.staffId, displayName: person.displayName }));
}

/**
 * Gives a case to a colleague, or takes it.
 *
 * @param to who is to have it
 * @param heldBy who had it when the actor looked, or null; two who take the same case at once do not both get it
 * @throws {NotFound} also to those who may not know of the case
 * @throws {Invalid} when `to` is nobody who may read it
 * @throws {Conflict} `held_by_another` when it has gone to somebody else meanwhile, `case_closed`
 */
export async function assignCase(
  manager: EntityManager,
  actor: StaffActor,
  id: string,
  { to, heldBy }: { readonly to: string; readonly heldBy: string | null },
): Promise<void> {
  const found = await lockedCaseFor(manager, actor, id, mayRead);
  if (found.assignedTo === to) return;
  if (found.assignedTo !== heldBy) {
    throw new Conflict('held_by_another', 'This case has been given to somebody else meanwhile. Look again first.');
  }
  requireOpen(found);
  const readers = await readersOf(manager, found);
  const by = readers.find(({ person }) => person.staffId === actor.staffId);
  const reader = readers.find(({ person }) => person.staffId === to);
  if (!by || !reader || !mayAssign({ ...by, person: actor }, found, reader)) {
    throw new Invalid([{ field: 'to', code: 'not_one_of', message: 'Choose somebody who may read this case.' }]);
  }
  await manager.update(Case, { id: found.id }, { assignedTo: to });
  await addEvent(manager, found.id, 'assigned');
  await append(manager, { action: 'case.assigned', actor, caseId: found.id, subject: to, ...timeKept(found) });
}

/** The colleagues at the agency that has a case, each in relation to it. */
export async function readersOf(manager: EntityManager, found: Case): Promise<CaseReader[]> {
  const people = await colleagues(manager, found.agencyId);
  const granted = await manager.query<{ reader: string }[]>(
    `SELECT reader FROM case_grants
      WHERE case_id = $1 AND key = 'case'
        AND epoch = (SELECT max(epoch) FROM case_epochs WHERE case_id = $1 AND key = 'case')`,
    [found.id],
  );
  const readers = new Set(granted.map(({ reader }) => reader));
  const behindWalls = await kidsBehindWalls(manager, found.id);
  return people.map((colleague) => ({
    person: personOf(colleague, found.agencyId),
    granted: readers.has(colleague.agreement.kid),
    walled: behindWalls.has(colleague.agreement.kid),
  }));
}

function personOf({ staffId, displayName, roles }: Colleague, agencyId: string): StaffActor {
  return { kind: 'staff', staffId, agencyId, roles, displayName };
}
