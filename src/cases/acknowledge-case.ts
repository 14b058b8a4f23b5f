import type { EntityManager } from 'typeorm';
import { append } from '../audit/audit.js';
import { todayInAuckland } from '../clocks/calendar.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { addItem, wasAdded } from './add-item.js';
import { lockedCaseFor, timeKept } from './case-access.js';
import { Case } from './case.entity.js';
import { addEvent, tellPerson } from './case-events.js';
import { mayAcknowledge } from './case.policy.js';
import { requireComplaint } from './complaints-only.js';
import type { NewItem } from './sealed-case.js';

/**
 * Acknowledges a complaint: the person sees that somebody has it, with words of the officer's if there are any. It is not yet
 * the answer that is due, and stops no clock.
 *
 * @param words a reply sealed under the case key; sent a second time it is answered as the first time
 * @throws {NotFound} also to those who may not know of the case
 * @throws {Conflict} when it has been acknowledged already, or the case key has moved on; `disclosure_steps`
 * @throws {Invalid} when the words are not sealed as they must be
 */
export async function acknowledgeCase(
  manager: EntityManager,
  actor: StaffActor,
  id: string,
  words?: NewItem,
): Promise<void> {
  const found = await lockedCaseFor(manager, actor, id, mayAcknowledge);
  requireComplaint(found);
  if (words && (await wasAdded(manager, actor, found, words))) return;
  found.moveTo('acknowledged');
  await manager.update(Case, { id: found.id }, { status: found.status, acknowledgedOn: todayInAuckland() });
  await addEvent(manager, found.id, 'acknowledged');
  if (words) {
    await addItem(manager, actor, found, words, { kind: 'reply', key: 'case' });
    await addEvent(manager, found.id, 'reply');
  }
  await tellPerson(manager, found.id);
  await append(manager, {
    action: 'case.acknowledged',
    actor,
    caseId: found.id,
    ...(words ? { subject: words.id } : {}),
    ...timeKept(found),
  });
}
