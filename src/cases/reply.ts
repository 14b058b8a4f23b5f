import type { EntityManager } from 'typeorm';
import { append } from '../audit/audit.js';
import { meetClock } from '../clocks/meet-clock.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { addItem, requireOpen, wasAdded } from './add-item.js';
import { lockedCaseFor, timeKept } from './case-access.js';
import { addEvent, tellPerson } from './case-events.js';
import { mayReply } from './case.policy.js';
import type { NewItem } from './sealed-case.js';

/**
 * Answers the person: a reply sealed under the newest case key, which they open with their receipt. Sent a second time
 * it is answered as the first time, and lies there once. The first reply is the answer that a complaint's clock waits
 * for; the steps of section 13 on a disclosure are more than a reply.
 *
 * @throws {NotFound} also to those who may not know of the case
 * @throws {Conflict} when the case is closed, or its key has moved on
 * @throws {Invalid} when it is not sealed as it must be
 */
export async function reply(manager: EntityManager, actor: StaffActor, id: string, item: NewItem): Promise<void> {
  const found = await lockedCaseFor(manager, actor, id, mayReply);
  if (await wasAdded(manager, actor, found, item)) return;
  requireOpen(found);
  await addItem(manager, actor, found, item, { kind: 'reply', key: 'case' });
  await addEvent(manager, found.id, 'reply');
  await meetClock(manager, found.id, 'answer');
  await tellPerson(manager, found.id);
  await append(manager, { action: 'case.replied', actor, caseId: found.id, subject: item.id, ...timeKept(found) });
}
