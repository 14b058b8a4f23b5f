import { randomBytes, randomInt } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import type { SigningKey } from '../../config/service-key.js';
import { headReader, signHead } from './audit-head.js';
import { AuditBroken } from './audit-tree.js';
import { dayLeafHash } from './day-leaf.js';
import { MerkleTree } from './merkle.js';

/**
 * Most filler entries of one night. How many there are is drawn evenly from 1 up to this, so that whoever may see where
 * entries stand in the tree, such as an auditor with proofs, cannot count those they may not see: one entry more or less
 * changes the odds of any number by at most one in this many.
 */
export const MOST_FILLER = 1_024;

const FIRST_DAY = `least(
  (SELECT e.happened_on FROM audit_leaves l JOIN audit_entries e ON e.id = l.entry_id WHERE l.position = 0),
  (SELECT min(night_of) FROM audit_pending))`;

/**
 * The earliest day that is not closed yet and is over; null where there is none. The first day of all is that of the
 * first entry.
 *
 * @param before YYYY-MM-DD, the day that is not over
 */
export async function dayToClose(manager: EntityManager, before: string): Promise<string | null> {
  const [row] = await manager.query<{ day: string | null }[]>(
    `SELECT to_char(coalesce((SELECT max(day) + 1 FROM audit_days), ${FIRST_DAY}), 'YYYY-MM-DD') AS day`,
  );
  const day = row?.day ?? null;
  return day !== null && day < before ? day : null;
}

/** Puts a random number of filler entries into the shuffled batch of a day's night, once. */
export async function fillNight(manager: EntityManager, day: string): Promise<void> {
  await manager.query(
    `WITH filler AS (
       INSERT INTO audit_entries (id, action, actor_kind, actor_id, happened_on)
       SELECT gen_random_uuid(), 'audit.filler', 'system', 'audit_sequencer', $1::date FROM generate_series(1, $2)
        WHERE NOT EXISTS (SELECT FROM audit_entries WHERE action = 'audit.filler' AND happened_on = $1::date)
       RETURNING id)
     INSERT INTO audit_pending (entry_id, night_of) SELECT id, $1::date FROM filler`,
    [day, randomInt(1, MOST_FILLER + 1)],
  );
}

/**
 * Closes a day once everything of it is in the tree under a signed head: the log of days gets one leaf more, and its new
 * head is signed with the proof that it continues the one of the day before. Does nothing where
 * something of it still waits for the tree or for a head.
 *
 * @throws {AuditBroken} where the last head of the tree is not ours
 */
export async function closeDay(manager: EntityManager, day: string, key: SigningKey): Promise<void> {
  const [waiting] = await manager.query<object[]>('SELECT entry_id FROM audit_pending WHERE night_of <= $1 LIMIT 1', [
    day,
  ]);
  const [filled] = await manager.query<object[]>(
    `SELECT id FROM audit_entries WHERE action = 'audit.filler' AND happened_on = $1 LIMIT 1`,
    [day],
  );
  if (waiting || !filled) return;
  const [last] = await manager.query<{ signature: string }[]>(
    'SELECT signature FROM audit_heads ORDER BY size DESC LIMIT 1',
  );
  const head = last && (await headReader([key.publicJwk])(last.signature));
  if (!head) throw new AuditBroken('audit_head_not_ours');
  const [uncovered] = await manager.query<object[]>(
    `SELECT e.id FROM audit_leaves l JOIN audit_entries e ON e.id = l.entry_id
      WHERE l.position >= $1 AND e.happened_at IS NULL AND e.happened_on <= $2 LIMIT 1`,
    [head.size, day],
  );
  if (uncovered) return;
  const days = await manager.query<{ leaf_hash: Buffer }[]>('SELECT leaf_hash FROM audit_days ORDER BY position');
  const nonce = randomBytes(32);
  const leaf = dayLeafHash({ day, size: head.size, root: head.root, nonce });
  // One leaf a day: after a century they still fit in two megabytes.
  const tree = new MerkleTree([...days.map(({ leaf_hash }) => leaf_hash), leaf]);
  await manager.query(
    `INSERT INTO audit_days (position, day, size, root, nonce, leaf_hash, consistency, signature)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT ON CONSTRAINT uq_audit_days_day DO NOTHING`,
    [
      days.length,
      day,
      head.size,
      Buffer.from(head.root),
      nonce,
      Buffer.from(leaf),
      Buffer.concat(tree.consistencyPath(days.length)),
      await signHead({ size: tree.size, root: tree.root, on: day }, key, 'onedoor-audit-day'),
    ],
  );
}
