import type { EntityManager } from 'typeorm';
import { append } from '../../audit/audit.js';
import { isLodged } from '../../proofs/lodged-commitments.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { NotFound } from '../../web/errors.js';
import { addItem, wasAdded } from '../add-item.js';
import { lockedCaseFor } from '../case-access.js';
import { addEvent } from '../case-events.js';
import { mayRead } from '../case.policy.js';
import type { NewItem } from '../sealed-case.js';

/**
 * Says which of some commitments to what an officer opened was lodged. Where none was, what they opened is not what was
 * promised: that is recorded and shown to the person, once, and nothing is countersigned. Which case a commitment is of is
 * kept nowhere.
 *
 * @returns null where none was
 * @throws {NotFound} also to those who may not know of the case
 */
export async function lodgedAmong(
  manager: EntityManager,
  actor: StaffActor,
  id: string,
  commitments: readonly string[],
): Promise<string | null> {
  const found = await lockedCaseFor(manager, actor, id, mayRead);
  if (found.wholeId !== null) throw new NotFound();
  for (const commitment of commitments) if (await isLodged(manager, commitment)) return commitment;
  const known = await manager.query<unknown[]>(
    `SELECT 1 FROM case_events WHERE case_id = $1 AND kind = 'commitment_differs'`,
    [id],
  );
  if (known.length === 0) {
    await addEvent(manager, id, 'commitment_differs');
    await append(manager, { action: 'case.commitment_differs', actor, caseId: id, dayOnly: true });
  }
  return null;
}

/**
 * Takes in what an officer signed over what they opened, sealed for those who read the case. The first one counts; another,
 * or the same again, changes nothing.
 *
 * @throws {NotFound} also to those who may not know of the case
 * @throws {Conflict} `epoch_closed` when the case key has moved on
 * @throws {Invalid} when it is not sealed as it must be
 */
export async function countersignCase(
  manager: EntityManager,
  actor: StaffActor,
  id: string,
  item: NewItem,
): Promise<void> {
  const found = await lockedCaseFor(manager, actor, id, mayRead);
  if (found.wholeId !== null) throw new NotFound();
  if (await wasAdded(manager, actor, found, item)) return;
  const there = await manager.query<unknown[]>(
    `SELECT 1 FROM case_items WHERE case_id = $1 AND kind = 'countersignature'`,
    [id],
  );
  if (there.length > 0) return;
  await addItem(manager, actor, found, item, { kind: 'countersignature', key: 'case' });
  await append(manager, { action: 'case.countersigned', actor, caseId: id, subject: item.id, dayOnly: true });
}
