import { monthsAfter } from '../clocks/months.js';
import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { lockedCaseFor } from '../cases/case-access.js';
import { endCase, takeUpAgain } from '../cases/end-case.js';
import { requireOpen } from '../cases/add-item.js';
import { todayInAuckland } from '../clocks/calendar.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { Conflict } from '../web/errors.js';
import { mayCloseDisclosure, mayReopenDisclosure } from './disclosure.policy.js';
import { notPlaced } from './not-placed.js';
import { dutyRound } from './read-steps.js';
import type { Closing } from './closing.js';
import { tellKind } from './tell-kind.js';
import { requireNextDay } from './support/next-review.js';
import { setSupportDue } from './support/set-support-due.js';
import { MONTHS_AFTER_CLOSING } from './support/support-kinds.js';
import { by, storeStep } from './take-step.js';
import { whyNotClosed } from './why-not-closed.js';

/**
 * Closes a disclosure whose steps are all taken. How it ends is what the person was told last; a final answer they have
 * had. Closed a second time it is answered as the first time.
 *
 * @param closing when it is checked again that nobody is punished for it; of which kind the wrongdoing was, which is counted at
 *   the first closing and kept nowhere with the case: @see tellKind
 * @throws {NotFound} also to those who may not know of the case, and of a complaint
 * @throws {Conflict} `not_closed_yet` where something is missing: its page says what
 * @throws {Invalid} naming the day where it cannot be used
 */
export async function closeDisclosure(
  manager: EntityManager,
  actor: StaffActor,
  id: string,
  { recheckOn = monthsAfter(todayInAuckland(), MONTHS_AFTER_CLOSING), kind = 'not-stated' }: Closing = {},
): Promise<void> {
  const found = await lockedCaseFor(manager, actor, id, mayCloseDisclosure);
  if (found.status === 'closed') return;
  requireOpen(found);
  const missing = await whyNotClosed(manager, found);
  const duties = await dutyRound(manager, found);
  const outcome = duties?.standing.outcome;
  if (missing.length > 0 || !outcome) throw notClosedYet(missing);
  requireNextDay(recheckOn, 'recheckOn');
  if (!(await wasClosed(manager, found.id))) await tellKind(manager, Number(todayInAuckland().slice(0, 4)), kind);
  await endCase(manager, actor, found, outcome);
  await setSupportDue(manager, found.id, duties.round, recheckOn);
}

/**
 * Takes a closed disclosure up again. What it was dealt with by is done anew, and the person told again with reasons,
 * before it can be closed; no day is due for that, since no clock starts anew.
 *
 * @throws {NotFound} also to those who may not know of the case, and of a complaint
 * @throws {Conflict} `not_closed`
 */
export async function reopenDisclosure(manager: EntityManager, actor: StaffActor, id: string): Promise<void> {
  const found = await lockedCaseFor(manager, actor, id, mayReopenDisclosure);
  await takeUpAgain(manager, actor, found);
  const duties = await dutyRound(manager, found);
  if (!duties) throw notPlaced();
  await storeStep(manager, {
    id: randomUUID(),
    caseId: found.id,
    round: duties.round,
    number: duties.steps.length + 1,
    kind: 'reopen',
    ...by(actor),
    itemId: null,
    receivedOn: null,
    orally: null,
    asked: null,
    expectedOn: null,
    actions: null,
    reason: null,
    discloserConsultedOn: null,
    recipientConsultedOn: null,
  });
}

async function wasClosed(manager: EntityManager, caseId: string): Promise<boolean> {
  const closings = await manager.query<unknown[]>(
    `SELECT FROM case_events WHERE case_id = $1 AND kind = 'closed' LIMIT 1`,
    [caseId],
  );
  return closings.length > 0;
}

function notClosedYet(missing: readonly string[]): Conflict {
  const codes = missing.join(', ');
  return new Conflict(
    'not_closed_yet',
    `This disclosure cannot be closed yet: its page of steps says why (${codes}). Nothing was changed.`,
  );
}
