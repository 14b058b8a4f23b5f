import type { EntityManager } from 'typeorm';
import { append } from '../audit/audit.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { addItem, requireOpen, wasAdded } from './add-item.js';
import { beginDesk, requireDeskFor } from './begin-desk.js';
import { lockedCaseFor, timeKept } from './case-access.js';
import { mayNote } from './case.policy.js';
import type { NewDeskEpoch, NewItem } from './sealed-case.js';

/**
 * Adds a note for those at the agency who read the case, and for nobody else. The first note brings the desk key's epoch
 * with it, and so does the first after somebody was kept out or has left. Sent a second time it is answered as the first time.
 *
 * @throws {NotFound} also to those who may not know of the case
 * @throws {Conflict} when somebody else began the desk key first, or it has moved on: look again and seal again
 * @throws {Invalid} when something is not made as it must be
 */
export async function addNote(
  manager: EntityManager,
  actor: StaffActor,
  id: string,
  item: NewItem,
  desk?: NewDeskEpoch,
): Promise<void> {
  const found = await lockedCaseFor(manager, actor, id, mayNote);
  if (await wasAdded(manager, actor, found, item)) return;
  requireOpen(found);
  if (desk) await beginDesk(manager, actor, found, desk);
  await addItem(manager, actor, found, item, { kind: 'note', key: 'desk' });
  // Last: what is no note at all is named as such first.
  if (!desk) await requireDeskFor(manager, found);
  await append(manager, { action: 'case.noted', actor, caseId: found.id, subject: item.id, ...timeKept(found) });
}
