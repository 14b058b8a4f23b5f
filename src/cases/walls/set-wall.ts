import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { append } from '../../audit/audit.js';
import { todayInAuckland } from '../../clocks/calendar.js';
import type { WallReason } from '../../staff/case-wall.entity.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { isUuid } from '../../vault/form.js';
import { Conflict, Invalid } from '../../web/errors.js';
import { readersOf } from '../assign-case.js';
import { caseFor, timeKept } from '../case-access.js';
import type { Case } from '../case.entity.js';
import { mayRead } from '../case.policy.js';
import { mayRecuse, mayWall } from './wall.policy.js';

/**
 * An officer leaves a case alone from now on: it is not there for them any more.
 *
 * @throws {NotFound} also to those who may not know of the case
 * @throws {Conflict} `nobody_left` when nobody else reads it
 */
export async function recuseFrom(
  manager: EntityManager,
  actor: StaffActor,
  id: string,
  reason: WallReason,
): Promise<void> {
  await lockWhole(manager, id);
  const found = await caseFor(manager, actor, id, mayRecuse);
  await putWall(manager, actor, found, actor.staffId, reason);
  await append(manager, {
    action: 'case.recused',
    actor,
    caseId: found.id,
    subject: actor.staffId,
    ...timeKept(found),
  });
}

/**
 * Keeps a colleague out of a case and of all its parts. One who is kept out already stays so.
 *
 * @param staffId of the colleague
 * @throws {NotFound} also to those who may not know of the case
 * @throws {Invalid} when this is no colleague
 */
export async function wallOff(
  manager: EntityManager,
  actor: StaffActor,
  id: string,
  staffId: string,
  reason: WallReason,
): Promise<void> {
  await lockWhole(manager, id);
  const found = await caseFor(manager, actor, id, mayRead);
  const colleague = await colleagueOf(manager, actor, staffId);
  // Who reads the case was granted what it takes; the policy asks for more than that.
  if (!colleague || !mayWall({ person: actor, granted: true, walled: false }, found, colleague)) {
    throw new Invalid([{ field: 'staffId', code: 'not_one_of', message: 'Choose a colleague of your agency.' }]);
  }
  if (!(await putWall(manager, actor, found, staffId, reason))) return;
  await append(manager, { action: 'case.walled_off', actor, caseId: found.id, subject: staffId, ...timeKept(found) });
}

/* The whole and its parts, in the order in which everybody locks them: a wall stands before all of them. */
async function lockWhole(manager: EntityManager, id: string): Promise<void> {
  if (!isUuid(id)) return;
  await manager.query(
    `SELECT FROM cases WHERE (id = $1 OR whole_id = $1 OR id = (SELECT whole_id FROM cases WHERE id = $1)
                              OR whole_id = (SELECT whole_id FROM cases WHERE id = $1))
      ORDER BY part_number NULLS FIRST FOR UPDATE`,
    [id],
  );
}

/** @returns whether it is new */
async function putWall(
  manager: EntityManager,
  actor: StaffActor,
  found: Case,
  staffId: string,
  reason: WallReason,
): Promise<boolean> {
  const caseId = found.wholeId ?? found.id;
  const there = await manager.query<unknown[]>(
    `SELECT FROM case_walls WHERE case_id = $1 AND staff_id = $2 AND lifted_on IS NULL`,
    [caseId, staffId],
  );
  if (there.length > 0) return false;
  const others = (await readersOf(manager, found)).filter(({ person }) => person.staffId !== staffId);
  if (!others.some((reader) => mayRead(reader, found))) {
    throw new Conflict(
      'nobody_left',
      'Nobody else could read this case then. Pass it on, or ask for a colleague who can take it over.',
    );
  }
  await manager.query(`UPDATE cases SET assigned_to = NULL WHERE (id = $1 OR whole_id = $1) AND assigned_to = $2`, [
    caseId,
    staffId,
  ]);
  // Last of all: behind it there is no case any more to change.
  await manager.query(
    `INSERT INTO case_walls (id, case_id, staff_id, reason, set_by, set_on) VALUES ($1, $2, $3, $4, $5, $6)`,
    [randomUUID(), caseId, staffId, reason, actor.staffId, todayInAuckland()],
  );
  return true;
}

async function colleagueOf(
  manager: EntityManager,
  { agencyId }: StaffActor,
  staffId: string,
): Promise<Pick<StaffActor, 'staffId' | 'agencyId'> | undefined> {
  if (!isUuid(staffId)) return undefined;
  const [colleague] = await manager.query<Pick<StaffActor, 'staffId' | 'agencyId'>[]>(
    `SELECT id AS "staffId", agency_id AS "agencyId" FROM staff WHERE id = $1 AND agency_id = $2 AND active`,
    [staffId, agencyId],
  );
  return colleague;
}
