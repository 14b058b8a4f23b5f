import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { todayInAuckland } from '../clocks/calendar.js';
import { putOutbox } from '../queue/outbox.js';
import { CaseEvent, type CaseEventKind } from './case-event.entity.js';

/** Puts a step of today on the timeline that the person and the agency both see. */
export async function addEvent(manager: EntityManager, caseId: string, kind: CaseEventKind): Promise<void> {
  await manager.insert(CaseEvent, { id: randomUUID(), caseId, kind, happenedOn: todayInAuckland() });
}

/** Promises a "you have a message" to the person, if they left an address for it. */
export async function tellPerson(manager: EntityManager, caseId: string): Promise<void> {
  const [mailbox] = await manager.query<{ wanted: boolean }[]>(
    `SELECT notify_sealed IS NOT NULL AS wanted FROM mailboxes WHERE case_id = $1`,
    [caseId],
  );
  if (mailbox?.wanted) await putOutbox(manager, { queue: 'delivery', name: 'tell_person', caseId });
}
