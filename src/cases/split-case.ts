import type { EntityManager } from 'typeorm';
import { isUniqueViolation } from '../../config/database.js';
import { append } from '../audit/audit.js';
import { todayInAuckland } from '../clocks/calendar.js';
import { copyRunningClock } from '../clocks/copy-clock.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { readPublicJwk, thumbprint } from '../vault/keys.js';
import { Conflict } from '../web/errors.js';
import { addItem, requireOpen } from './add-item.js';
import { checkEpoch, storeEpoch } from './begin-epoch.js';
import { lockedCaseFor } from './case-access.js';
import { addEvent, tellPerson } from './case-events.js';
import { CaseItem } from './case-item.entity.js';
import { MOST_PARTS, referenceOfPart } from './case-reference.js';
import { Case } from './case.entity.js';
import { maySplit } from './case.policy.js';
import { checkItemUnder } from './check-item.js';
import { deskReaders } from './desk-readers.js';
import { DisposalKey } from './disposal-key.entity.js';
import { makeDisposalKey } from './disposal.js';
import { mailboxOf } from './mailbox-of-case.js';
import type { NewPart } from './sealed-part.js';

const EXCERPT = { kind: 'excerpt', key: 'case' } as const;

/**
 * Splits a part off a complaint: a case of its own at the same agency, with its own key, owner, clock and outcome, and with
 * nothing in it but what the officer's browser has passed on from the whole. The person reads it in the mailbox of the
 * whole. Sent a second time it is answered as the first time.
 *
 * @throws {NotFound} also to those who may not know of the case
 * @throws {Conflict} `complaints_only`, `part_of_part`, `too_many_parts`, `part_exists`, `readers_changed`, `case_closed`,
 *   `not_placed`
 * @throws {Invalid} when something is not sealed as it must be
 */
export async function splitCase(manager: EntityManager, actor: StaffActor, id: string, sent: NewPart): Promise<void> {
  const found = await lockedCaseFor(manager, actor, id, maySplit);
  if (found.path === 'disclosure') {
    throw new Conflict('complaints_only', 'Only complaints are split here.');
  }
  const there = await whatIsThere(manager, found, sent);
  if (there === 'same') return;
  requireOpen(found);
  if (found.wholeId !== null) {
    throw new Conflict('part_of_part', 'This is a part already. Split the case that it belongs to.');
  }
  const mailbox = await mailboxOf(manager, found.id);
  const person = await thumbprint(readPublicJwk(mailbox.agreementJwk));
  // Whoever reads the whole here reads the part, so that the person may answer to both.
  const readers = [...(await deskReaders(manager, found)).map(({ kid }) => kid), person];
  const begun = { key: 'case', readers, field: 'epoch' } as const;
  // Before anything is stored: what is not sealed as it must be is answered the same whatever lies under its ids.
  const epoch = await checkEpoch(manager, actor, { caseId: sent.part, mailbox, before: [] }, begun, sent.epoch);
  const newest = { epoch, record: sent.epoch.record };
  for (const item of sent.items) await checkItemUnder(newest, { caseId: sent.part, ...EXCERPT }, item);
  if (there === 'other') throw partExists();
  const part = await insertPart(manager, actor, found, sent.part);
  await storeEpoch(manager, actor, part, begun, sent.epoch);
  for (const item of sent.items) await addItem(manager, actor, part, item, EXCERPT);
  await copyRunningClock(manager, found.id, part.id, 'answer');
  await addEvent(manager, found.id, 'split');
  await addEvent(manager, part.id, 'split');
  await tellPerson(manager, found.id);
  await append(manager, { action: 'case.split', actor, caseId: found.id, subject: part.id });
}

/** What the actor sees under the ids of a part: this very part, or something else. */
async function whatIsThere(
  manager: EntityManager,
  found: Case,
  { part, items }: NewPart,
): Promise<'nothing' | 'same' | 'other'> {
  const there = await manager.findOneBy(Case, { id: part });
  const taken = await manager.findBy(
    CaseItem,
    items.map(({ id }) => ({ id })),
  );
  if (!there && taken.length === 0) return 'nothing';
  const isSame = items.every(({ id, jwe }) => taken.some((one) => one.id === id && one.jwe === jwe));
  return there?.wholeId === found.id && isSame && taken.every(({ caseId }) => caseId === part) ? 'same' : 'other';
}

function partExists(): Conflict {
  return new Conflict('part_exists', 'Something else was sent under the same number. Send it again.');
}

/* What the routing decided stays on record with the part; it was of the whole, and holds of nothing else. */
async function insertPart(manager: EntityManager, actor: StaffActor, whole: Case, id: string): Promise<Case> {
  const [row] = await manager.query<{ number: number }[]>(
    `SELECT coalesce(max(part_number), 0)::integer + 1 AS number FROM cases WHERE whole_id = $1`,
    [whole.id],
  );
  const partNumber = row?.number ?? 1;
  if (partNumber > MOST_PARTS) {
    throw new Conflict('too_many_parts', 'A case can have nine parts at most.');
  }
  const inserted = manager.query(
    `INSERT INTO cases (id, reference, whole_id, part_number, agency_id, path, delivery, facets, ruleset, rules,
                        decided_for, chosen, sealed_where, status, lodged_on, acknowledged_on, assigned_to)
     SELECT $2, $3, id, $4, agency_id, path, delivery, facets, ruleset, rules,
            decided_for, chosen, sealed_where, 'acknowledged', lodged_on, $5, $6
       FROM cases WHERE id = $1`,
    [whole.id, id, referenceOfPart(whole.reference, partNumber), partNumber, todayInAuckland(), actor.staffId],
  );
  await inserted.catch((error: unknown) => {
    // A case that the actor need not see lies under this id.
    throw isUniqueViolation(error, 'pk_cases') ? partExists() : error;
  });
  await manager.insert(DisposalKey, { caseId: id, key: makeDisposalKey() });
  return manager.findOneByOrFail(Case, { id });
}
