import type { EntityManager } from 'typeorm';
import { append } from '../../audit/audit.js';
import { addWorkingDays, todayInAuckland } from '../../clocks/calendar.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { Conflict, Invalid } from '../../web/errors.js';
import { requireOpen } from '../add-item.js';
import { timeKept } from '../case-access.js';
import { addEvent, tellPerson } from '../case-events.js';
import { moveToConsulted } from './move-referral.js';
import { sharedBy } from './referral-agreed.js';
import { narrowGrants } from './referral-grants.js';
import { lockedReferralFor } from './referral-access.js';
import { groundsFor, type ReferralGroundCode } from './referral-grounds.js';
import type { Referral } from './referral.entity.js';
import { mayGround, mayRestOn } from './referral.policy.js';

/**
 * Working days, as the Legislation Act 2019 counts them, that the person has to answer before a case may go on without
 * their answer. Our own rule: no law that we know of names a number.
 */
const DAYS_TO_ANSWER = 10;

/**
 * Puts on record on what ground a case goes on without the person's consent. They are told at once, with the ground: it is
 * never done in silence. A ground that goes over their head takes a second officer. A second time with the same ground is
 * answered as the first time. That they do not answer is no ground once they have said no; other grounds may overrule them,
 * and then say so.
 *
 * @throws {NotFound} also to those who may not know of the referral
 * @throws {Conflict} `case_closed`, `impossible_move`, `second_officer`; for `same_purpose` `asked_and_refused`, `still_to_answer`
 * @throws {Invalid} where the ground is not one for such a case
 */
export async function groundReferral(
  manager: EntityManager,
  actor: StaffActor,
  id: string,
  ground: ReferralGroundCode,
): Promise<void> {
  const { referral, found } = await lockedReferralFor(manager, actor, id, mayGround);
  if (referral.ground === ground && referral.groundedBy === actor.staffId) return;
  const chosen = groundsFor(found.path).find(({ code }) => code === ground);
  if (!chosen) {
    throw new Invalid([{ field: 'ground', code: 'not_one_of', message: 'Choose a ground that may be used here.' }]);
  }
  requireOpen(found);
  if (referral.state !== 'proposed') {
    throw new Conflict('impossible_move', 'This referral has moved on meanwhile. Look again first.');
  }
  if (!mayRestOn(actor, referral, chosen)) {
    throw new Conflict('second_officer', 'Somebody else than who proposed it must put this ground on record.');
  }
  if (ground === 'same_purpose') await requireNoAnswer(manager, referral);
  referral.ground = ground;
  await narrowGrants(manager, referral.id, sharedBy(referral) ?? ['case']);
  await moveToConsulted(manager, actor, found, referral, { groundedBy: actor.staffId });
  await addEvent(manager, found.id, 'referral_grounded');
  await tellPerson(manager, found.id);
  await append(manager, { action: 'referral.grounded', actor, caseId: found.id, subject: ground, ...timeKept(found) });
}

/** @throws {Conflict} where the person has said no to this receiver, or may still answer */
async function requireNoAnswer(manager: EntityManager, { caseId, toAgency }: Referral): Promise<void> {
  // They may have been asked more than once, by the same referral too: the days count from the last time.
  const [row] = await manager.query<{ refused: boolean; askedOn: string | null }[]>(
    `SELECT EXISTS (SELECT FROM referrals WHERE case_id = $1 AND to_agency = $2 AND refused_on IS NOT NULL) AS refused,
            (SELECT to_char(max(happened_on), 'YYYY-MM-DD') FROM case_events
              WHERE case_id = $1 AND kind = 'referral_proposed') AS "askedOn"`,
    [caseId, toAgency],
  );
  if (row?.refused) {
    throw new Conflict(
      'asked_and_refused',
      'The person has said no to this agency, so that they do not answer is no ground. Another ground may be one.',
    );
  }
  const today = todayInAuckland();
  if (today > addWorkingDays('legislation', row?.askedOn ?? today, DAYS_TO_ANSWER)) return;
  throw new Conflict(
    'still_to_answer',
    `The person has ${DAYS_TO_ANSWER.toString()} working days to answer before this is a ground. That is our own rule. Ask again later.`,
  );
}
