import type { EntityManager } from 'typeorm';
import { isUniqueViolation } from '../../config/database.js';
import { append } from '../audit/audit.js';
import { addItem, requireOpen, wasAdded, type OfficersItem } from '../cases/add-item.js';
import { beginDesk, requireDeskFor } from '../cases/begin-desk.js';
import { lockedCaseFor, timeKept } from '../cases/case-access.js';
import type { CaseEventKind } from '../cases/case-event.entity.js';
import { addEvent, tellPerson } from '../cases/case-events.js';
import { Case } from '../cases/case.entity.js';
import { todayInAuckland } from '../clocks/calendar.js';
import { meetClock } from '../clocks/meet-clock.js';
import { countFrom, setNextStep } from '../clocks/step-clock.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { Conflict, Invalid } from '../web/errors.js';
import { checkStep } from './check-step.js';
import { mayTakeSteps } from './disclosure.policy.js';
import { DisclosureStep } from './disclosure-step.entity.js';
import { standingOf } from './duty-steps.js';
import type { NewStep } from './new-step.js';
import { notPlaced } from './not-placed.js';
import { dutyRound, type DutyRound } from './read-steps.js';

/** A step as a row. */
type StepRow = Pick<DisclosureStep, keyof DisclosureStep>;

/**
 * Records a step of section 13 on a disclosure, with the sealed words that belong to it. Sent a second time it is answered
 * as the first time; of two who take a step at the same time one does, and the other is told.
 *
 * @throws {NotFound} also to those who may not know of the case, and of a complaint
 * @throws {Conflict} `steps_moved` where a colleague took a step meanwhile, `step_not_open` where it is not its turn,
 *   `step_exists`, `case_closed`, `not_placed`, `epoch_closed`, `desk_begun`, `readers_changed`, `item_exists`
 * @throws {Invalid} naming the field that cannot be used
 */
export async function takeStep(
  manager: EntityManager,
  actor: StaffActor,
  caseId: string,
  sent: NewStep,
): Promise<void> {
  const found = await lockedCaseFor(manager, actor, caseId, mayTakeSteps);
  if (await wasTaken(manager, actor, found, sent)) return;
  requireOpen(found);
  const duties = await dutyRound(manager, found);
  if (!duties) throw notPlaced();
  if (sent.number !== duties.steps.length + 1) throw stepsMoved();
  if (!duties.standing.may.includes(sent.kind)) {
    throw new Conflict(
      'step_not_open',
      'It is not the turn of this step. The page of the steps says what comes first.',
    );
  }
  checkStep(sent, duties, todayInAuckland());
  await addWords(manager, actor, found, sent);
  await storeStep(manager, { ...rowOf(sent), caseId: found.id, round: duties.round, ...by(actor) });
  await followUp(manager, found, duties, sent);
  await append(manager, {
    action: 'disclosure.step_taken',
    actor,
    caseId: found.id,
    subject: sent.kind,
    ...timeKept(found),
  });
}

/** Whose step it is, and of which day. */
export function by({ agencyId, staffId }: StaffActor): Pick<StepRow, 'agencyId' | 'takenBy' | 'takenOn'> {
  return { agencyId, takenBy: staffId, takenOn: todayInAuckland() };
}

/** Stores a step under its number. The case's row must be locked. @throws {Conflict} `step_exists` */
export async function storeStep(manager: EntityManager, row: StepRow): Promise<void> {
  try {
    await manager.insert(DisclosureStep, row);
  } catch (error) {
    if (!isUniqueViolation(error, 'pk_disclosure_steps')) throw error;
    throw stepExists();
  }
}

function rowOf(sent: NewStep): Omit<StepRow, 'caseId' | 'round' | 'agencyId' | 'takenBy' | 'takenOn'> {
  return {
    id: sent.id,
    number: sent.number,
    kind: sent.kind,
    itemId: sent.item?.id ?? null,
    receivedOn: sent.receivedOn ?? null,
    orally: sent.orally ?? null,
    asked: sent.asked ?? null,
    expectedOn: sent.expectedOn ?? null,
    actions: sent.actions ? [...sent.actions] : null,
    reason: sent.reason ?? null,
    discloserConsultedOn: sent.discloserConsultedOn ?? null,
    recipientConsultedOn: sent.recipientConsultedOn ?? null,
  };
}

