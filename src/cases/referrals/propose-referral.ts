import type { EntityManager } from 'typeorm';
import { isUniqueViolation } from '../../../config/database.js';
import { todayInAuckland } from '../../clocks/calendar.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { isDay } from '../../web/day.js';
import { Conflict, Invalid } from '../../web/errors.js';
import { requireOpen } from '../add-item.js';
import { lockedCaseFor } from '../case-access.js';
import { addEvent, tellPerson } from '../case-events.js';
import { CaseItem } from '../case-item.entity.js';
import type { Case } from '../case.entity.js';
import { mayRefer } from '../case.policy.js';
import { correctRouting } from '../correct-routing.js';
import { handOffsOf, mustWait, putOnLeadDesk } from './merry-go-round.js';
import { requireReceiver } from './read-receiver.js';
import { withholdGrants } from './referral-grants.js';
import { noteExists, storeNote, storeNoteEpoch } from './referral-note.js';
import type { ReferralWorld } from './referral-world.js';
import { Referral } from './referral.entity.js';
import { UNDER_WAY } from './referral-status.js';
import type { NewReferral } from './sealed-referral.js';
import { withheldFrom } from '../withheld-from.js';
import { recordReferral } from './record-referral.js';

/** Proposals of one case on one day. */
const MOST_A_DAY = 3;

/**
 * Proposes to hand a case on: a sealed note that the receiver and the person read, and grants that are withheld until the
 * person agreed and the receiver accepted. The sender keeps the case and its clock. A case that was passed on twice, or
 * comes back to where it was, waits for the system lead first. Sent a second time it is answered as the first time.
 *
 * @throws {NotFound} also to those who may not know of the case
 * @throws {Conflict} `referral_under_way`, `enough_today`, `too_many_referrals`, `release_open`, `merry_go_round` (a disclosure that was passed on twice), `readers_changed`,
 *   `epoch_closed`, `case_closed`, `not_placed`, `item_exists`
 * @throws {Invalid} when the receiver cannot take it, or something is not made as it must be
 */
export async function proposeReferral(
  manager: EntityManager,
  actor: StaffActor,
  caseId: string,
  sent: NewReferral,
  world: ReferralWorld,
): Promise<void> {
  const found = await lockedCaseFor(manager, actor, caseId, mayRefer);
  if (await wasProposed(manager, actor, found, sent)) return;
  requireOpen(found);
  const underWay = await manager.existsBy(
    Referral,
    UNDER_WAY.map((state) => ({ caseId: found.id, state })),
  );
  if (underWay) throw new Conflict('referral_under_way', 'Another agency has been asked already. Look again first.');
  await requireRoom(manager, found);
  if (found.path === 'disclosure' && (await world.releases.ask.hasOpenRelease(manager, found.id))) throw releaseOpen();
  refuseSubject(found, sent.to, world);
  const readers = (await requireReceiver(manager, found, sent.to, world)).map(({ kid }) => kid);
  const consultedOn = recipientConsultedOn(found, sent);
  const waits = mustWait(
    await handOffsOf(manager, found.id),
    { from: found.agencyId, to: sent.to },
    world.triageAgency,
  );
  if (waits && found.path === 'disclosure') throw passedOnTwice();

  const number = await storeNoteEpoch(manager, actor, found, readers, sent.epoch);
  const referral = await insertReferral(manager, actor, found, sent, { number, consultedOn, held: waits !== null });
  await storeNote(manager, actor, found, sent.note);
  await withholdGrants(manager, found, referral, readers, sent.grants);
  if (sent.rulesWrong === true) await sayRulesWrong(manager, actor, found, sent, world);
  if (waits) await putOnLeadDesk(manager, found.id, waits, referral.id);
  await addEvent(manager, found.id, waits ? 'referral_held' : 'referral_proposed');
  if (!waits) await tellPerson(manager, found.id);
  await recordReferral(manager, actor, found, referral, waits ? 'held' : 'proposed');
}

/* Each proposal asks the person: nobody is to be worn down until they say yes. */
async function requireRoom(manager: EntityManager, { id }: Case): Promise<void> {
  if ((await manager.countBy(Referral, { caseId: id, proposedOn: todayInAuckland() })) < MOST_A_DAY) return;
  throw new Conflict('enough_today', 'This case has been proposed so often today that it can be only tomorrow again.');
}

