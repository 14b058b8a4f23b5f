import { mayRead, type CaseReader, type CaseStanding } from '../cases/case.policy.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { mayReadDisclosures } from '../staff/staff.policy.js';

// What is not said here may not be done. A refusal looks like a case that does not exist.

/** Whoever reads a disclosure sees and takes the steps that the law asks for; of a complaint there are none. */
export function mayTakeSteps(reader: CaseReader, standing: CaseStanding): boolean {
  return standing.path === 'disclosure' && mayRead(reader, standing);
}

/** Whoever takes its steps closes a disclosure after the last, and takes it up again. */
export const mayCloseDisclosure = mayTakeSteps;
export const mayReopenDisclosure = mayTakeSteps;

/** What is due on disclosures, and how they were decided, is listed for disclosure officers: of each, those they may read. */
export function mayListDuties(actor: StaffActor): boolean {
  return mayReadDisclosures(actor);
}
