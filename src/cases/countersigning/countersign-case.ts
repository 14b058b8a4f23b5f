import type { EntityManager } from 'typeorm';
import { append } from '../../audit/audit.js';
import { isLodged, wereKeptOn } from '../../proofs/lodged-commitments.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { NotFound } from '../../web/errors.js';
import { addItem, wasAdded } from '../add-item.js';
import { lockedCaseFor } from '../case-access.js';
import { addEvent } from '../case-events.js';
import { mayRead } from '../case.policy.js';
import type { NewItem } from '../sealed-case.js';
import type { ComparedLodging, Countersigned } from './seal-countersignature.js';

/** Countersignatures on one case: the person needs one that verifies, and whoever looks for it tries each. */
const MOST = 8;

/**
 * Says which of some commitments to what an officer opened was lodged. Where none was, what they opened is not what was
 * promised: that is recorded and shown to the person, once, and nothing is countersigned. Of what was lodged before
 * commitments were kept nothing can be said. Which case a commitment is of is kept nowhere.
 *
 * @throws {NotFound} also to those who may not know of the case
 */
export async function lodgedAmong(
  manager: EntityManager,
  actor: StaffActor,
  id: string,
  commitments: readonly string[],
): Promise<ComparedLodging> {
  const found = await lockedCaseFor(manager, actor, id, mayRead);
  if (found.wholeId !== null) throw new NotFound();
  for (const commitment of commitments)
    if (await isLodged(manager, commitment)) return { lodged: commitment, kept: true };
  if (!(await wereKeptOn(manager, found.lodgedOn))) return { lodged: null, kept: false };
  const known = await manager.query<unknown[]>(
    `SELECT 1 FROM case_events WHERE case_id = $1 AND kind = 'commitment_differs'`,
    [id],
  );
  if (known.length === 0) {
    await addEvent(manager, id, 'commitment_differs');
    await append(manager, { action: 'case.commitment_differs', actor, caseId: id, dayOnly: true });
  }
  return { lodged: null, kept: true };
}

/**
 * Takes in what an officer signed over what they opened, sealed for those who read the case. Whether it verifies only they
 * see, so that each of some officers may sign; the same again, or a second one of the same officer, changes nothing.
 *
 * @returns whether it is stored: not where this officer has signed otherwise before, or as many have as may
 * @throws {NotFound} also to those who may not know of the case
 * @throws {Conflict} `epoch_closed` when the case key has moved on
 * @throws {Invalid} when it is not sealed as it must be
 */
export async function countersignCase(
  manager: EntityManager,
  actor: StaffActor,
  id: string,
  item: NewItem,
): Promise<Countersigned> {
  const found = await lockedCaseFor(manager, actor, id, mayRead);
  if (found.wholeId !== null) throw new NotFound();
  if (await wasAdded(manager, actor, found, item)) return { stored: true };
  const there = await manager.query<{ own: boolean }[]>(
    `SELECT staff_id = $2 AS own FROM case_items WHERE case_id = $1 AND kind = 'countersignature'`,
    [id, actor.staffId],
  );
  if (there.length >= MOST || there.some(({ own }) => own)) return { stored: false };
  await addItem(manager, actor, found, item, { kind: 'countersignature', key: 'case' });
  await append(manager, { action: 'case.countersigned', actor, caseId: id, subject: item.id, dayOnly: true });
  return { stored: true };
}
