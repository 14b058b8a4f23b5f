import { UnrecoverableError } from 'bullmq';
import type { Database } from '../../config/database.js';
import type { Log } from '../web/log.js';
import { bury } from './dead-letters.js';
import { asJobFailure, type JobFailure } from './job-failure.js';
import type { JobRegistry } from './job-registry.js';
import { OUTBOX_JOB, takeOutbox, type OutboxJob } from './outbox.js';
import type { QueueName } from './outbox.entity.js';
import { putBack } from './pauses.js';
import type { QueuedJob } from './queue-backend.js';

/** What jobs are run with. */
export interface JobTools {
  readonly database: Database;
  readonly registry: JobRegistry;
  readonly log: Log;
}

/**
 * Does the work of one job: its row goes away and its effect comes about in one transaction, or neither does. A job
 * whose row is gone has been done already; that of a queue that rests goes back to the outbox.
 *
 * @throws {JobFailure} to have the queue run it again later
 * @throws {UnrecoverableError} when it is given up; its row then says so
 */
export async function runJob(tools: JobTools, queue: QueueName, job: QueuedJob): Promise<void> {
  const id = job.id;
  if (id === undefined) return;
  try {
    await tools.database.asActor({ kind: 'system', name: queue }, async (manager) => {
      const row = await takeOutbox(manager, id);
      if (row) await tools.registry.handlerOf(row.queue, row.name).run(manager, row);
      else await putBack(manager, id);
    });
  } catch (thrown) {
    const failure = asJobFailure(thrown);
    const dead = failure.permanent || job.attemptsMade + 1 >= (job.opts.attempts ?? 1);
    const fields = { queue, work: job.name, job: id, reason: failure.code };
    if (failure === thrown) tools.log.event(dead ? 'queue.dead' : 'queue.failed', fields, dead ? 'error' : 'warn');
    else tools.log.failure(dead ? 'queue.dead' : 'queue.failed', thrown, fields);
    await noteFailure(tools, queue, id, failure, dead);
    throw dead ? new UnrecoverableError(failure.code) : failure;
  }
}

/**
 * Writes a failed run down on its row, and gives the work up if it is `dead`. If not even that can be written, the row
 * is still there, and will be handed over again.
 */
export async function noteFailure(
  { database, registry, log }: JobTools,
  queue: QueueName,
  id: string,
  { code }: JobFailure,
  dead: boolean,
): Promise<void> {
  try {
    await database.asActor({ kind: 'system', name: queue }, async (manager) => {
      const [rows] = await manager.query<[OutboxJob[], number]>(
        `UPDATE outbox SET attempts = attempts + 1, error_code = $2 WHERE id = $1
         RETURNING ${OUTBOX_JOB}`,
        [id, code],
      );
      const row = rows[0];
      if (!row) return;
      if (dead) await bury(manager, id, code);
      await registry.find(row.queue, row.name)?.failed?.(manager, row, { code, dead });
    });
  } catch (error) {
    log.failure('queue.not_noted', error, { queue, job: id });
  }
}
