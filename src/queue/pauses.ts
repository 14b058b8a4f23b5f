import type { EntityManager } from 'typeorm';
import { append } from '../audit/audit.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { dayInAuckland } from '../web/day.js';
import type { QueueName } from './outbox.entity.js';

/**
 * Lets a queue rest: what is in hand is finished, nothing else is begun, by no process, until {@link resumeQueue}.
 * What is promised meanwhile waits in the outbox; lodging does not notice.
 *
 * @param actor who says so; the caller has asked the policy
 * @returns false when it rested already
 */
export async function pauseQueue(manager: EntityManager, actor: StaffActor, queue: QueueName): Promise<boolean> {
  const made = await manager.query<unknown[]>(
    `INSERT INTO queue_pauses (queue, paused_by, paused_on) VALUES ($1, $2, $3)
     ON CONFLICT (queue) DO NOTHING RETURNING queue`,
    [queue, actor.staffId, dayInAuckland()],
  );
  if (made.length === 0) return false;
  await append(manager, { action: 'queue.paused', actor, subject: queue });
  return true;
}

/**
 * Lets a queue go on.
 *
 * @param actor who says so; the caller has asked the policy
 * @returns false when it did not rest
 */
export async function resumeQueue(manager: EntityManager, actor: StaffActor, queue: QueueName): Promise<boolean> {
  const [, count] = await manager.query<[unknown[], number]>(`DELETE FROM queue_pauses WHERE queue = $1`, [queue]);
  if (count === 0) return false;
  await append(manager, { action: 'queue.resumed', actor, subject: queue });
  return true;
}

/**
 * Gives a row that was handed over, and may not be begun now, back to the outbox. The relay hands it over again when its
 * queue goes on, so that a pause holds whatever keeps the jobs in between, and however it loses them.
 */
export async function putBack(manager: EntityManager, id: string): Promise<void> {
  await manager.query(`UPDATE outbox SET relayed_at = NULL WHERE id = $1 AND dead_at IS NULL`, [id]);
}
