import type { EntityManager } from 'typeorm';
import { promiseCall } from '../agencies/promise-webhook.js';
import { append } from '../audit/audit.js';
import type { Case } from '../cases/case.entity.js';
import { addEvent } from '../cases/case-events.js';
import { CaseItem } from '../cases/case-item.entity.js';
import { checkItem } from '../cases/check-item.js';
import type { NewItem } from '../cases/sealed-case.js';
import { storeItem } from '../cases/store-item.js';
import { todayInAuckland } from '../clocks/calendar.js';
import { putOutbox } from '../queue/outbox.js';
import { askForSupport } from '../disclosures/support/set-support-due.js';
import { Conflict } from '../web/errors.js';
import { mayAskForSupport, mayWrite, type MailboxActor } from './mailbox.policy.js';
import type { MessageFor, MessageTaken } from './mailbox-side.js';
import { caseOf } from './read-mailbox.js';

const PLACE = { key: 'case', kind: 'message' } as const;

/** Messages that one mailbox may add on one day: more than anybody writes, and less than fills a disk. */
export const MOST_A_DAY = 50;

/**
 * Makes the item to be added, once the case is locked.
 *
 * @param earlier what lies there already under the id, because it was sent before
 * @returns null where `earlier` says the very same
 */
export type MakeItem = (earlier: string | null) => Promise<NewItem | null>;

/**
 * Adds what the person says: the item, the step on the timeline, the entry in the log with its day alone, and the notice
 * to the agency, in the caller's transaction. Sent a second time it is answered as the first time and lies there once.
 *
 * @param id the item's id
 * @throws {NotFound} where there is no such case
 * @throws {Conflict} `item_exists`, `case_closed`, `epoch_closed`, `enough_today`, `no_support_here` of what is no disclosure that somebody has
 * @throws {Invalid} when it is not sealed as it must be, or for another place
 */
export async function addMessage(
  manager: EntityManager,
  actor: MailboxActor,
  id: string,
  make: MakeItem,
  { part, support = false }: MessageFor = {},
): Promise<MessageTaken> {
  const found = await caseOf(manager, actor, { lock: true, part });
  const earlier = await earlierMessage(manager, found, id);
  const item = await make(earlier?.jwe ?? null);
  if (earlier && item === null) return { id, on: earlier.madeOn };
  if (earlier || item === null) throw exists();
  if (support && !mayAskForSupport(actor, found)) throw noSupport();
  if (!support && !mayWrite(actor, found)) throw new Conflict('case_closed', 'This case is closed. Nothing was sent.');
  const epoch = await checkItem(manager, { caseId: found.id, ...PLACE }, item);
  const today = todayInAuckland();
  await requireRoom(manager, found, today);
  await storeItem(manager, {
    id,
    caseId: found.id,
    ...PLACE,
    epoch,
    author: 'person',
    staffId: null,
    jwe: item.jwe,
    madeOn: today,
  });
  await addEvent(manager, found.id, 'message');
  if (support) await askForSupport(manager, found.id);
  // Of a disclosure too, where it does nothing: whoever looks after the queues would tell the two apart by their counts. The
  // agency hears of it by its daily digest alone, since the hour of a mail would be the hour of the message.
  await putOutbox(manager, { queue: 'delivery', name: 'tell_agency', caseId: found.id });
  const occasion = { event: 'case.message', agencyId: found.agencyId, caseId: found.id, itemId: id } as const;
  await promiseCall(manager, found.path, occasion);
  await append(manager, { action: 'case.message_added', actor, agencyId: found.agencyId, subject: id });
  return { id, on: today };
}

/** @throws {Conflict} where something else lies under the id, in this case or in any other */
async function earlierMessage(manager: EntityManager, found: Case, id: string): Promise<CaseItem | null> {
  const there = await manager.findOneBy(CaseItem, { id });
  if (!there) return null;
  if (there.caseId !== found.id || there.author !== 'person' || there.kind !== PLACE.kind) throw exists();
  return there;
}

async function requireRoom(manager: EntityManager, found: Case, today: string): Promise<void> {
  const [row] = await manager.query<{ sent: number }[]>(
    `SELECT count(*)::integer AS sent FROM case_items WHERE case_id = $1 AND author = 'person' AND made_on = $2`,
    [found.id, today],
  );
  if ((row?.sent ?? 0) >= MOST_A_DAY) {
    throw new Conflict('enough_today', 'So much was sent today that no more can be taken. It can be sent tomorrow.');
  }
}

function noSupport(): Conflict {
  return new Conflict(
    'no_support_here',
    'That can be told of a disclosure alone, once somebody has it. Nothing was sent.',
  );
}

function exists(): Conflict {
  return new Conflict('item_exists', 'Something else was sent under the same number. Send it again under a new one.');
}
