import type { EntityManager } from 'typeorm';

/** How calls to an agency's own system stand. Its URL is no part of it. */
export interface WebhookState {
  readonly agencyId: string;
  readonly active: boolean;
  /** Calls that failed since the last that did not. */
  readonly failures: number;
  readonly errorCode: string | null;
  /** YYYY-MM-DD in Pacific/Auckland. */
  readonly lastDeliveredOn: string | null;
  /** Calls that are still to be made. */
  readonly waiting: number;
  /** Calls that were given up, until someone replays them. */
  readonly dead: number;
}

/**
 * How the calls stand, by agency. There are rows of what is promised alone, so that counting them costs no more the more
 * there ever were.
 *
 * @param agencyId of one agency alone
 */
export async function webhookState(manager: EntityManager, agencyId?: string): Promise<WebhookState[]> {
  return manager.query<WebhookState[]>(
    `SELECT e.agency_id AS "agencyId", e.active, e.failures, e.error_code AS "errorCode",
            to_char(e.last_delivered_on, 'YYYY-MM-DD') AS "lastDeliveredOn",
            count(o.id) FILTER (WHERE o.dead_at IS NULL)::int AS waiting,
            count(o.id) FILTER (WHERE o.dead_at IS NOT NULL)::int AS dead
       FROM webhook_endpoints e
       LEFT JOIN webhook_calls c ON c.agency_id = e.agency_id
       LEFT JOIN outbox o ON o.id = c.id
      WHERE $1::text IS NULL OR e.agency_id = $1
      GROUP BY e.agency_id ORDER BY e.agency_id`,
    [agencyId ?? null],
  );
}
