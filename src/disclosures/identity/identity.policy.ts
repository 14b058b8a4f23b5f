import type { StaffActor } from '../../staff/staff-actor.js';
import { mayKeepNames, mayReadDisclosures } from '../../staff/staff.policy.js';
import type { ReleaseState } from './identity-release.entity.js';

// What is not said here may not be done, and all of it only by who reads the disclosure at all.

/** How somebody stands to the name in a disclosure that they read. */
export interface NameStanding {
  /** Whether those to whom the disclosure went when it was lodged are more than those to whom the name went. */
  readonly apart: boolean;
  /** Whether the key of the name is granted to their own current key. */
  readonly holds: boolean;
  /** Whether it was released to them by two others. */
  readonly released: boolean;
}

/** What of a release decides who may do what with it. */
export interface ReleaseStanding {
  readonly state: ReleaseState;
  readonly askedBy: string;
  readonly toStaff: string | null;
  readonly toldOn: string | null;
}

/**
 * Whoever keeps a name is an identity custodian to whom its key is granted. Where nobody kept names apart when the disclosure
 * was lodged, all its readers of then do.
 */
export function mayKeep(actor: StaffActor, { apart, holds, released }: NameStanding): boolean {
  if (!mayReadDisclosures(actor) || !holds) return false;
  return mayKeepNames(actor) || (!apart && !released);
}

/** A name is opened by who keeps it, and by whom it was released to. */
export function mayOpenName(actor: StaffActor, standing: NameStanding): boolean {
  return mayKeep(actor, standing) || (mayReadDisclosures(actor) && standing.holds && standing.released);
}

/** Who keeps a name may ask that it be released. Another who keeps the name says yes: never who asked, and never to whom it would go. */
export function mayApproveRelease(actor: StaffActor, standing: NameStanding, release: ReleaseStanding): boolean {
  if (release.state !== 'asked' || actor.staffId === release.toStaff) return false;
  return mayKeep(actor, standing) && actor.staffId !== release.askedBy;
}

// What follows releases nothing. Any reader may do it, or nobody could once all have left who kept the name.

/** Anybody else who reads the disclosure may say no. */
export function mayDeclineRelease(actor: StaffActor, release: ReleaseStanding): boolean {
  return release.state === 'asked' && mayReadDisclosures(actor) && actor.staffId !== release.askedBy;
}

/** Who asked may take it back before it is decided. */
export function mayWithdrawRelease(actor: StaffActor, release: ReleaseStanding): boolean {
  return release.state === 'asked' && mayReadDisclosures(actor) && actor.staffId === release.askedBy;
}

/** Any of those who read the disclosure tells the person of a release, once. */
export function mayTellOfRelease(actor: StaffActor, release: ReleaseStanding): boolean {
  return release.state === 'approved' && release.toldOn === null && mayReadDisclosures(actor);
}