/** Whether this very step was taken already. @throws {Conflict} `step_exists` where it was another */
async function wasTaken(manager: EntityManager, actor: StaffActor, found: Case, sent: NewStep): Promise<boolean> {
  const there = await manager.findOneBy(DisclosureStep, { id: sent.id });
  if (!there) return false;
  const isSame =
    there.caseId === found.id &&
    there.takenBy === actor.staffId &&
    Object.entries(rowOf(sent)).every(
      ([name, value]) => JSON.stringify(there[name as keyof DisclosureStep]) === JSON.stringify(value),
    ) &&
    (!sent.item || (await wasAdded(manager, actor, found, sent.item)));
  if (!isSame) throw stepExists();
  return true;
}

/** In which sealed words a step is said, and to whom. */
function wordsOf({ kind, asked }: NewStep): OfficersItem {
  const isForDesk = kind === 'consider' || (kind === 'elsewhere' && asked !== true);
  return isForDesk ? { kind: 'note', key: 'desk' } : { kind: 'reply', key: 'case' };
}

async function addWords(manager: EntityManager, actor: StaffActor, found: Case, sent: NewStep): Promise<void> {
  if (!sent.item) return;
  const words = wordsOf(sent);
  if (sent.desk && words.key !== 'desk') {
    throw new Invalid([
      { field: 'desk', code: 'not_this_step', message: 'What goes to the person begins no key of the desk.' },
    ]);
  }
  if (sent.desk) await beginDesk(manager, actor, found, sent.desk);
  await addItem(manager, actor, found, sent.item, words);
  // Last: what is no note at all is named as such first.
  if (words.key === 'desk' && !sent.desk) await requireDeskFor(manager, found);
}

/** What a step changes besides: the case, its clock, and what the person sees. */
async function followUp(manager: EntityManager, found: Case, duties: DutyRound, sent: NewStep): Promise<void> {
  let { dueOn } = duties.clock;
  if (sent.kind === 'acknowledge') {
    if (found.status === 'placed') found.moveTo('acknowledged');
    await manager.update(Case, { id: found.id }, { status: found.status, acknowledgedOn: todayInAuckland() });
    const { receivedOn } = sent;
    if (receivedOn !== undefined && receivedOn < duties.clock.startedOn) {
      dueOn = await countFrom(manager, found.id, duties.round, receivedOn);
    }
  }
  if (sent.kind === 'inform') await meetClock(manager, found.id, 's13');
  const steps = [...duties.steps, { ...rowOf(sent), takenOn: todayInAuckland() }];
  const nextOn = standingOf(steps, dueOn, todayInAuckland(), true).next?.by;
  if (nextOn) await setNextStep(manager, found.id, duties.round, nextOn);
  await addEvent(manager, found.id, eventOf(sent));
  if (sent.item && wordsOf(sent).key === 'case') await tellPerson(manager, found.id);
}

const EVENTS: Readonly<Record<NewStep['kind'], CaseEventKind>> = {
  acknowledge: 'acknowledged',
  consider: 'considered',
  elsewhere: 'noted_elsewhere',
  extend: 'longer_expected',
  update: 'progress_told',
  deal: 'dealt_with',
  inform: 'told_why',
};

function eventOf({ kind, asked }: NewStep): CaseEventKind {
  return asked === true ? 'asked_elsewhere' : EVENTS[kind];
}

function stepsMoved(): Conflict {
  return new Conflict('steps_moved', 'A colleague has taken a step meanwhile. Look at the steps again first.');
}

function stepExists(): Conflict {
  return new Conflict('step_exists', 'Something else was sent under the same number. Look at the steps again first.');
}
