import { mayBeHeldAt, mayBeHeldTogether, type Role, type RolePlace } from '../roles.js';
import type { StaffActor } from '../staff-actor.js';
import { mayAdminister, type RoleHolder } from '../staff.policy.js';

// What is not said here may not be done.

/** Roles that one administrator does not give alone where there is a second who can look at it. */
const GRAVE: readonly Role[] = ['admin', 'disclosure_officer', 'identity_custodian', 'system_lead', 'overseer'];

/** Somebody of an agency. */
type Person = Pick<StaffActor, 'staffId' | 'agencyId'>;

/** An administrator changes the roles of the people of their agency, and never their own. */
export function mayChangeRoles(actor: StaffActor, person: Person): boolean {
  return mayAdminister(actor) && person.agencyId === actor.agencyId && person.staffId !== actor.staffId;
}

/** An administrator publishes who the disclosure officers of their agency are. */
export function mayPublishNameOf(actor: StaffActor, person: Person & RoleHolder): boolean {
  return mayAdminister(actor) && person.agencyId === actor.agencyId && person.roles.includes('disclosure_officer');
}

/** Whether somebody of an agency can have these roles. */
export function canHave(roles: readonly Role[], place: RolePlace): boolean {
  return mayBeHeldTogether(roles) && mayBeHeldAt(roles, place);
}

/** To take a role away takes one; to give a grave one takes two. */
export function takesTwo(before: readonly Role[], after: readonly Role[]): boolean {
  return after.some((role) => GRAVE.includes(role) && !before.includes(role));
}

/** Administrators look at what other administrators ask. */
export function mayLookAtRoleChanges(actor: RoleHolder): boolean {
  return mayAdminister(actor);
}

/** A second person says yes: neither who asked nor who is to have the roles. */
export function mayApprove(actor: StaffActor, change: Person & { readonly askedBy: string }): boolean {
  return mayRefuse(actor, change) && actor.staffId !== change.askedBy;
}

/** Whoever looks at it says no, who asked among them; never who it is about. */
export function mayRefuse(actor: StaffActor, change: Person): boolean {
  return mayLookAtRoleChanges(actor) && change.agencyId === actor.agencyId && change.staffId !== actor.staffId;
}
