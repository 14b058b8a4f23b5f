import type { EntityManager } from 'typeorm';
import { append } from '../audit/audit.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { Conflict } from '../web/errors.js';
import { caseFor, lockedCaseFor, timeKept } from './case-access.js';
import { addEvent, tellPerson } from './case-events.js';
import { Case } from './case.entity.js';
import { mayReopen } from './case.policy.js';

/**
 * Takes a closed case up again, at the agency that closed it. No clock starts anew. A part is taken up again only while
 * its whole is open: a whole is never closed over an open part.
 *
 * @throws {NotFound} also to those who may not know of the case
 * @throws {Conflict} `not_closed`, `whole_closed`
 */
export async function reopenCase(manager: EntityManager, actor: StaffActor, id: string): Promise<void> {
  const { wholeId } = await caseFor(manager, actor, id, mayReopen);
  // The whole first, here and where it is closed: two who lock them in different order would wait for each other.
  const whole = wholeId === null ? null : await locked(manager, wholeId);
  const found = await lockedCaseFor(manager, actor, id, mayReopen);
  if (whole?.status === 'closed') {
    throw new Conflict('whole_closed', 'The case that this is a part of is closed. It has to be taken up again first.');
  }
  found.reopen();
  const { status, outcome, closedOn } = found;
  await manager.update(Case, { id: found.id }, { status, outcome, closedOn });
  await addEvent(manager, found.id, 'reopened');
  await tellPerson(manager, found.id);
  await append(manager, { action: 'case.reopened', actor, caseId: found.id, ...timeKept(found) });
}

function locked(manager: EntityManager, id: string): Promise<Case | null> {
  return manager.findOne(Case, { where: { id }, lock: { mode: 'pessimistic_write' } });
}
