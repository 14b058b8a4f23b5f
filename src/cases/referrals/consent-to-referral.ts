import type { EntityManager } from 'typeorm';
import type { Actor } from '../../../config/database.js';
import type { AuditAction } from '../../audit/audit-actions.js';
import { append } from '../../audit/audit.js';
import { todayInAuckland } from '../../clocks/calendar.js';
import { readConsent, type Share } from '../../vault/consent.js';
import { Conflict } from '../../web/errors.js';
import { requireOpen } from '../add-item.js';
import { addEvent } from '../case-events.js';
import type { Case } from '../case.entity.js';
import { moveReferral, moveToConsulted, storeReferral, tellNext } from './move-referral.js';
import { narrowGrants } from './referral-grants.js';
import type { Referral } from './referral.entity.js';
import { mayBeTakenBack, STILL_TO_OPEN } from './referral-status.js';

// What the person does about a referral of their case. Case and referral are locked, in this order, and whoever calls has
// seen to it that it is the person who acts. The log keeps the day alone.

/** A consent whose form, place and signature were checked, and whose readers are the receiver's of today. */
export interface CheckedConsent {
  readonly jws: string;
  readonly readers: readonly string[];
  readonly share: Share;
}

/** Whether the person may agree now: they are asked, or it went on without them, or others read than they agreed to. */
function mayAgree({ state, consent }: Pick<Referral, 'state' | 'consent'>): boolean {
  return state === 'proposed' || (consent === null && STILL_TO_OPEN.includes(state)) || state === 'opened';
}

/**
 * The person agrees that the receiver may read, and how much of it. After a ground was put on record, and after the
 * hand-over, it is kept beside what happened: those who write then know whom the person knows of. The same consent a second
 * time is answered as the first time.
 *
 * @throws {Conflict} `impossible_move`, `case_closed`
 */
export async function consentGiven(
  manager: EntityManager,
  actor: Actor,
  found: Case,
  referral: Referral,
  { jws, readers, share }: CheckedConsent,
): Promise<void> {
  const stands = referral.state === 'opened' || STILL_TO_OPEN.includes(referral.state);
  if (stands && referral.consent !== null && saysTheSame(referral.consent, readers, share)) return;
  if (!mayAgree(referral)) throw movedOn();
  requireOpen(found);
  if (referral.state === 'proposed') {
    await narrowGrants(manager, referral.id, share);
    await moveToConsulted(manager, actor, found, referral, { consent: jws });
  } else {
    // Their last word is what counts.
    Object.assign(referral, { consent: jws, refusedOn: null });
    if (referral.state === 'consulted') await narrowGrants(manager, referral.id, share);
    await storeReferral(manager, referral);
  }
  await addEvent(manager, found.id, 'referral_consented');
  await record(manager, actor, found, 'referral.consented', referral);
}

/**
 * The person takes their consent back, until the receiver has taken the case over: the referral ends and its grants are
 * deleted. Where a ground is on record the case goes on by that. A second time is answered as the first time.
 *
 * @throws {Conflict} `impossible_move`
 */
export async function consentTakenBack(
  manager: EntityManager,
  actor: Actor,
  found: Case,
  referral: Referral,
): Promise<void> {
  if (referral.state === 'withdrawn') return;
  if (!mayBeTakenBack(referral)) throw movedOn();
  if (referral.ground === null) {
    await moveReferral(manager, referral, 'withdrawn', { refusedOn: todayInAuckland() });
    await addEvent(manager, found.id, 'referral_withdrawn');
    await tellNext(manager, found);
  } else {
    Object.assign(referral, { consent: null, refusedOn: todayInAuckland() });
    await storeReferral(manager, referral);
  }
  await record(manager, actor, found, 'referral.withdrawn', referral);
}

/**
 * The person refuses that the receiver reads. A second time is answered as the first time.
 *
 * @throws {Conflict} `impossible_move` where they are not asked any more
 */
export async function refusedByPerson(
  manager: EntityManager,
  actor: Actor,
  found: Case,
  referral: Referral,
): Promise<void> {
  if (referral.state === 'refused') return;
  await moveReferral(manager, referral, 'refused', { refusedOn: todayInAuckland() });
  await addEvent(manager, found.id, 'referral_refused');
  await tellNext(manager, found);
  await record(manager, actor, found, 'referral.refused', referral);
}

/**
 * The person says that they had to tell it again, once for each hand-over.
 *
 * @throws {Conflict} `impossible_move` where the case was not handed over by it
 */
export async function retold(manager: EntityManager, actor: Actor, found: Case, referral: Referral): Promise<void> {
  if (referral.state !== 'opened') throw movedOn();
  if (referral.retold) return;
  referral.retold = true;
  await storeReferral(manager, referral);
  await record(manager, actor, found, 'referral.retold', referral);
}

function saysTheSame(jws: string, readers: readonly string[], share: Share): boolean {
  const there = readConsent(jws);
  return there.share.length === share.length && [...readers].sort().join() === there.readers.join();
}

async function record(
  manager: EntityManager,
  actor: Actor,
  found: Case,
  action: AuditAction,
  { id }: Referral,
): Promise<void> {
  await append(manager, { action, actor, caseId: found.id, agencyId: found.agencyId, subject: id, dayOnly: true });
}

function movedOn(): Conflict {
  return new Conflict('impossible_move', 'This has moved on meanwhile. Look again first.');
}
