import type { EntityManager } from 'typeorm';
import { append } from '../../../audit/audit.js';
import { putOutbox } from '../../../queue/outbox.js';
import type { StaffActor } from '../../../staff/staff-actor.js';
import { dayInAuckland } from '../../../web/day.js';
import { Conflict, Forbidden, NotFound } from '../../../web/errors.js';
import { mayApproveRelease, mayTendReleases, mayWithdrawRelease } from '../release.policy.js';
import type { ReleaseState } from '../release-state.js';
import { subjectOf } from './subject.js';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

interface Found {
  readonly dataset: string;
  readonly period: string;
  readonly number: number | null;
  readonly state: ReleaseState;
  readonly preparedBy: string;
}

/**
 * Approves what somebody else prepared: from now on it is brought out, and cannot be taken back.
 *
 * @throws {NotFound}, {Forbidden} where there is none, or the actor may not: they prepared it themselves, or tend no releases
 * @throws {Conflict} `release_moved_on` where it was approved or withdrawn meanwhile
 */
export async function approveRelease(
  manager: EntityManager,
  actor: StaffActor,
  operatorAgency: string,
  id: string,
): Promise<void> {
  const found = await findRelease(manager, actor, operatorAgency, id);
  if (!mayApproveRelease(actor, found, operatorAgency)) throw new Forbidden();
  await lockPrepared(manager, id);
  await manager.query(
    `UPDATE open_data_releases SET state = 'approved', approved_by = $2, approved_on = $3 WHERE id = $1`,
    [id, actor.staffId, dayInAuckland()],
  );
  await putOutbox(manager, { queue: 'clocks', name: 'publish_open_data', id });
  await append(manager, { action: 'open_data.approved', actor, subject: subjectOf(found) });
}

/**
 * Withdraws a release that nobody approved yet. Its number is free again.
 *
 * @throws {NotFound}, {Forbidden} where there is none, or the actor may not
 * @throws {Conflict} `release_moved_on` where it was approved or withdrawn meanwhile
 */
export async function withdrawRelease(
  manager: EntityManager,
  actor: StaffActor,
  operatorAgency: string,
  id: string,
): Promise<void> {
  const found = await findRelease(manager, actor, operatorAgency, id);
  if (!mayWithdrawRelease(actor, operatorAgency)) throw new Forbidden();
  await lockPrepared(manager, id);
  await manager.query(`UPDATE open_data_releases SET state = 'withdrawn', number = NULL WHERE id = $1`, [id]);
  await append(manager, { action: 'open_data.withdrawn', actor, subject: subjectOf(found) });
}

async function findRelease(
  manager: EntityManager,
  actor: StaffActor,
  operatorAgency: string,
  id: string,
): Promise<Found> {
  if (!mayTendReleases(actor, operatorAgency)) throw new Forbidden();
  if (!UUID.test(id)) throw new NotFound();
  const [found] = await manager.query<Found[]>(
    `SELECT dataset, period, number, state, prepared_by AS "preparedBy" FROM open_data_releases WHERE id = $1`,
    [id],
  );
  if (!found) throw new NotFound();
  return found;
}

/* Who comes second waits for who came first, and finds it moved on. */
async function lockPrepared(manager: EntityManager, id: string): Promise<void> {
  const locked = await manager.query<unknown[]>(
    `SELECT FROM open_data_releases WHERE id = $1 AND state = 'prepared' FOR UPDATE`,
    [id],
  );
  if (locked.length === 0) {
    throw new Conflict('release_moved_on', 'This release was approved or withdrawn meanwhile. Look at the list first.');
  }
}
