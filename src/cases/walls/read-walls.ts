import type { EntityManager } from 'typeorm';
import { append } from '../../audit/audit.js';
import type { CaseWall } from '../../staff/case-wall.entity.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import type { Candidate } from '../assign-case.js';
import { caseFor, timeKept } from '../case-access.js';
import { mayLift, maySeeWalls, type WallStanding } from './wall.policy.js';

/** A wall that stands, for those on the near side of it. */
interface StandingWall {
  readonly id: string;
  readonly displayName: string;
  readonly reason: CaseWall['reason'];
  /** Whether the person set it for themself. */
  readonly recused: boolean;
  /** YYYY-MM-DD */
  readonly setOn: string;
  readonly mayLift: boolean;
}

/** Who is kept out of a case, and who could be. */
export interface Walls {
  readonly standing: readonly StandingWall[];
  readonly colleagues: readonly Candidate[];
}

/**
 * Reads who of the actor's agency is kept out of a case. Audited.
 *
 * @throws {NotFound} also to those who may not know of the case, such as those behind a wall
 */
export async function readWalls(manager: EntityManager, actor: StaffActor, id: string): Promise<Walls> {
  const found = await caseFor(manager, actor, id, maySeeWalls);
  const walls = await manager.query<(Omit<StandingWall, 'mayLift' | 'recused'> & WallStanding)[]>(
    `SELECT w.id, p.display_name AS "displayName", w.reason, to_char(w.set_on, 'YYYY-MM-DD') AS "setOn",
            w.staff_id AS "staffId", p.agency_id AS "agencyId", w.set_by AS "setBy"
       FROM case_walls w JOIN staff p ON p.id = w.staff_id
      WHERE w.case_id = $1 AND w.lifted_on IS NULL AND p.agency_id = $2
      ORDER BY p.display_name, w.id`,
    [found.wholeId ?? found.id, actor.agencyId],
  );
  const out = walls.map(({ staffId }) => staffId);
  const colleagues = await manager.query<Candidate[]>(
    `SELECT id AS "staffId", display_name AS "displayName" FROM staff
      WHERE agency_id = $1 AND active AND id <> ALL ($2) ORDER BY display_name, id`,
    [actor.agencyId, [actor.staffId, ...out]],
  );
  await append(manager, { action: 'case.walls_read', actor, caseId: found.id, ...timeKept(found) });
  const reader = { person: actor, granted: true, walled: false };
  return {
    standing: walls.map(({ id: wall, displayName, reason, setOn, staffId, setBy, agencyId }) => ({
      id: wall,
      displayName,
      reason,
      setOn,
      recused: setBy === staffId,
      mayLift: mayLift(reader, found, { staffId, setBy, agencyId }),
    })),
    colleagues,
  };
}
