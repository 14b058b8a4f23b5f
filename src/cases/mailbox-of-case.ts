import type { EntityManager } from 'typeorm';
import { Mailbox } from './mailbox.entity.js';

/** The person's mailbox of a case. A part has none of its own: the person reads it in that of the whole. */
export async function mailboxOf(manager: EntityManager, caseId: string): Promise<Mailbox> {
  const [found] = await manager.query<{ id: string }[]>(
    `SELECT coalesce(whole_id, id) AS id FROM cases WHERE id = $1`,
    [caseId],
  );
  return manager.findOneByOrFail(Mailbox, { caseId: found?.id ?? caseId });
}
