import type { RolePlace } from '../../staff/roles.js';
import { mayLead, mayOversee, mayReadDisclosures, type RoleHolder } from '../../staff/staff.policy.js';

// What is not said here may not be done. A refusal looks like a page that does not exist.

/** What of an agency says whether its people read reports. */
export interface ReportPlace extends RolePlace {
  /** Whether serious misconduct is reported to it. */
  readonly takesReports: boolean;
}

/** The disclosure officers and the leads of any agency may report serious misconduct, each in their own name. */
export function mayReport(actor: RoleHolder): boolean {
  return mayReadDisclosures(actor) || mayLead(actor);
}

/**
 * Reports are read, and said to be received, by overseers of the body that takes them who are its officers too, since those
 * hold the key that they are sealed to. The role of an overseer alone opens nothing.
 */
export function mayReadReports(actor: RoleHolder, place: ReportPlace): boolean {
  return place.takesReports && mayOversee(actor, place) && actor.roles.includes('officer');
}
