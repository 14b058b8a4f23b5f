import type { EntityManager } from 'typeorm';
import type { StaffActor } from '../staff/staff-actor.js';
import { Conflict } from '../web/errors.js';
import { caseFor, lockedCaseFor } from './case-access.js';
import { Case } from './case.entity.js';
import { mayReopen } from './case.policy.js';
import { requireComplaint } from './complaints-only.js';
import { takeUpAgain } from './end-case.js';

/**
 * Takes a closed complaint up again, at the agency that closed it. No clock starts anew. A part is taken up again only while
 * its whole is open: a whole is never closed over an open part.
 *
 * @throws {NotFound} also to those who may not know of the case
 * @throws {Conflict} `not_closed`, `whole_closed`, `disclosure_steps`
 */
export async function reopenCase(manager: EntityManager, actor: StaffActor, id: string): Promise<void> {
  const { wholeId } = await caseFor(manager, actor, id, mayReopen);
  // The whole first, here and where it is closed: two who lock them in different order would wait for each other.
  const whole = wholeId === null ? null : await locked(manager, wholeId);
  const found = await lockedCaseFor(manager, actor, id, mayReopen);
  if (whole?.status === 'closed') {
    throw new Conflict('whole_closed', 'The case that this is a part of is closed. It has to be taken up again first.');
  }
  requireComplaint(found);
  await takeUpAgain(manager, actor, found);
}

function locked(manager: EntityManager, id: string): Promise<Case | null> {
  return manager.findOne(Case, { where: { id }, lock: { mode: 'pessimistic_write' } });
}
