import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import type { Actor } from '../../config/database.js';
import { dayInAuckland } from '../web/day.js';
import type { AuditAction } from './audit-actions.js';

/** One act to be recorded: ids and codes only, never text, an address or a device. */
export interface AuditEntry {
  /** What was done, such as `case.lodged`. */
  readonly action: AuditAction;
  readonly actor: Actor;
  readonly caseId?: string;
  /** Default for staff: their own agency. */
  readonly agencyId?: string;
  /** An id or a code of what it was done to, at most 128 characters. */
  readonly subject?: string;
  /**
   * Record the day and not the time. Always so for reporters; to be set for every act on a disclosure, and where the
   * system acts at once on what a reporter did, since its time would be theirs.
   */
  readonly dayOnly?: boolean;
}

const ACTION = /^[a-z_]+(?:\.[a-z_]+)+$/;
const SUBJECT = /^[A-Za-z0-9_.:#-]{1,128}$/;

/* The pending row is how the sequencer learns of the entry; both come with one round trip. */
const APPEND = `
  WITH entry AS (
    INSERT INTO audit_entries (id, action, actor_kind, actor_id, agency_id, case_id, subject, happened_at, happened_on)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
  )
  INSERT INTO audit_pending (entry_id, night_of) VALUES ($1, $10)`;

/**
 * Records an act in the transaction of the act itself. It enters the hash tree after the commit: within seconds, or
 * where only the day is recorded in the shuffled batch of the night after it.
 *
 * @param manager the open transaction
 * @throws {TypeError} when action or subject is not a code
 */
export async function append(manager: EntityManager, entry: AuditEntry): Promise<void> {
  const { action, actor, subject = null } = entry;
  if (!ACTION.test(action) || action.length > 64) throw new TypeError('an action is a code such as case.lodged');
  if (subject !== null && !SUBJECT.test(subject)) throw new TypeError('a subject is an id or a code');
  const now = new Date();
  const day = dayInAuckland(now);
  const dayOnly = entry.dayOnly === true || actor.kind === 'public' || actor.kind === 'mailbox';
  await manager.query(APPEND, [
    randomUUID(),
    action,
    actor.kind,
    actor.kind === 'staff' ? actor.staffId : actor.kind === 'system' ? actor.name : '',
    entry.agencyId ?? (actor.kind === 'staff' ? actor.agencyId : null),
    entry.caseId ?? (actor.kind === 'mailbox' ? actor.caseId : null),
    subject,
    dayOnly ? null : now.toISOString(),
    day,
    dayOnly ? day : null,
  ]);
}

/** What is recorded but not in the tree yet, and could be removed unseen by whoever owns the tables. */
export interface AuditBacklog {
  readonly count: number;
  /** Of these, what does not wait for its night. */
  readonly late: number;
  /** Day of the oldest, YYYY-MM-DD, or null where nothing waits. */
  readonly oldestOn: string | null;
  /** Moment of the oldest of those with a time, which should never be more than seconds ago. */
  readonly oldestAt: Date | null;
}

/** How much is not in the tree yet, and how old it is. */
export async function auditBacklog(manager: EntityManager): Promise<AuditBacklog> {
  const [row] = await manager.query<
    {
      count: number;
      late: number;
      oldest_on: string | null;
      oldest_at: Date | null;
    }[]
  >(`
    SELECT count(*)::integer AS count,
           count(*) FILTER (WHERE p.night_of IS NULL
                               OR p.night_of < (now() AT TIME ZONE 'Pacific/Auckland')::date - 1)::integer AS late,
           to_char(min(e.happened_on), 'YYYY-MM-DD') AS oldest_on,
           min(e.happened_at) AS oldest_at
    FROM audit_pending p LEFT JOIN audit_entries e ON e.id = p.entry_id`);
  return {
    count: row?.count ?? 0,
    late: row?.late ?? 0,
    oldestOn: row?.oldest_on ?? null,
    oldestAt: row?.oldest_at ?? null,
  };
}
