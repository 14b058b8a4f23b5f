import type { EntityManager } from 'typeorm';
import { QUEUE_NAMES, type QueueName } from './outbox.entity.js';

/** How a queue stands by the outbox, which is there also where what keeps the jobs in between is not. */
export interface QueueStanding {
  readonly queue: QueueName;
  /** Promised, due and not done; what is in hand is among it. */
  readonly due: number;
  /** Given up, until someone replays it. */
  readonly dead: number;
  /** Day since which it rests, YYYY-MM-DD; null when it goes on. */
  readonly pausedOn: string | null;
  /**
   * For how long, in seconds but of whole minutes, the oldest due work has waited at least. Of what is due at once only
   * the hour is kept, so that nobody learns when it was promised: that hour has to be over before it counts.
   */
  readonly oldest: number;
}

/** How each queue stands. Costs what is waiting or was given up, and not what was ever done. */
export async function readStandings(manager: EntityManager): Promise<QueueStanding[]> {
  return manager.query<QueueStanding[]>(
    `SELECT q.queue, coalesce(o.due, 0) AS due, coalesce(o.dead, 0) AS dead,
            to_char(p.paused_on, 'YYYY-MM-DD') AS "pausedOn", coalesce(o.oldest, 0) AS oldest
     FROM unnest($1::text[]) WITH ORDINALITY AS q (queue, number)
     LEFT JOIN queue_pauses p ON p.queue = q.queue
     LEFT JOIN (
       SELECT queue, count(*) FILTER (WHERE dead_at IS NULL AND due_at <= now())::int AS due,
              count(dead_at)::int AS dead,
              60 * greatest(0, floor(extract(epoch FROM
                now() - interval '1 hour' - min(due_at) FILTER (WHERE dead_at IS NULL)) / 60))::int AS oldest
       FROM outbox GROUP BY queue) o ON o.queue = q.queue
     ORDER BY q.number`,
    [QUEUE_NAMES],
  );
}
