import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { putOutbox } from '../queue/outbox.js';

/** What an agency's own system is called about. */
export type WebhookOccasion = CaseOccasion | { readonly agencyId: string; readonly event: 'test' };

type CaseOccasion = { readonly agencyId: string; readonly caseId: string } & (
  | { readonly event: 'case.placed' | 'case.handed_over' }
  /** `itemId` of what the person said. */
  | { readonly event: 'case.message'; readonly itemId: string }
);

/**
 * Promises a call to an agency's own system in the caller's transaction, where the agency has one that is switched on;
 * else nothing. It is a promise of its own beside that of the mail: either may fail without the other.
 *
 * Never to be called for a disclosure, of which nobody is told one by one: the hour of the call would be the hour of the
 * disclosure (see {@link promiseCall}). Whoever carries the call out looks again.
 *
 * @returns whether a call was promised
 */
export async function promiseWebhook(manager: EntityManager, occasion: WebhookOccasion): Promise<boolean> {
  const caseId = 'caseId' in occasion ? occasion.caseId : null;
  const itemId = 'itemId' in occasion ? occasion.itemId : null;
  const promised = await manager.query<{ id: string }[]>(
    `INSERT INTO webhook_calls (id, agency_id, event, case_id, item_id)
     SELECT $1::uuid, agency_id, $3::text, $4::uuid, $5::uuid FROM webhook_endpoints WHERE agency_id = $2 AND active
     RETURNING id`,
    [randomUUID(), occasion.agencyId, occasion.event, caseId, itemId],
  );
  const [call] = promised;
  if (!call) return false;
  await putOutbox(manager, { queue: 'delivery', name: 'webhook', id: call.id, ...(caseId === null ? {} : { caseId }) });
  return true;
}

/**
 * Promises a call about a case; for a disclosure, of which nobody is told one by one, the work of a call that is never made:
 * whoever looks after the queues would tell a disclosure by the job that it lacks.
 *
 * @see promiseWebhook
 */
export async function promiseCall(
  manager: EntityManager,
  path: 'complaint' | 'disclosure',
  occasion: CaseOccasion,
): Promise<void> {
  if (path === 'complaint') await promiseWebhook(manager, occasion);
  else await promiseNoCall(manager, occasion.agencyId, occasion.caseId);
}

async function promiseNoCall(manager: EntityManager, agencyId: string, caseId: string): Promise<void> {
  const active = await manager.query<unknown[]>('SELECT 1 FROM webhook_endpoints WHERE agency_id = $1 AND active', [
    agencyId,
  ]);
  if (active.length > 0) await putOutbox(manager, { queue: 'delivery', name: 'webhook', caseId });
}
