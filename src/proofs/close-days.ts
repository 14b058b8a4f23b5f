import { randomBytes, randomInt } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { promiseDaily } from '../queue/daily-work.js';
import type { OutboxJob } from '../queue/outbox.js';
import { treeOver } from './lodged-commitments.js';

/* In the night, when what was lodged just before midnight has long been committed. */
const CLOSING = { queue: 'clocks', name: 'close_lodged_days', hour: 4 } as const;

/** Any number; whoever holds this advisory lock of the database in a transaction closes days until its end. */
const CLOSING_LOCK = 7_263_118_204;

/** Leaves that a day has at least; where they do not do, four times as many, and so on. */
const FEWEST_LEAVES = 256;

/** Promises the next night's closing. @see promiseDaily */
export async function planClosing(manager: EntityManager, now = new Date(), job?: OutboxJob): Promise<void> {
  await promiseDaily(manager, CLOSING, now, job);
}

/** Closes the days that are over, and promises to do so again the next night. @see closeDays */
export async function closeDaysByNight(manager: EntityManager, now: Date, job: OutboxJob): Promise<void> {
  await closeDays(manager);
  await planClosing(manager, now, job);
}

/**
 * Closes every day that is over by the clock of the database and was not closed before: what was lodged on it, filled up with
 * random numbers so that it tells nothing of how much that was, shuffled, becomes one tree. Each day is closed once, whatever
 * runs beside this and whatever ends it half-way. What was committed too late for its own day goes into the next that is
 * closed. The keeper of the log of keys finds the root here and writes it down.
 *
 * @param last the last day to be closed, YYYY-MM-DD; default: yesterday in Pacific/Auckland
 */
export async function closeDays(manager: EntityManager, last?: string): Promise<void> {
  await manager.query('SELECT pg_advisory_xact_lock($1)', [CLOSING_LOCK]);
  const days = await manager.query<{ day: string }[]>(
    `WITH until AS (SELECT coalesce($1::date, (now() AT TIME ZONE 'Pacific/Auckland')::date - 1) AS last)
     SELECT to_char(one, 'YYYY-MM-DD') AS day
       FROM until, generate_series(
              coalesce((SELECT max(d.day) + 1 FROM lodged_days d),
                       least((SELECT min(c.day) FROM lodged_commitments c), last))::timestamp,
              last::timestamp, '1 day') AS one
      ORDER BY 1`,
    [last ?? null],
  );
  for (const { day } of days) await closeDay(manager, day);
}

async function closeDay(manager: EntityManager, day: string): Promise<void> {
  // TypeORM answers a DELETE with [rows, count]. What was lodged a second time on a later day has its place already.
  const [taken] = await manager.query<[{ commitment: Buffer; isNew: boolean }[], number]>(
    `DELETE FROM lodged_commitments c WHERE c.day <= $1
     RETURNING c.commitment, NOT EXISTS (SELECT FROM lodged_leaves l WHERE l.commitment = c.commitment) AS "isNew"`,
    [day],
  );
  const leaves = filledUp(taken.filter(({ isNew }) => isNew).map(({ commitment }) => commitment));
  await manager.query('INSERT INTO lodged_days (day, root) VALUES ($1, $2)', [day, Buffer.from(treeOver(leaves).root)]);
  await manager.query(
    `INSERT INTO lodged_leaves (day, position, commitment)
     SELECT $1, leaf.at - 1, leaf.commitment FROM unnest($2::bytea[]) WITH ORDINALITY AS leaf (commitment, at)`,
    [day, leaves],
  );
}

/** With random ones among them, in an order that says nothing (Fisher and Yates). */
function filledUp(commitments: readonly Buffer[]): Buffer[] {
  let size = FEWEST_LEAVES;
  while (size < commitments.length) size *= 4;
  const leaves = Array.from({ length: size }, (_none, at) => commitments[at] ?? randomBytes(32));
  for (let at = size - 1; at > 0; at--) {
    const other = randomInt(at + 1);
    const [one, two] = [leaves[at], leaves[other]];
    if (one && two) [leaves[at], leaves[other]] = [two, one];
  }
  return leaves;
}
