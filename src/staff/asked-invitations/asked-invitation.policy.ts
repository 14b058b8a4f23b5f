import type { StaffActor } from '../staff-actor.js';
import { mayLookAtRoleChanges } from '../role-changes/role-change.policy.js';

// What is not said here may not be done.

/** What of an asked invitation decides who may decide it. */
export interface AskedStanding {
  readonly askedBy: string;
  /** The agency of who asked, which for the first person of another agency is the operator. */
  readonly askedAt: string;
}

/** A colleague of who asked says yes, and never who asked. */
export function mayApproveInvitation(actor: StaffActor, asked: AskedStanding): boolean {
  return mayRefuseInvitation(actor, asked) && actor.staffId !== asked.askedBy;
}

/** Whoever looks at it says no, who asked among them. */
export function mayRefuseInvitation(actor: StaffActor, asked: Pick<AskedStanding, 'askedAt'>): boolean {
  return mayLookAtRoleChanges(actor) && actor.agencyId === asked.askedAt;
}
