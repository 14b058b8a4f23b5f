import type { EntityManager } from 'typeorm';
import { NotFound } from '../web/errors.js';
import type { QueueName } from './outbox.entity.js';

/** Work that was given up: what, and a code that says why. Not for which case: that is not for who looks after the queues. */
export interface DeadLetter {
  readonly id: string;
  readonly queue: QueueName;
  readonly name: string;
  readonly attempts: number;
  readonly errorCode: string;
  /** Day on which it was given up, YYYY-MM-DD. */
  readonly day: string;
}

/**
 * Gives work up. From here on it keeps days only: a row that stays must not tell to the second when someone disclosed.
 */
export async function bury(manager: EntityManager, id: string, code: string): Promise<void> {
  await manager.query(
    `UPDATE outbox SET dead_at = date_trunc('day', now()), due_at = date_trunc('day', now()), relayed_at = NULL,
            error_code = $2
     WHERE id = $1 AND dead_at IS NULL`,
    [id, code],
  );
}

/**
 * Work that was given up, in pages.
 *
 * @param page `after`: id of the last one already seen; `limit`: at most 100
 */
export async function listDeadLetters(
  manager: EntityManager,
  page: { readonly after?: string; readonly limit?: number } = {},
): Promise<DeadLetter[]> {
  return manager.query<DeadLetter[]>(
    `SELECT id, queue, name, attempts, error_code AS "errorCode",
            to_char(dead_at, 'YYYY-MM-DD') AS day
     FROM outbox
     WHERE dead_at IS NOT NULL
       AND ($1::uuid IS NULL OR (dead_at, id) > (SELECT dead_at, id FROM outbox WHERE id = $1))
     ORDER BY dead_at, id LIMIT $2`,
    [page.after ?? null, Math.min(page.limit ?? 50, 100)],
  );
}

/**
 * Has work that was given up done again from the start.
 *
 * @throws {NotFound} when there is no such dead letter
 */
export async function replayDeadLetter(manager: EntityManager, id: string): Promise<void> {
  const [, count] = await manager.query<[unknown[], number]>(
    `UPDATE outbox SET dead_at = NULL, relayed_at = NULL, due_at = now(), attempts = 0, error_code = NULL
     WHERE id = $1 AND dead_at IS NOT NULL RETURNING id`,
    [id],
  );
  if (count === 0) throw new NotFound();
}
