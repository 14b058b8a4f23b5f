import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { todayInAuckland } from '../clocks/calendar.js';
import { putOutbox } from '../queue/outbox.js';
import type { CaseEventKind } from './case-event.entity.js';

/**
 * Puts a step of today on the timeline that the person and the agency both see, as the last of its case. The case's row
 * must be locked, or two could take the same number. A complaint is counted anew for the figures by it; a disclosure is in
 * none of them.
 *
 * @param agencyId the agency whose step it is; default: the one that has the case
 */
export async function addEvent(
  manager: EntityManager,
  caseId: string,
  kind: CaseEventKind,
  agencyId?: string,
): Promise<void> {
  await manager.query(
    `WITH event AS (
       INSERT INTO case_events (id, case_id, kind, happened_on, agency_id, position)
       VALUES ($1, $2, $3, $4, coalesce($5, (SELECT agency_id FROM cases WHERE id = $2)), next_event_position($2))
     )
     INSERT INTO figure_events (id, case_id)
     SELECT gen_random_uuid(), id FROM cases WHERE id = $2 AND path = 'complaint' AND whole_id IS NULL`,
    [randomUUID(), caseId, kind, todayInAuckland(), agencyId ?? null],
  );
}

/** Has a complaint counted anew for the figures, whatever of it has changed without a step on its timeline. */
export async function countAnew(manager: EntityManager, caseId: string): Promise<void> {
  await manager.query(
    `INSERT INTO figure_events (id, case_id)
     SELECT gen_random_uuid(), id FROM cases WHERE id = $1 AND path = 'complaint' AND whole_id IS NULL`,
    [caseId],
  );
}

/** Promises a "you have a message" to the person, if they left an address for it; of a part it is that of the whole. */
export async function tellPerson(manager: EntityManager, caseId: string): Promise<void> {
  const [mailbox] = await manager.query<{ wanted: boolean }[]>(
    `SELECT notify_sealed IS NOT NULL AS wanted FROM mailboxes
      WHERE case_id = (SELECT coalesce(whole_id, id) FROM cases WHERE id = $1)`,
    [caseId],
  );
  if (mailbox?.wanted) await putOutbox(manager, { queue: 'delivery', name: 'tell_person', caseId });
}
