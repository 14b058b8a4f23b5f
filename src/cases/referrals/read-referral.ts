import type { EntityManager } from 'typeorm';
import type { StaffActor } from '../../staff/staff-actor.js';
import type { Share } from '../../vault/consent.js';
import { readPublicJwk } from '../../vault/keys.js';
import { caseFor } from '../case-access.js';
import type { Case } from '../case.entity.js';
import { mayRead } from '../case.policy.js';
import { journeyOfCase, journeyUntil, type Journey } from './journey-of-case.js';
import { mailboxOf } from '../mailbox-of-case.js';
import { noteItemsOf } from './note-items.js';
import { sealedCaseFor } from '../read-sealed-case.js';
import { newestReferral, referralFor } from './referral-access.js';
import { sharedBy } from './referral-agreed.js';
import { noteIsForOthers } from './referral-note.js';
import { readersAt } from './referral-readers.js';
import type { Referral } from './referral.entity.js';
import { mayReadReferredCase, maySeeReferral } from './referral.policy.js';
import type { SealedCase } from '../sealed-case.js';
import type { SealedReferral } from './sealed-referral.js';
import { epochsOf, grantsTo, kidsOf, signingKeysOf } from '../sealed-parts.js';
import { recordReferral } from './record-referral.js';

/** A referral as its page shows it: all that is in clear. */
export interface ReferralInClear {
  readonly referral: Referral;
  readonly found: Case;
  /** Which side the actor is on. */
  readonly side: 'sender' | 'receiver';
  /** What may be shared by what is on record; null while nothing may. */
  readonly shared: Share | null;
  /** Who accepted it, by name. */
  readonly acceptedBy: { readonly displayName: string; readonly mine: boolean } | null;
  readonly journey: Journey;
}

/** How a case is being handed on, for its page. */
export interface HandingOn {
  readonly journey: Journey;
  /** The referral under way, else the last there was that is the actor's to see. */
  readonly referral: Referral | null;
}

/**
 * Reads what is in clear of a referral. Reading is audited in the same transaction.
 *
 * @throws {NotFound} also to those who may not know of it
 */
export async function readReferral(manager: EntityManager, actor: StaffActor, id: string): Promise<ReferralInClear> {
  const { referral, found } = await referralFor(manager, actor, id, maySeeReferral);
  const [accepter] =
    referral.acceptedBy === null
      ? []
      : await manager.query<{ displayName: string }[]>(`SELECT name_of_staff($1) AS "displayName"`, [
          referral.acceptedBy,
        ]);
  await recordReferral(manager, actor, found, referral, 'read');
  // Only who has the case is told where it went after this: not who had it, nor who did not take it.
  const isTheirs = found.agencyId === actor.agencyId;
  return {
    referral,
    found,
    side: referral.fromAgency === actor.agencyId ? 'sender' : 'receiver',
    shared: sharedBy(referral),
    acceptedBy: accepter ? { ...accepter, mine: referral.acceptedBy === actor.staffId } : null,
    journey: isTheirs ? await journeyOfCase(manager, found.id) : await journeyUntil(manager, found.id, referral.number),
  };
}

/**
 * The way a case took and how it is being handed on. The page it stands on is audited by itself.
 *
 * @throws {NotFound} also to those who may not know of the case
 */
export async function handingOn(manager: EntityManager, actor: StaffActor, caseId: string): Promise<HandingOn> {
  const found = await caseFor(manager, actor, caseId, mayRead);
  return { journey: await journeyOfCase(manager, found.id), referral: await newestReferral(manager, found.id) };
}

/**
 * Hands out the note of a referral with what this officer's keys need to open it. Audited apart from the page.
 *
 * @throws {NotFound} also to those who may not know of the referral
 */
export async function readSealedReferral(
  manager: EntityManager,
  actor: StaffActor,
  id: string,
): Promise<SealedReferral> {
  const { referral, found } = await referralFor(manager, actor, id, maySeeReferral);
  const mailbox = await mailboxOf(manager, found.id);
  // Up to its own: whom the case was offered to afterwards, and who signed that, is not theirs to know.
  const epochs = (await epochsOf(manager, found.id, ['referral'])).filter(({ epoch }) => epoch <= referral.number);
  const grants = await grantsTo(manager, found.id, await kidsOf(manager, actor, found.path));
  const { readers } = await readersAt(manager, referral.toAgency, found);
  const kids = readers.map(({ kid }) => kid);
  await recordReferral(manager, actor, found, referral, 'words_read');
  return {
    id: referral.id,
    caseId: found.id,
    number: referral.number,
    state: referral.state,
    shareIdentity: referral.shareIdentity,
    mailbox: { signing: readPublicJwk(mailbox.signingJwk), agreement: readPublicJwk(mailbox.agreementJwk) },
    staffSigning: await signingKeysOf(manager, found.id, epochs),
    epochs,
    grants: grants.filter(({ key, epoch }) => key === 'referral' && epoch <= referral.number),
    items: await noteItemsOf(manager, found.id, referral.number),
    readers,
    readersChanged: await noteIsForOthers(manager, referral, kids),
  };
}

/**
 * Hands out the sealed words of a case to the one who has accepted it and is about to take it over. The notes of the sender
 * are not among them.
 *
 * @param after id of the last item already there
 * @throws {NotFound} to everybody else, and where `after` is none of these items
 */
export async function readReferredCase(
  manager: EntityManager,
  actor: StaffActor,
  id: string,
  after?: string,
): Promise<SealedCase> {
  const { found } = await referralFor(manager, actor, id, mayReadReferredCase);
  return sealedCaseFor(manager, actor, found, { after, deskReaders: [], keptOut: [] });
}
