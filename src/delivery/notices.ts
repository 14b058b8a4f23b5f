import type { EntityManager } from 'typeorm';
import type { FailedRun } from '../queue/job-registry.js';
import type { OutboxJob } from '../queue/outbox.js';
import { dayInAuckland } from '../web/day.js';

/** Whom a notice is for. */
export interface Addressee {
  readonly toWhom: 'agency' | 'person';
  readonly caseId: string | null;
  readonly agencyId: string | null;
}

/** Writes down that a notice was accepted by the mail server. */
export async function noticeSent(manager: EntityManager, id: string, to: Addressee): Promise<void> {
  await manager.query(
    `INSERT INTO notices (id, case_id, agency_id, to_whom, state, sent_on)
     VALUES ($1, $2, $3, $4, 'sent', $5)
     ON CONFLICT (id) DO UPDATE SET state = 'sent', sent_on = excluded.sent_on`,
    [id, to.caseId, to.agencyId, to.toWhom, dayInAuckland()],
  );
}

/**
 * Writes down that a notice could not be sent: it waits for another try, or it is dead. Not that of a disclosure to its
 * agency, which would not have been sent at all (see `tell-agency.ts`).
 */
export async function noticeFailed(
  manager: EntityManager,
  job: OutboxJob,
  toWhom: Addressee['toWhom'],
  { dead }: FailedRun,
): Promise<void> {
  await manager.query(
    `INSERT INTO notices (id, case_id, agency_id, to_whom, state, attempts)
     SELECT $1, $2, coalesce((SELECT agency_id FROM cases WHERE id = $2),
                             (SELECT agency_id FROM reminders WHERE id = $1)), $3, $4, 1
      WHERE $3 = 'person' OR NOT EXISTS (SELECT FROM cases WHERE id = $2 AND path = 'disclosure')
     ON CONFLICT (id) DO UPDATE SET state = excluded.state, attempts = notices.attempts + 1`,
    [job.id, job.caseId, toWhom, dead ? 'dead' : 'waiting'],
  );
}
