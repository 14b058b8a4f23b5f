import type { StaffActor } from '../staff/staff-actor.js';
import { mayLead, mayLeadTheSystem, mayReadFigures, mayReadFiguresOfAll } from '../staff/staff.policy.js';

// What is not said here may not be done. The same sentences stand in the migration of figures, for the database.

/** Analysts count, leads look after what is counted, and so do the operator's system leads. */
export function mayLookAtFigures(actor: StaffActor, operatorAgency: string): boolean {
  return mayReadFigures(actor) || mayLead(actor) || mayLeadTheSystem(actor, operatorAgency);
}

/** Each agency's figures are for the operator's analysts and system leads; all others see their own and those of all. */
export function mayLookAtEachAgency(actor: StaffActor, operatorAgency: string): boolean {
  return mayReadFiguresOfAll(actor, operatorAgency) || mayLeadTheSystem(actor, operatorAgency);
}

/** What an agency has learnt is written down by its own leads and analysts. */
export function mayRecordLearning(actor: StaffActor): boolean {
  return mayLead(actor) || mayReadFigures(actor);
}
