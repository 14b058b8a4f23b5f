import type { EntityManager } from 'typeorm';
import { todayInAuckland } from '../clocks/calendar.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { Conflict } from '../web/errors.js';
import type { Case } from './case.entity.js';
import { CaseItem } from './case-item.entity.js';
import { checkItem } from './check-item.js';
import type { NewItem } from './sealed-case.js';
import { storeItem } from './store-item.js';

/**
 * What an officer may add: an answer to the person, a note for colleagues, a note about handing the case on, or into a part
 * what is passed on of its whole; and that what they opened is what was promised.
 */
export type OfficersItem =
  | { readonly kind: 'reply'; readonly key: 'case' }
  | { readonly kind: 'note'; readonly key: 'desk' }
  | { readonly kind: 'referral'; readonly key: 'referral' }
  | { readonly kind: 'excerpt'; readonly key: 'case' }
  | { readonly kind: 'countersignature'; readonly key: 'case' };

/** Turns away what can no longer be added to. @throws {Conflict} `case_closed`, `not_placed` */
export function requireOpen(found: Case): void {
  if (found.status === 'lodged')
    throw new Conflict('not_placed', 'This case is still being placed. Try again in a moment.');
  if (found.status === 'closed') throw new Conflict('case_closed', 'This case is closed. Nothing was sent.');
}

/**
 * Whether this very item lies in the case already, because a browser sent it twice.
 *
 * @throws {Conflict} `item_exists` when something else does under the same id
 */
export async function wasAdded(
  manager: EntityManager,
  actor: StaffActor,
  found: Case,
  sent: NewItem,
): Promise<boolean> {
  const there = await manager.findOneBy(CaseItem, { id: sent.id });
  if (!there) return false;
  if (there.caseId === found.id && there.staffId === actor.staffId && there.jwe === sent.jwe) return true;
  throw new Conflict('item_exists', 'Something else was sent under the same number. Send it again.');
}

/**
 * Adds a sealed item to a locked case, after checking all that can be checked without a key.
 *
 * @throws {Invalid} when it is not sealed as it must be, or for another place
 * @throws {Conflict} `epoch_closed` when the key has moved on: the browser seals again under the newest
 */
export async function addItem(
  manager: EntityManager,
  actor: StaffActor,
  found: Case,
  sent: NewItem,
  { kind, key }: OfficersItem,
): Promise<void> {
  const epoch = await checkItem(manager, { caseId: found.id, key, kind }, sent);
  await storeItem(manager, {
    id: sent.id,
    caseId: found.id,
    key,
    epoch,
    kind,
    author: 'agency',
    staffId: actor.staffId,
    jwe: sent.jwe,
    madeOn: todayInAuckland(),
  });
}
