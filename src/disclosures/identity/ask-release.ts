import type { EntityManager } from 'typeorm';
import { isUniqueViolation } from '../../../config/database.js';
import { append } from '../../audit/audit.js';
import { addNote } from '../../cases/add-note.js';
import { CaseItem } from '../../cases/case-item.entity.js';
import type { Case } from '../../cases/case.entity.js';
import { grantPlace, wrapGrant } from '../../cases/disposal.js';
import { isReferred } from '../../cases/referrals/is-referred.js';
import { requireFits } from '../../cases/renewal/renew-grants.js';
import type { NewDeskEpoch, NewItem } from '../../cases/sealed-case.js';
import { todayInAuckland } from '../../clocks/calendar.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { Conflict, Invalid } from '../../web/errors.js';
import { IdentityRelease } from './identity-release.entity.js';
import { lockedNameFor } from './read-name.js';
import { receiversOf } from './receivers.js';
import { wrongInHearing, type Heard } from './release-grounds.js';
import type { WithheldGrant } from './sealed-name.js';

/** A release that is asked for. */
export interface NewRelease extends Heard {
  /** Chosen by the asker's browser. */
  readonly id: string;
  /** Id of the colleague it is to go to; left out for outside the agency. */
  readonly to?: string | undefined;
  /** Why it is essential, sealed for those who read the case; and to whom it goes, where that is outside. */
  readonly note: { readonly item: NewItem; readonly desk?: NewDeskEpoch | undefined };
  readonly grant?: WithheldGrant | undefined;
}

/**
 * Asks that who wrote a disclosure be released (s 17). Nothing is released by that: another who keeps the name decides. Sent
 * a second time it is answered as the first time.
 *
 * @throws {NotFound} to who does not keep the name
 * @throws {Invalid} naming the field: a ground without the consultation that it takes, no consent where it rests on one,
 *   nobody who could be told, a grant that is missing or not what it must be
 * @throws {Conflict} `release_exists`, `case_closed`, `referral_under_way`; those of a note
 */
export async function askRelease(
  manager: EntityManager,
  actor: StaffActor,
  id: string,
  asked: NewRelease,
): Promise<void> {
  const { found } = await lockedNameFor(manager, actor, id);
  if (await wasAsked(manager, actor, found, asked)) return;
  if (await isReferred(manager, found.id)) throw referralUnderWay();
  const wrong = wrongInHearing(asked, { lodgedOn: found.lodgedOn, today: todayInAuckland() });
  if (wrong) throw new Invalid([wrong]);
  await requireConsent(manager, found, asked.consentItem);
  const withheld = await withheldGrant(manager, actor, found, asked);
  await addNote(manager, actor, id, asked.note.item, asked.note.desk);
  try {
    await manager.insert(IdentityRelease, {
      id: asked.id,
      caseId: found.id,
      ground: asked.ground,
      noteItem: asked.note.item.id,
      toStaff: asked.to ?? null,
      ...withheld,
      consultedOn: asked.consultedOn ?? null,
      notPracticable: asked.notPracticable ?? null,
      consentItem: asked.consentItem ?? null,
      askedBy: actor.staffId,
      askedOn: todayInAuckland(),
      state: 'asked',
    });
  } catch (error) {
    if (isUniqueViolation(error, 'pk_identity_releases')) throw releaseExists();
    throw error;
  }
  const subject = `${asked.id}:${asked.ground}`;
  await append(manager, { action: 'identity.release_asked', actor, caseId: found.id, subject, dayOnly: true });
}

async function wasAsked(manager: EntityManager, actor: StaffActor, found: Case, asked: NewRelease): Promise<boolean> {
  const there = await manager.findOneBy(IdentityRelease, { id: asked.id });
  if (!there) return false;
  const same = there.caseId === found.id && there.askedBy === actor.staffId && there.noteItem === asked.note.item.id;
  if (!same) throw releaseExists();
  return true;
}

/** Consent is what the person wrote, and nobody's report of it. */
async function requireConsent(manager: EntityManager, found: Case, itemId: string | undefined): Promise<void> {
  if (itemId === undefined) return;
  const said = await manager.findOneBy(CaseItem, { id: itemId, caseId: found.id, author: 'person', key: 'case' });
  if (!said) throw refused('consentItem', 'not_there', 'This is nothing that the person wrote in this case.');
}

/** The colleague's grant as it is kept until it is decided. */
async function withheldGrant(
  manager: EntityManager,
  actor: StaffActor,
  found: Case,
  { to, grant }: NewRelease,
): Promise<Pick<IdentityRelease, 'reader' | 'epoch' | 'wrapped'>> {
  if (to === undefined) {
    if (grant) throw refused('grant', 'not_wanted', 'Nothing is granted to anybody outside.');
    return { reader: null, epoch: null, wrapped: null };
  }
  const [receiver] = to === actor.staffId ? [] : await receiversOf(manager, found, to);
  if (!receiver)
    throw refused('to', 'not_one_of', 'Choose somebody who reads this disclosure and does not have the name.');
  const { kid } = receiver.agreement;
  if (grant?.reader !== kid) {
    throw refused('grant', 'readers_changed', 'The key must be granted to this colleague. Send it again.');
  }
  const { epoch, jwe } = grant;
  await requireFits({ caseId: found.id, key: 'identity', epoch, jwe }, kid, 0);
  const [key] = await manager.query<{ disposal: Buffer }[]>(
    `SELECT d.key AS disposal FROM disposal.keys d JOIN case_epochs e ON e.case_id = d.case_id
      WHERE d.case_id = $1 AND e.key = 'identity' AND e.epoch = $2`,
    [found.id, epoch],
  );
  if (!key) throw refused('grant.epoch', 'not_there', 'There is no such key.');
  return { reader: kid, epoch, wrapped: wrapGrant(key.disposal, grantPlace(found.id, 'identity', epoch, kid), jwe) };
}

function refused(field: string, code: string, message: string): Invalid {
  return new Invalid([{ field, code, message }]);
}

function releaseExists(): Conflict {
  return new Conflict('release_exists', 'Something else was sent under the same number. Send it again.');
}

/* After a hand-over nobody who keeps the name would be left to decide, nor to tell the person. */
function referralUnderWay(): Conflict {
  return new Conflict(
    'referral_under_way',
    'Another agency has been asked to take this disclosure. Take that back first, or wait for the answer.',
  );
}
