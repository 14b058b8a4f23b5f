import type { EntityManager } from 'typeorm';
import type { StaffActor } from '../staff/staff-actor.js';
import { readEpochRecord } from '../vault/epochs.js';
import { Conflict } from '../web/errors.js';
import { epochClosed, storeEpoch } from './begin-epoch.js';
import type { Case } from './case.entity.js';
import { deskReaders } from './desk-readers.js';
import type { NewDeskEpoch } from './sealed-case.js';

/**
 * Begins the desk key of a locked case, once at each agency that has it and again when somebody is to read no more of
 * it: granted to exactly those who read notes on it now, and so never to the mailbox, nor to an agency that had the case
 * before, nor to who is kept out of it.
 *
 * @throws {Conflict} `desk_begun` when somebody was first, `readers_changed` when the readers are no longer those it was
 *   granted to; the browser looks again and seals again
 * @throws {Invalid} when record or grants are not what they must be
 */
export async function beginDesk(
  manager: EntityManager,
  actor: StaffActor,
  found: Case,
  sent: NewDeskEpoch,
): Promise<void> {
  const readers = (await deskReaders(manager, found)).map(({ kid }) => kid);
  if (await isBegunFor(manager, found, readers)) {
    throw new Conflict('desk_begun', 'A colleague has just begun the notes of this case. Send it again.');
  }
  await storeEpoch(manager, actor, found, { key: 'desk', readers, field: 'desk' }, sent);
}

/**
 * A note under a desk key that others read than those who should read notes now is turned away.
 *
 * @throws {Conflict} `epoch_closed`: the browser looks again and begins the next
 */
export async function requireDeskFor(manager: EntityManager, found: Case): Promise<void> {
  const readers = (await deskReaders(manager, found)).map(({ kid }) => kid);
  if (!(await isBegunFor(manager, found, readers))) throw epochClosed();
}

/** Whether the newest desk key is granted to those who read notes now and nobody else; that of another agency is not. */
async function isBegunFor(manager: EntityManager, found: Case, readers: readonly string[]): Promise<boolean> {
  const [newest] = await manager.query<{ record: string }[]>(
    `SELECT record FROM case_epochs WHERE case_id = $1 AND key = 'desk' ORDER BY epoch DESC LIMIT 1`,
    [found.id],
  );
  const granted = new Set(newest ? readEpochRecord(newest.record).readers : []);
  return granted.size > 0 && granted.size === readers.length && readers.every((reader) => granted.has(reader));
}
