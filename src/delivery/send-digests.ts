import { createHash } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { putOutbox } from '../queue/outbox.js';
import { nextDigest } from './digest-hour.js';

/**
 * Promises the next digest, unless it is promised already. Two workers that start at once promise the same row, since
 * its id is made of the moment.
 */
export async function planDigests(manager: EntityManager, now = new Date()): Promise<void> {
  const at = nextDigest(now);
  await putOutbox(manager, { queue: 'delivery', name: 'digests', delayUntil: at, id: idOf(at) });
}

/**
 * Promises a mail to every connected agency that can be told anything, whether or not anything came: so its being sent
 * says nothing. Also where the door is closed, since people still write on the cases that are there. Then promises to do
 * so again tomorrow.
 */
export async function sendDigests(manager: EntityManager, now = new Date()): Promise<void> {
  const agencies = await manager.query<{ id: string }[]>(
    `SELECT id FROM agencies WHERE notice_email IS NOT NULL ORDER BY id`,
  );
  for (const { id: agencyId } of agencies) {
    const id = await putOutbox(manager, { queue: 'delivery', name: 'digest' });
    await manager.query(`INSERT INTO notices (id, agency_id, to_whom, state) VALUES ($1, $2, 'agency', 'waiting')`, [
      id,
      agencyId,
    ]);
  }
  await planDigests(manager, now);
}

/** A UUID of version 8 (RFC 9562, 5.8) that names the moment. */
function idOf(at: Date): string {
  const hash = createHash('sha256').update(`digests ${at.toISOString()}`).digest('hex');
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}
