import type { EntityManager } from 'typeorm';
import { meetClock } from '../clocks/meet-clock.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { Conflict, Invalid } from '../web/errors.js';
import { addItem, requireOpen, wasAdded } from './add-item.js';
import { lockedCaseFor } from './case-access.js';
import { addEvent } from './case-events.js';
import { CaseItem } from './case-item.entity.js';
import { needsFinalAnswer, type Outcome } from './case-outcome.js';
import type { Case } from './case.entity.js';
import { mayClose } from './case.policy.js';
import { requireComplaint } from './complaints-only.js';
import { endCase } from './end-case.js';
import { isReferred } from './referrals/is-referred.js';
import type { NewItem } from './sealed-case.js';

/**
 * Closes a complaint with an outcome and a final answer with reasons, which is a reply like any other. Sent a second time
 * it is answered as the first time. Of a disclosure nothing is closed here: that takes the steps that the law asks for.
 *
 * @param words the final answer, sealed under the newest case key; an outcome that says all may do without where the
 *   person has had an answer
 * @throws {NotFound} also to those who may not know of the case
 * @throws {Conflict} `disclosure_steps`, `part_open`, `referral_under_way`, `case_closed`, `not_placed`, `epoch_closed`,
 *   `item_exists`
 * @throws {Invalid} when the final answer is missing, or not sealed as it must be
 */
export async function closeCase(
  manager: EntityManager,
  actor: StaffActor,
  id: string,
  outcome: Outcome,
  words?: NewItem,
): Promise<void> {
  const found = await lockedCaseFor(manager, actor, id, mayClose);
  requireComplaint(found);
  if (await wasClosed(manager, actor, found, outcome, words)) return;
  requireOpen(found);
  await requireNothingOpen(manager, found);
  if (words) {
    await addItem(manager, actor, found, words, { kind: 'reply', key: 'case' });
    await addEvent(manager, found.id, 'reply');
  } else if (needsFinalAnswer(outcome, await wasAnswered(manager, found))) {
    throw new Invalid([{ field: 'item', code: 'required', message: 'Write the final answer, with the reasons.' }]);
  }
  await meetClock(manager, found.id, 'answer');
  await endCase(manager, actor, found, outcome);
}

/** Whether a colleague's or this very closing came before. @throws {Conflict} where it was closed otherwise */
async function wasClosed(
  manager: EntityManager,
  actor: StaffActor,
  found: Case,
  outcome: Outcome,
  words: NewItem | undefined,
): Promise<boolean> {
  const isThere = words !== undefined && (await wasAdded(manager, actor, found, words));
  if (found.status === 'closed') return found.outcome === outcome && (words === undefined || isThere);
  // It was closed with these words, and taken up again since.
  if (isThere) throw new Conflict('item_exists', 'This answer was sent before. Look at the case again first.');
  return false;
}

/**
 * Nothing may be left open beneath or beside it. Parts are looked at without a lock: who opens one, by splitting or by
 * taking it up again, locks its whole first.
 */
async function requireNothingOpen(manager: EntityManager, { id }: Case): Promise<void> {
  const [part] = await manager.query<unknown[]>(
    `SELECT FROM cases WHERE whole_id = $1 AND status <> 'closed' LIMIT 1`,
    [id],
  );
  if (part) throw new Conflict('part_open', 'A part of this case is still open. Close every part first.');
  if (await isReferred(manager, id)) {
    throw new Conflict(
      'referral_under_way',
      'Another agency has been asked to take this case. Take that back first, or wait for the answer.',
    );
  }
}

function wasAnswered(manager: EntityManager, { id }: Case): Promise<boolean> {
  return manager.existsBy(CaseItem, { caseId: id, kind: 'reply' });
}
