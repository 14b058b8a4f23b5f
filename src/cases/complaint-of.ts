import type { EntityManager } from 'typeorm';

/**
 * The complaint that an id is of, or whose referral or review it is of, for the record of a refusal. Of a disclosure it
 * says the same as of nothing.
 */
export async function complaintOf(manager: EntityManager, id: string): Promise<string | undefined> {
  const [found] = await manager.query<{ id: string }[]>(
    `SELECT c.id FROM cases c
      WHERE c.path = 'complaint' AND c.id IN ($1::uuid, (SELECT case_id FROM referrals WHERE id = $1::uuid),
                                              (SELECT case_id FROM lead_reviews WHERE id = $1::uuid))`,
    [id],
  );
  return found?.id;
}
