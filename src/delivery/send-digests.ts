import type { EntityManager } from 'typeorm';
import { promiseDaily } from '../queue/daily-work.js';
import { namedId } from '../queue/named-id.js';
import { putOutbox, type OutboxJob } from '../queue/outbox.js';
import { dayInAuckland } from '../web/day.js';

const DIGESTS = { queue: 'delivery', name: 'digests', hour: 8 } as const;

/** Promises the next digest. @see promiseDaily */
export async function planDigests(manager: EntityManager, now = new Date(), job?: OutboxJob): Promise<void> {
  await promiseDaily(manager, DIGESTS, now, job);
}

/**
 * Promises a mail to every connected agency that can be told anything, whether or not anything came: so its being sent
 * says nothing. Also where the door is closed, since people still write on the cases that are there. One a day and an
 * agency, however often this runs and whatever the clock does. Then promises to do so again tomorrow.
 */
export async function sendDigests(manager: EntityManager, now = new Date(), job?: OutboxJob): Promise<void> {
  const agencies = await manager.query<{ id: string }[]>(
    `SELECT id FROM agencies WHERE notice_email IS NOT NULL ORDER BY id`,
  );
  const day = dayInAuckland(now);
  for (const { id: agencyId } of agencies) {
    // The notice stays when the work is done, and tells that today's was promised.
    const id = namedId(`digest ${agencyId} ${day}`);
    const made = await manager.query<unknown[]>(
      `INSERT INTO notices (id, agency_id, to_whom, state) VALUES ($1, $2, 'agency', 'waiting')
       ON CONFLICT (id) DO NOTHING RETURNING id`,
      [id, agencyId],
    );
    if (made.length > 0) await putOutbox(manager, { queue: 'delivery', name: 'digest', id });
  }
  await planDigests(manager, now, job);
}
