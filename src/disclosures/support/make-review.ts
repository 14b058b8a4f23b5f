import type { EntityManager } from 'typeorm';
import { isUniqueViolation } from '../../../config/database.js';
import { append } from '../../audit/audit.js';
import { addItem, wasAdded } from '../../cases/add-item.js';
import { beginDesk, requireDeskFor } from '../../cases/begin-desk.js';
import { lockedCaseFor, timeKept } from '../../cases/case-access.js';
import { addEvent } from '../../cases/case-events.js';
import type { Case } from '../../cases/case.entity.js';
import type { NewDeskEpoch, NewItem } from '../../cases/sealed-case.js';
import { todayInAuckland } from '../../clocks/calendar.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { Conflict } from '../../web/errors.js';
import { mayTakeSteps } from '../disclosure.policy.js';
import { notPlaced } from '../not-placed.js';
import { requireNextDay } from './next-review.js';
import { mayBeWritten, supportOf } from './read-support.js';
import { setSupportDue } from './set-support-due.js';
import type { SupportKind } from './support-kinds.js';
import { SupportReview } from './support-review.entity.js';

/** What is sent when support was looked at: what was written is sealed, and the next day is not. */
export interface NewReview {
  /** UUIDv4 that the browser chose. */
  readonly id: string;
  /** One more than the day was set when the page was looked at. */
  readonly number: number;
  readonly kind: SupportKind;
  readonly item: NewItem;
  /** Where the note begins the desk key. */
  readonly desk?: NewDeskEpoch | undefined;
  /** YYYY-MM-DD; left out only of a check after which no more is needed. */
  readonly nextOn?: string | undefined;
}

/**
 * Keeps an assessment, a plan or a check of how the person of a disclosure is supported, also after it was closed. Sent a
 * second time it is answered as the first time; of two at the same time one is kept, and the other is told.
 *
 * @throws {NotFound} also to those who may not know of the case, and of a complaint
 * @throws {Conflict} `support_moved` where somebody set the day meanwhile, `nothing_to_check`, `review_exists`,
 *   `not_placed`, `epoch_closed`, `desk_begun`, `readers_changed`, `item_exists`
 * @throws {Invalid} naming the field that cannot be used
 */
export async function makeReview(
  manager: EntityManager,
  actor: StaffActor,
  caseId: string,
  sent: NewReview,
): Promise<void> {
  const found = await lockedCaseFor(manager, actor, caseId, mayTakeSteps);
  if (await wasMade(manager, actor, found, sent)) return;
  const support = await supportOf(manager, found);
  if (!support) throw notPlaced();
  if (sent.number !== support.number + 1) throw supportMoved();
  if (!mayBeWritten(support, sent.kind)) throw nothingToCheck();
  if (sent.nextOn !== undefined) requireNextDay(sent.nextOn, 'nextOn');
  if (sent.desk) await beginDesk(manager, actor, found, sent.desk);
  await addItem(manager, actor, found, sent.item, { kind: 'note', key: 'desk' });
  if (!sent.desk) await requireDeskFor(manager, found);
  const number = await setSupportDue(manager, found.id, support.round, sent.nextOn ?? null);
  await store(manager, {
    ...rowOf(sent),
    caseId: found.id,
    agencyId: actor.agencyId,
    round: support.round,
    number,
    madeBy: actor.staffId,
    madeOn: todayInAuckland(),
  });
  await addEvent(manager, found.id, 'support_looked_at');
  const entry = { action: 'disclosure.support_reviewed', subject: sent.kind } as const;
  await append(manager, { ...entry, actor, caseId: found.id, ...timeKept(found) });
}

type Row = Pick<SupportReview, keyof SupportReview>;

function rowOf({ id, kind, item, nextOn }: NewReview): Pick<Row, 'id' | 'kind' | 'itemId' | 'nextOn'> {
  return { id, kind, itemId: item.id, nextOn: nextOn ?? null };
}

async function store(manager: EntityManager, row: Row): Promise<void> {
  try {
    await manager.insert(SupportReview, row);
  } catch (error) {
    // In a case that is not to be seen from here.
    if (!isUniqueViolation(error, 'pk_support_reviews')) throw error;
    throw reviewExists();
  }
}

/** Whether this very review was kept already. @throws {Conflict} `review_exists` where it was another */
async function wasMade(manager: EntityManager, actor: StaffActor, found: Case, sent: NewReview): Promise<boolean> {
  const there = await manager.findOneBy(SupportReview, { id: sent.id });
  if (!there) return false;
  const { kind, itemId, nextOn } = rowOf(sent);
  const isSame =
    there.caseId === found.id &&
    there.madeBy === actor.staffId &&
    there.kind === kind &&
    there.itemId === itemId &&
    there.nextOn === nextOn &&
    (await wasAdded(manager, actor, found, sent.item));
  if (!isSame) throw reviewExists();
  return true;
}

function supportMoved(): Conflict {
  return new Conflict('support_moved', 'Something about support has changed meanwhile. Look at its page again first.');
}

function nothingToCheck(): Conflict {
  return new Conflict('nothing_to_check', 'The risk was not assessed yet. Write the assessment first.');
}

function reviewExists(): Conflict {
  return new Conflict('review_exists', 'Something else was sent under the same number. Look at support again first.');
}