function refuseSubject(found: Case, to: string, { routing }: ReferralWorld): void {
  if (!withheldFrom(found, routing).includes(to)) return;
  throw new Invalid([
    {
      field: 'to',
      code: 'withheld',
      message: 'The person said that it is not safe to go there, or that it is about the head of that agency.',
    },
  ]);
}

/* A proposal to where the rules did send it says nothing against them. */
async function sayRulesWrong(
  manager: EntityManager,
  actor: StaffActor,
  found: Case,
  { to, reason }: NewReferral,
  { routing }: ReferralWorld,
): Promise<void> {
  if (found.path === 'disclosure') {
    throw new Invalid([{ field: 'rulesWrong', code: 'not_one_of', message: 'This is said of complaints only.' }]);
  }
  if (to === found.decidedFor) return;
  const why = reason === 'not_ours' ? 'outside_powers' : 'other';
  await correctRouting(manager, actor, found, { shouldBe: to, why }, routing);
}

async function wasProposed(
  manager: EntityManager,
  actor: StaffActor,
  found: Case,
  sent: NewReferral,
): Promise<boolean> {
  const there = await manager.findOneBy(Referral, { id: sent.id });
  if (!there) return false;
  const note = await manager.findOneBy(CaseItem, { id: sent.note.id });
  const same = there.caseId === found.id && there.proposedBy === actor.staffId && there.toAgency === sent.to;
  if (same && note?.jwe === sent.note.jwe) return true;
  throw noteExists();
}

async function insertReferral(
  manager: EntityManager,
  actor: StaffActor,
  found: Case,
  { id, to, reason, shareIdentity }: NewReferral,
  more: { readonly number: number; readonly consultedOn: string | null; readonly held: boolean },
): Promise<Referral> {
  if (shareIdentity && found.path === 'disclosure') {
    throw new Invalid([
      { field: 'shareIdentity', code: 'not_one_of', message: 'Who made a disclosure never goes along with it.' },
    ]);
  }
  const referral = manager.create(Referral, {
    id,
    caseId: found.id,
    number: more.number,
    fromAgency: found.agencyId,
    toAgency: to,
    reason,
    shareIdentity: shareIdentity && (await hasIdentity(manager, found)),
    state: more.held ? 'held' : 'proposed',
    proposedBy: actor.staffId,
    proposedOn: todayInAuckland(),
    recipientConsultedOn: more.consultedOn,
    consultedOn: null,
    consent: null,
    ground: null,
    groundedBy: null,
    refusedOn: null,
    acceptedBy: null,
    acceptedOn: null,
    declinedReason: null,
    endedOn: null,
    retold: false,
  });
  await manager.insert(Referral, referral).catch((error: unknown) => {
    // Of another case, which the actor need not see.
    throw isUniqueViolation(error, 'pk_referrals') ? noteExists() : error;
  });
  return referral;
}

async function hasIdentity(manager: EntityManager, found: Case): Promise<boolean> {
  const rows = await manager.query<unknown[]>(
    `SELECT FROM case_epochs WHERE case_id = $1 AND key = 'identity' LIMIT 1`,
    [found.id],
  );
  return rows.length > 0;
}

/*
 * We believe the Protected Disclosures (Protection of Whistleblowers) Act 2022, section 16, asks that the receiver is consulted
 * first; not checked against the Act.
 */
function recipientConsultedOn(found: Case, { recipientConsultedOn: day }: NewReferral): string | null {
  if (found.path === 'complaint') return null;
  if (day !== undefined && isDay(day) && day >= found.lodgedOn && day <= todayInAuckland()) return day;
  throw new Invalid([
    {
      field: 'recipientConsultedOn',
      code: day === undefined ? 'required' : 'invalid',
      message: 'Say on which day you spoke with the receiver about this disclosure.',
    },
  ]);
}

/* Whoever gets the disclosure does not get the name, and could neither decide nor tell the person. */
function releaseOpen(): Conflict {
  return new Conflict(
    'release_open',
    'A release of who wrote this is asked for, or the person has not been told of one. That comes first.',
  );
}

function passedOnTwice(): Conflict {
  return new Conflict(
    'merry_go_round',
    'This disclosure has been passed on twice, or would go back to where it was. Keep it, and ask the Office of the ' +
      'Ombudsman how to go on.',
  );
}
