import type { EntityManager } from 'typeorm';
import { append } from '../../audit/audit.js';
import { putOutbox } from '../../queue/outbox.js';
import { endSessionsOf } from '../../staff/end-sessions.js';
import { lockAgency } from '../../staff/places.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { StaffMember } from '../../staff/staff-member.entity.js';
import { mayEndMembership } from '../../staff/staff.policy.js';
import { Forbidden } from '../../web/errors.js';

/**
 * Ends somebody's membership of the actor's agency. From this moment they sign in nowhere, are listed nowhere and are
 * granted nothing; the cases they had are nobody's again. What they could read they may have read: the next epochs, which
 * keep what comes from them, are begun by those who stay (`KeyState.renewal`, `stale-disclosures.ts`).
 *
 * Safe to repeat.
 *
 * @throws {Forbidden} when the actor may not, or there is no such person
 */
export async function endMembership(manager: EntityManager, actor: StaffActor, staffId: string): Promise<void> {
  // First, so that nobody grants a key to who is just leaving.
  await lockAgency(manager, actor.agencyId);
  const person = await personToLeave(manager, actor, staffId);
  if (!person.active) return;
  const { affected } = await manager.update(StaffMember, { id: staffId }, { active: false });
  // What row security keeps from being written is no error of the database.
  if (affected !== 1) throw new Forbidden();
  await endSessionsOf(manager, staffId);
  // Whoever ends it may read no case, so letting go of them is the worker's.
  await putOutbox(manager, { queue: 'routing', name: 'release_cases' });
  await append(manager, { action: 'staff.left', actor, subject: staffId });
}

/** Somebody whose membership the actor may end. @throws {Forbidden} */
export async function personToLeave(manager: EntityManager, actor: StaffActor, staffId: string): Promise<StaffMember> {
  const person = await manager.findOneBy(StaffMember, { id: staffId });
  if (!person || !mayEndMembership(actor, { staffId, agencyId: person.agencyId, roles: person.roles })) {
    throw new Forbidden();
  }
  return person;
}

/** Lets go of the cases of those who have left, or whose roles let them read such a case no more. Safe to repeat. */
export async function releaseCases(manager: EntityManager): Promise<void> {
  await manager.query(
    `UPDATE cases SET assigned_to = NULL FROM staff p
      WHERE p.id = cases.assigned_to
        AND NOT (p.active AND CASE cases.path WHEN 'complaint' THEN p.roles && '{officer,lead,triage}'
                                              ELSE 'disclosure_officer' = ANY (p.roles) END)`,
  );
}
