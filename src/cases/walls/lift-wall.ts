import type { EntityManager } from 'typeorm';
import { append } from '../../audit/audit.js';
import { todayInAuckland } from '../../clocks/calendar.js';
import { recordLent } from '../../staff/delegations/lent-roles.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { isUuid } from '../../vault/form.js';
import { NotFound } from '../../web/errors.js';
import { lockedCaseFor, timeKept } from '../case-access.js';
import { mayLift, maySeeWalls, type WallStanding } from './wall.policy.js';

/**
 * Lifts a wall: the case is there again for who was kept out, as far as its newest key was granted to them. Lifted twice it
 * is answered as the first time.
 *
 * @throws {NotFound} also to those who may not know of the case, or may not lift this wall
 */
export async function liftWall(manager: EntityManager, actor: StaffActor, id: string, wallId: string): Promise<void> {
  const found = await lockedCaseFor(manager, actor, id, maySeeWalls);
  if (!isUuid(wallId)) throw new NotFound();
  const [wall] = await manager.query<(WallStanding & { lifted: boolean })[]>(
    `SELECT w.staff_id AS "staffId", p.agency_id AS "agencyId", w.set_by AS "setBy", w.lifted_on IS NOT NULL AS lifted
       FROM case_walls w JOIN staff p ON p.id = w.staff_id WHERE w.id = $1 AND w.case_id = $2`,
    [wallId, found.wholeId ?? found.id],
  );
  if (!wall || !mayLift({ person: actor, granted: true, walled: false }, found, wall)) throw new NotFound();
  if (wall.lifted) return;
  await manager.query(`UPDATE case_walls SET lifted_by = $2, lifted_on = $3 WHERE id = $1 AND lifted_on IS NULL`, [
    wallId,
    actor.staffId,
    todayInAuckland(),
  ]);
  const subject = wall.staffId;
  await append(manager, { action: 'case.wall_lifted', actor, caseId: found.id, subject, ...timeKept(found) });
  if (found.path === 'complaint') await recordLent(manager, actor, 'lead', { caseId: found.id });
}
