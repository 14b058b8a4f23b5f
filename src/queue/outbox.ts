import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import type { QueueName } from './outbox.entity.js';

/** Work to be done later, once the transaction that promises it has committed. */
export interface NewJob {
  readonly queue: QueueName;
  readonly name: string;
  readonly caseId?: string;
  /** Not before this moment; default: at once. */
  readonly delayUntil?: Date;
  /** A UUID of the caller's own; putting the same one twice promises the work once. Default: a new one. */
  readonly id?: string;
}

/** What a handler is told about its work. */
export interface OutboxJob {
  readonly id: string;
  readonly queue: QueueName;
  readonly name: string;
  readonly caseId: string | null;
  /** When it was due; of work that was due at once, the hour. */
  readonly dueAt: Date;
}

/** What a row is returned as. */
export const OUTBOX_JOB = 'id, queue, name, case_id AS "caseId", due_at AS "dueAt"';

/**
 * Promises work in the caller's transaction: one row if it commits, nothing if it does not.
 *
 * @returns the row's id
 */
export async function putOutbox(manager: EntityManager, job: NewJob): Promise<string> {
  const id = job.id ?? randomUUID();
  await manager.query(
    `INSERT INTO outbox (id, queue, name, case_id, due_at) VALUES ($1, $2, $3, $4, coalesce($5, date_trunc('hour', now())))
     ON CONFLICT DO NOTHING`,
    [id, job.queue, job.name, job.caseId ?? null, job.delayUntil ?? null],
  );
  return id;
}

/**
 * Takes a row away in the transaction of its effect. Whoever asks for the same row at the same time waits for that
 * transaction, and finds nothing if it commits.
 *
 * @returns the row, or null when its effect has already happened, or its queue rests
 */
export async function takeOutbox(manager: EntityManager, id: string): Promise<OutboxJob | null> {
  // TypeORM answers a DELETE with [rows, count].
  const [rows] = await manager.query<[OutboxJob[], number]>(
    `DELETE FROM outbox WHERE id = $1 AND NOT EXISTS (SELECT FROM queue_pauses p WHERE p.queue = outbox.queue)
     RETURNING ${OUTBOX_JOB}`,
    [id],
  );
  return rows[0] ?? null;
}
