import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { todayInAuckland } from '../../clocks/calendar.js';
import type { OutboxJob } from '../../queue/outbox.js';

/**
 * Puts a complaint that could not be placed on the system lead's desk, once, so that a human sees to it while the work
 * waits to be replayed. Of a disclosure nothing is put there: that one exists is not for the lead, and whoever looks after
 * the server sees the work that was given up without the case.
 */
export async function reviewUnplaced(manager: EntityManager, job: OutboxJob): Promise<void> {
  await manager.query(
    `INSERT INTO lead_reviews (id, case_id, why, opened_on)
     SELECT $1, c.id, 'not_placed', $3 FROM cases c
     WHERE c.id = $2 AND c.path = 'complaint' AND c.status = 'lodged'
       AND NOT EXISTS (SELECT FROM lead_reviews r WHERE r.case_id = c.id AND r.why = 'not_placed' AND r.decided_on IS NULL)`,
    [randomUUID(), job.caseId, todayInAuckland()],
  );
}
