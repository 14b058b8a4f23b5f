import type { EntityManager } from 'typeorm';
import type { Actor } from '../../../config/database.js';
import { append } from '../../audit/audit.js';
import { todayInAuckland } from '../../clocks/calendar.js';
import { countAnew } from '../case-events.js';
import { putOutbox } from '../../queue/outbox.js';
import type { Case } from '../case.entity.js';
import { agreedShare } from './referral-agreed.js';
import { dropGrants, grantsFit } from './referral-grants.js';
import { kidsAt } from './referral-readers.js';
import { Referral } from './referral.entity.js';
import { isEnded, type ReferralState } from './referral-status.js';

/** What changes of a referral beside its state. */
type Changes = Partial<
  Pick<
    Referral,
    | 'number'
    | 'consultedOn'
    | 'consent'
    | 'ground'
    | 'groundedBy'
    | 'refusedOn'
    | 'acceptedBy'
    | 'acceptedOn'
    | 'declinedReason'
    | 'retold'
  >
>;

/**
 * Moves a locked referral on, and stores it. Where it ends without a hand-over nothing is left of its grants.
 *
 * @throws {Conflict} `impossible_move` when it cannot go there from where it is
 */
export async function moveReferral(
  manager: EntityManager,
  referral: Referral,
  state: ReferralState,
  changes: Changes = {},
): Promise<void> {
  const released = referral.state === 'granted';
  referral.moveTo(state);
  Object.assign(referral, changes);
  if (state === 'grant_again' || (isEnded(state) && state !== 'opened')) {
    await dropGrants(manager, referral, { released });
  }
  if (state === 'grant_again') Object.assign(referral, { acceptedBy: null, acceptedOn: null });
  if (isEnded(state)) referral.endedOn = todayInAuckland();
  await storeReferral(manager, referral);
}

/** Stores what may change of a referral. */
export async function storeReferral(manager: EntityManager, referral: Referral): Promise<void> {
  const { id, number, state, consultedOn, consent, ground, groundedBy, acceptedBy, acceptedOn } = referral;
  const { refusedOn, declinedReason, endedOn, retold } = referral;
  await manager.update(
    Referral,
    { id },
    {
      number,
      state,
      consultedOn,
      consent,
      ground,
      groundedBy,
      refusedOn,
      acceptedBy,
      acceptedOn,
      declinedReason,
      endedOn,
      retold,
    },
  );
}

/**
 * Moves a referral on for which there is a consent or a ground now: to the receiver, or back to the sender where the
 * grants no longer fit. Whoever is next is told.
 */
export async function moveToConsulted(
  manager: EntityManager,
  actor: Actor,
  found: Case,
  referral: Referral,
  changes: Changes,
): Promise<void> {
  Object.assign(referral, changes);
  const readers = await kidsAt(manager, referral.toAgency, found);
  const share = await agreedShare(manager, referral, readers);
  const fit = share !== null && (await grantsFit(manager, referral, readers, share));
  referral.consultedOn ??= todayInAuckland();
  if (!fit) {
    await moveToGrantAgain(manager, actor, found, referral);
    return;
  }
  await moveReferral(manager, referral, 'consulted');
  await tellNext(manager, found);
}

/** Sends a referral whose grants no longer fit back to its sender. On whose act that came out is audited. */
export async function moveToGrantAgain(
  manager: EntityManager,
  actor: Actor,
  found: Case,
  referral: Referral,
): Promise<void> {
  await moveReferral(manager, referral, 'grant_again');
  // Whoever had accepted has not any more.
  await countAnew(manager, found.id);
  // Of what the person did the log keeps the day alone, of which agency has the case too.
  const agency = actor.kind === 'mailbox' ? { agencyId: found.agencyId } : {};
  await append(manager, {
    action: 'referral.grant_again',
    actor,
    caseId: found.id,
    ...agency,
    subject: referral.id,
    dayOnly: actor.kind === 'mailbox' || found.path === 'disclosure',
  });
  await tellNext(manager, found);
}

/**
 * Promises a notice to the agency whose turn it is. Of a disclosure both hear by their daily digest alone, since the hour of
 * a mail would be the hour of the act: its notice is put into the queue all the same and sends nothing, so that whoever
 * looks after the queues cannot tell a disclosure by the job that it lacks.
 */
export async function tellNext(manager: EntityManager, found: Case): Promise<void> {
  await putOutbox(manager, { queue: 'delivery', name: 'tell_receiver', caseId: found.id });
}
