import type { EntityManager } from 'typeorm';
import type { StaffActor } from '../../staff/staff-actor.js';
import { readPublicJwk, thumbprint } from '../../vault/keys.js';
import { Conflict } from '../../web/errors.js';
import { addItem } from '../add-item.js';
import { storeEpoch } from '../begin-epoch.js';
import { CaseEpoch } from '../case-epoch.entity.js';
import { CaseItem } from '../case-item.entity.js';
import type { Case } from '../case.entity.js';
import { deskReaders } from '../desk-readers.js';
import { mailboxOf } from '../mailbox-of-case.js';
import type { Referral } from './referral.entity.js';
import type { NewEpoch, NewItem } from '../sealed-case.js';

/**
 * Epochs of the `referral` key that a case may have: more than any case needs, and few enough that everybody who reads one
 * can verify the chain of them.
 */
const MOST_NOTE_EPOCHS = 20;

/**
 * Begins the epoch of a note about handing a case on: for the receiver's readers, for those who read the sender's notes,
 * and for the person, since nothing is said about them behind their back.
 *
 * @returns its number
 * @throws {Conflict} `too_many_referrals` where the case has as many as it may have
 */
export async function storeNoteEpoch(
  manager: EntityManager,
  actor: StaffActor,
  found: Case,
  receivers: readonly string[],
  epoch: NewEpoch,
): Promise<number> {
  if ((await manager.countBy(CaseEpoch, { caseId: found.id, key: 'referral' })) >= MOST_NOTE_EPOCHS) {
    throw new Conflict(
      'too_many_referrals',
      'This case has been proposed so often that it cannot be proposed any more.',
    );
  }
  const senders = (await deskReaders(manager, found)).map(({ kid }) => kid);
  const mailbox = await mailboxOf(manager, found.id);
  const person = await thumbprint(readPublicJwk(mailbox.agreementJwk));
  const readers = [...new Set([...receivers, ...senders, person])];
  return storeEpoch(manager, actor, found, { key: 'referral', readers, field: 'epoch' }, epoch);
}

/** @throws {Conflict} `item_exists` where something lies under its id already */
export async function storeNote(manager: EntityManager, actor: StaffActor, found: Case, note: NewItem): Promise<void> {
  if (await manager.existsBy(CaseItem, { id: note.id })) throw noteExists();
  await addItem(manager, actor, found, note, { kind: 'referral', key: 'referral' });
}

/** Whether some who read at the receiver now cannot open the note, or some who can do not read there any more. */
export async function noteIsForOthers(
  manager: EntityManager,
  { caseId, number, toAgency }: Pick<Referral, 'caseId' | 'number' | 'toAgency'>,
  readers: readonly string[],
): Promise<boolean> {
  const rows = await manager.query<{ reader: string }[]>(
    `SELECT g.reader FROM case_grants g
      WHERE g.case_id = $1 AND g.key = 'referral' AND g.epoch = $2
        AND (g.reader = ANY ($4)
             OR EXISTS (SELECT FROM agency_keys k WHERE k.kid = g.reader AND k.agency_id = $3)
             OR EXISTS (SELECT FROM staff_keys k WHERE k.kid = g.reader AND agency_of_staff(k.staff_id) = $3))`,
    [caseId, number, toAgency, readers],
  );
  const granted = new Set(rows.map(({ reader }) => reader));
  return granted.size !== readers.length || readers.some((reader) => !granted.has(reader));
}

export function noteExists(): Conflict {
  return new Conflict('item_exists', 'Something else was sent under the same number. Send it again.');
}
