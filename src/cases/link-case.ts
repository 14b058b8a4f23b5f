import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { append } from '../audit/audit.js';
import { todayInAuckland } from '../clocks/calendar.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { isUuid } from '../vault/form.js';
import { Conflict, Invalid } from '../web/errors.js';
import { lockedCaseFor, timeKept } from './case-access.js';
import { CaseLink, type LinkKind } from './case-link.entity.js';
import { readAnyReference } from './case-reference.js';
import { mayLink } from './case.policy.js';

/** Links that one agency may note on one case. */
export const MOST_LINKS = 50;

/**
 * Notes on a case that another belongs to it, or says the same. Nothing is looked up and nothing is written on the other
 * side: what is answered depends on the form of the reference alone, so that nobody learns whether there is such a case.
 *
 * @param typed the reference as it was typed
 * @throws {NotFound} also to those who may not know of the case
 * @throws {Invalid} when it cannot be a reference, or is this case's own
 * @throws {Conflict} `too_many_links`
 */
export async function linkCase(
  manager: EntityManager,
  actor: StaffActor,
  id: string,
  typed: string,
  kind: LinkKind,
): Promise<void> {
  const found = await lockedCaseFor(manager, actor, id, mayLink);
  const reference = readAnyReference(typed);
  if (reference === null) throw refused('reference', 'Check the reference: one of its symbols is wrong or missing.');
  if (reference === found.reference) throw refused('own_reference', 'This is the reference of this very case.');
  const mine = { caseId: found.id, agencyId: actor.agencyId };
  if (await manager.existsBy(CaseLink, { ...mine, reference, kind, madeBy: actor.staffId })) return;
  // Said again, with the other word or by a colleague, the newer word counts: whoever is kept out of that case does not see
  // what a colleague linked, and must not learn by saying it that it was there.
  await manager.delete(CaseLink, { ...mine, reference });
  if ((await manager.countBy(CaseLink, mine)) >= MOST_LINKS) {
    throw new Conflict('too_many_links', 'This case has so many links that no more can be added. Remove one first.');
  }
  const link = { id: randomUUID(), ...mine, reference, kind, madeBy: actor.staffId, madeOn: todayInAuckland() };
  await manager.insert(CaseLink, link);
  await append(manager, { action: 'case.linked', actor, caseId: found.id, subject: link.id, ...timeKept(found) });
}

/**
 * Takes a link of the actor's agency off a case. One that is not there is answered as one that was.
 *
 * @throws {NotFound} also to those who may not know of the case
 */
export async function unlinkCase(manager: EntityManager, actor: StaffActor, id: string, linkId: string): Promise<void> {
  const found = await lockedCaseFor(manager, actor, id, mayLink);
  const subject = isUuid(linkId) ? { subject: linkId } : {};
  const { affected } = isUuid(linkId)
    ? await manager.delete(CaseLink, { id: linkId, caseId: found.id, agencyId: actor.agencyId })
    : { affected: 0 };
  const action = affected === 1 ? 'case.unlinked' : 'case.link_not_there';
  await append(manager, { action, actor, caseId: found.id, ...subject, ...timeKept(found) });
}

function refused(code: string, message: string): Invalid {
  return new Invalid([{ field: 'reference', code, message }]);
}
