import type { EntityManager } from 'typeorm';
import { append } from '../../audit/audit.js';
import { addItem, requireOpen, wasAdded } from '../../cases/add-item.js';
import { addEvent, tellPerson } from '../../cases/case-events.js';
import type { Case } from '../../cases/case.entity.js';
import type { NewItem } from '../../cases/sealed-case.js';
import { todayInAuckland } from '../../clocks/calendar.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { isUuid } from '../../vault/form.js';
import { Conflict, NotFound } from '../../web/errors.js';
import { IdentityRelease } from './identity-release.entity.js';
import {
  mayApproveRelease,
  mayDeclineRelease,
  mayTellOfRelease,
  mayWithdrawRelease,
  type NameStanding,
  type ReleaseStanding,
} from './identity.policy.js';
import { lockedNamedFor } from './read-name.js';
import { receiversOf } from './receivers.js';

/** What becomes of a release that was asked for. */
export type ReleaseDecision = 'approved' | 'declined' | 'withdrawn';

/**
 * Decides a release: a second person who keeps the name approves it, another who reads the disclosure declines it, or who
 * asked takes it back. Approved to a
 * colleague, the key that was withheld is granted to them in the same transaction. Decided a second time in the same way by
 * the same person, it is answered as the first time.
 *
 * @throws {NotFound} to who does not read the disclosure, and to who may not decide this one so
 * @throws {Conflict} `decided` when somebody was first; `readers_changed` when the colleague no longer reads the disclosure,
 *   or has another key since
 */
export async function decideRelease(
  manager: EntityManager,
  actor: StaffActor,
  id: string,
  releaseId: string,
  decision: ReleaseDecision,
): Promise<void> {
  const { found, standing, release } = await lockedRelease(manager, actor, id, releaseId);
  if (release.state === decision && release.decidedBy === actor.staffId) return;
  const { askedBy, toStaff, toldOn } = release;
  const asked: ReleaseStanding = { state: 'asked', askedBy, toStaff, toldOn };
  const may: Record<ReleaseDecision, boolean> = {
    approved: mayApproveRelease(actor, standing, asked),
    declined: mayDeclineRelease(actor, asked),
    withdrawn: mayWithdrawRelease(actor, asked),
  };
  if (!may[decision]) throw new NotFound();
  if (release.state !== 'asked') {
    throw new Conflict('decided', 'Somebody has decided this meanwhile. Look at it again.');
  }
  await manager.update(
    IdentityRelease,
    { id: release.id },
    {
      state: decision,
      decidedBy: actor.staffId,
      decidedOn: todayInAuckland(),
      wrapped: null,
    },
  );
  if (decision === 'approved') await grant(manager, found, release);
  const action = `identity.release_${decision}` as const;
  await append(manager, { action, actor, caseId: found.id, subject: release.id, dayOnly: true });
}

/** What was withheld for the colleague becomes theirs. */
async function grant(manager: EntityManager, found: Case, release: IdentityRelease): Promise<void> {
  const { toStaff, reader, epoch, wrapped } = release;
  if (toStaff === null) return;
  const [receiver] = await receiversOf(manager, found, toStaff);
  if (receiver?.agreement.kid !== reader) {
    throw new Conflict(
      'readers_changed',
      'Your colleague no longer reads this, has the name already, or has another key since. Decline it, and ask anew.',
    );
  }
  await manager.query(
    `INSERT INTO case_grants (case_id, key, epoch, reader, wrapped) VALUES ($1, 'identity', $2, $3, $4)`,
    [found.id, epoch, reader, wrapped],
  );
}

/**
 * Tells the person of a release, in a reply like any other, and puts it on their timeline. Sent a second time it is answered
 * as the first time.
 *
 * @throws {NotFound} to who does not read the disclosure, and where it was not approved
 * @throws {Conflict} `already_told`; those of a reply
 */
export async function tellOfRelease(
  manager: EntityManager,
  actor: StaffActor,
  id: string,
  releaseId: string,
  item: NewItem,
): Promise<void> {
  const { found, release } = await lockedRelease(manager, actor, id, releaseId);
  if (release.toldItem === item.id && (await wasAdded(manager, actor, found, item))) return;
  if (release.state === 'approved' && release.toldOn !== null) {
    throw new Conflict('already_told', 'A colleague has told the person meanwhile. Nothing more was sent.');
  }
  if (!mayTellOfRelease(actor, release)) throw new NotFound();
  requireOpen(found);
  if (await wasAdded(manager, actor, found, item)) {
    throw new Conflict('item_exists', 'Something else was sent under the same number. Send it again.');
  }
  await addItem(manager, actor, found, item, { kind: 'reply', key: 'case' });
  await manager.update(
    IdentityRelease,
    { id: release.id },
    {
      toldItem: item.id,
      toldBy: actor.staffId,
      toldOn: todayInAuckland(),
    },
  );
  await addEvent(manager, found.id, 'reply');
  await addEvent(manager, found.id, 'name_released');
  await tellPerson(manager, found.id);
  await append(manager, {
    action: 'identity.release_told',
    actor,
    caseId: found.id,
    subject: release.id,
    dayOnly: true,
  });
}

async function lockedRelease(
  manager: EntityManager,
  actor: StaffActor,
  id: string,
  releaseId: string,
): Promise<{ found: Case; standing: NameStanding; release: IdentityRelease }> {
  const { found, standing } = await lockedNamedFor(manager, actor, id);
  const release = isUuid(releaseId)
    ? await manager.findOneBy(IdentityRelease, { id: releaseId, caseId: found.id })
    : null;
  if (!release) throw new NotFound();
  return { found, standing, release };
}
