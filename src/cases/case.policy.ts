import type { StaffActor } from '../staff/staff-actor.js';
import { mayReadComplaints, mayReadDisclosures, maySettleComplaints } from '../staff/staff.policy.js';
import type { CasePath } from './case.entity.js';

// What is not said here may not be done. A refusal looks like a case that does not exist.

/** What of a case decides who may do what with it. */
export interface CaseStanding {
  readonly path: CasePath;
  readonly agencyId: string;
}

/** A person in relation to one case. */
export interface CaseReader {
  readonly person: StaffActor;
  /** Whether the case's key was granted to this person's own current key. */
  readonly granted: boolean;
  /** Whether a wall stands between the two: they recused themself, or were kept out. */
  readonly walled: boolean;
}

/** Complaints have a list for those who read complaints, disclosures one for disclosure officers alone. */
export function mayList(actor: StaffActor, path: CasePath): boolean {
  return path === 'complaint' ? mayReadComplaints(actor) : mayReadDisclosures(actor);
}

/**
 * A complaint is read by those who read complaints at the agency that has it; a disclosure by those of its disclosure
 * officers to whom it was granted, and by nobody else. An administrator reads
 * neither, and nobody the case that they are kept out of.
 */
export function mayRead({ person, granted, walled }: CaseReader, { path, agencyId }: CaseStanding): boolean {
  if (walled || person.agencyId !== agencyId) return false;
  return path === 'complaint' ? mayReadComplaints(person) : mayReadDisclosures(person) && granted;
}

/**
 * What stands in clear of an agency's complaints may be taken out as a file by whoever settles them there, for somebody who
 * asks for official information.
 */
export function mayExportRegister(actor: StaffActor): boolean {
  return maySettleComplaints(actor);
}

/** Whoever reads a case may tell the person that it has come. */
export const mayAcknowledge = mayRead;

/** Whoever reads a case may answer the person. */
export const mayReply = mayRead;

/** Whoever reads a case may write a note for the others who read it. */
export const mayNote = mayRead;

/** Whoever reads a case may propose to hand it on. */
export const mayRefer = mayRead;

/** Whoever reads a case settles it, except where they do triage: those place a complaint and decide nothing about it. */
function maySettle(reader: CaseReader, standing: CaseStanding): boolean {
  return mayRead(reader, standing) && (standing.path === 'disclosure' || maySettleComplaints(reader.person));
}

/** Whoever settles a case may close it, and take it up again. */
export const mayClose = maySettle;
export const mayReopen = maySettle;

/** Whoever settles a case may split it into parts. */
export const maySplit = maySettle;

/** Whoever reads a case may note on it that another belongs to it; that takes no right to the other. */
export const mayLink = mayRead;

/** Whoever reads a case may give it to somebody who reads it as well, or take it. */
export function mayAssign(reader: CaseReader, standing: CaseStanding, to: CaseReader): boolean {
  return mayRead(reader, standing) && mayRead(to, standing);
}
