import type { EntityManager } from 'typeorm';

/** How notices by mail get through to one agency. */
export interface DeliveryState {
  readonly agencyId: string;
  readonly hasAddress: boolean;
  /** Day of the last one that its mail server took, YYYY-MM-DD. */
  readonly lastSentOn: string | null;
  /** Being tried, or waiting for another try. */
  readonly waiting: number;
  /** Given up. */
  readonly dead: number;
}

/**
 * How delivery to each connected agency stands: three short looks into an index for each, however many notices there
 * were. Notices to people are not counted: that one is tried says that there is a case.
 */
export async function deliveryStates(manager: EntityManager): Promise<DeliveryState[]> {
  const count = (state: string) =>
    `(SELECT count(*)::int FROM notices WHERE to_whom = 'agency' AND agency_id = a.id AND state = '${state}')`;
  return manager.query<DeliveryState[]>(
    `SELECT a.id AS "agencyId", a.notice_email IS NOT NULL AS "hasAddress", to_char(
              (SELECT max(sent_on) FROM notices WHERE to_whom = 'agency' AND agency_id = a.id AND state = 'sent'),
              'YYYY-MM-DD') AS "lastSentOn",
            ${count('waiting')} AS waiting, ${count('dead')} AS dead
     FROM agencies a ORDER BY a.id`,
  );
}
