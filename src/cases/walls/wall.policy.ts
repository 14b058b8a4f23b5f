import type { StaffActor } from '../../staff/staff-actor.js';
import { mayLead } from '../../staff/staff.policy.js';
import { mayRead, type CaseReader, type CaseStanding } from '../case.policy.js';

// What is not said here may not be done. Who is behind a wall reads nothing, and so does none of this: not even that
// there is a wall is for them.

/** What of a wall decides who may lift it. */
export interface WallStanding {
  /** Who is kept out, and of which agency they are. */
  readonly staffId: string;
  readonly agencyId: string;
  /** Null where the person set it, who left them out. */
  readonly setBy: string | null;
}

/** Whoever reads a case may see who of their own agency is kept out of it. */
export const maySeeWalls = mayRead;

/** Whoever reads a case may leave it alone from now on. */
export const mayRecuse = mayRead;

/** Whoever reads a case may keep a colleague out of it; themself they recuse. */
export function mayWall(
  reader: CaseReader,
  standing: CaseStanding,
  colleague: Pick<StaffActor, 'staffId' | 'agencyId'>,
): boolean {
  const isColleague = colleague.agencyId === reader.person.agencyId && colleague.staffId !== reader.person.staffId;
  return mayRead(reader, standing) && isColleague;
}

/**
 * A lead who reads a complaint lifts a wall on it. On a disclosure, of which no lead knows, it takes a second disclosure
 * officer: not who set it. Nobody lifts a wall of another agency's person, nor one that the person set themself.
 */
export function mayLift(reader: CaseReader, standing: CaseStanding, wall: WallStanding): boolean {
  const { person } = reader;
  if (wall.setBy === null || !mayRead(reader, standing)) return false;
  if (wall.agencyId !== person.agencyId || wall.staffId === person.staffId) return false;
  return standing.path === 'complaint' ? mayLead(person) : wall.setBy !== person.staffId;
}
