import type { EntityManager } from 'typeorm';
import { append } from '../audit/audit.js';
import { todayInAuckland } from '../clocks/calendar.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { timeKept } from './case-access.js';
import { addEvent, tellPerson } from './case-events.js';
import type { AnyOutcome } from './case-outcome.js';
import { Case } from './case.entity.js';

/**
 * Ends a locked case today, and tells the person. Whether it may end so has been asked.
 *
 * @throws {Conflict} when it has ended already, or has not been placed yet
 */
export async function endCase(
  manager: EntityManager,
  actor: StaffActor,
  found: Case,
  outcome: AnyOutcome,
): Promise<void> {
  found.close(outcome, todayInAuckland());
  const { status, closedOn } = found;
  await manager.update(Case, { id: found.id }, { status, outcome, closedOn });
  await addEvent(manager, found.id, 'closed');
  await tellPerson(manager, found.id);
  await append(manager, { action: 'case.closed', actor, caseId: found.id, subject: outcome, ...timeKept(found) });
}

/**
 * Takes a locked case up again, and tells the person. Whether it may be has been asked.
 *
 * @throws {Conflict} `not_closed`
 */
export async function takeUpAgain(manager: EntityManager, actor: StaffActor, found: Case): Promise<void> {
  found.reopen();
  const { status, outcome, closedOn } = found;
  await manager.update(Case, { id: found.id }, { status, outcome, closedOn });
  await addEvent(manager, found.id, 'reopened');
  await tellPerson(manager, found.id);
  await append(manager, { action: 'case.reopened', actor, caseId: found.id, ...timeKept(found) });
}
