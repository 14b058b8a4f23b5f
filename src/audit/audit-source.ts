import type { EntityManager } from 'typeorm';
import { createDataSource } from '../../config/data-source.js';
import { Database } from '../../config/database.js';
import { auditBacklog, type AuditBacklog } from './audit.js';
import { RECORDED_ENTRY, type RecordedEntry } from './audit-leaf.js';
import type { Hash } from './merkle.js';

const READER = { kind: 'system', name: 'verify_audit' } as const;

const LOST = `
  SELECT id FROM audit_entries e
   WHERE NOT EXISTS (SELECT FROM audit_leaves l WHERE l.entry_id = e.id AND l.position >= 0)
     AND NOT EXISTS (SELECT FROM audit_pending p WHERE p.entry_id = e.id) LIMIT $1`;

/* OFFSET 0 keeps these questions about one entry, answered by its key; else all leaves might be read to answer them. */
const OUTSIDE = `
  NOT EXISTS (SELECT FROM audit_leaves l WHERE l.entry_id = e.id AND l.position >= 0 OFFSET 0)
  AND NOT EXISTS (SELECT FROM audit_pending p WHERE p.entry_id = e.id OFFSET 0)`;

/** The ids of entries of a day and later that lie outside; exported so that its plan can be looked at. */
export const LOST_SINCE = `
  SELECT id FROM audit_entries e
   WHERE happened_at >= ($2::date)::timestamp AT TIME ZONE 'Pacific/Auckland' AND ${OUTSIDE}
  UNION ALL
  SELECT id FROM audit_entries e WHERE happened_at IS NULL AND happened_on >= $2::date AND ${OUTSIDE} LIMIT $1`;

/** A leaf as it is stored, with the entry it is of, if that is still there. */
interface StoredLeaf {
  /** In digits: whoever changed the table may have put in more than a number holds. */
  readonly position: string;
  readonly entryId: string;
  readonly leafHash: Hash;
  readonly entry: RecordedEntry | null;
}

/** A signed head as it is stored: the columns say the same as the signature, or somebody changed one of them. */
export interface StoredHead {
  /** In digits. */
  readonly size: string;
  readonly root: Hash;
  readonly edge: Uint8Array;
  /** Day in Pacific/Auckland of `signed_at`. */
  readonly on: string;
  readonly signature: string;
}

/** A day as it is stored in the log of days. */
export interface StoredDay {
  readonly position: number;
  readonly day: string;
  /** In digits. */
  readonly size: string;
  readonly root: Hash;
  readonly nonce: Uint8Array;
  readonly leafHash: Hash;
  readonly consistency: Uint8Array;
  readonly signature: string;
}

/** An inner node as it is stored. */
interface StoredNode {
  readonly level: number;
  /** In digits. */
  readonly place: string;
  readonly hash: Hash;
}

/** What is read in order to verify the log: every list by key, a page at a time. */
export interface AuditSource {
  /** Leaves behind a position, in order; all of them behind `-1`. */
  leaves(after: string, limit: number): Promise<StoredLeaf[]>;
  /** Heads of a larger size than `after`, in order. */
  heads(after: string, limit: number): Promise<StoredHead[]>;
  /** Every day, in order: one a day, so that they are few. */
  days(): Promise<StoredDay[]>;
  /** The inner nodes whose last leaf is one of those from a position up to, and without, another. */
  nodes(from: number, to: number): Promise<StoredNode[]>;
  /** At most `limit` inner nodes that a tree of `size` leaves cannot have. */
  strayNodes(size: number, limit: number): Promise<StoredNode[]>;
  /**
   * At most `limit` ids of entries that are neither in the tree nor waiting for it.
   *
   * @param since those of this day and later alone, found by their day and then one by one; null: of any day
   */
  lostEntries(limit: number, since: string | null): Promise<string[]>;
  /** At most `limit` ids that wait for the tree although their entry is gone or is in the tree already. */
  strayPending(limit: number): Promise<string[]>;
  backlog(): Promise<AuditBacklog>;
}

/**
 * Opens the log in PostgreSQL in one read-only snapshot, so that what is recorded meanwhile is not taken for a change.
 *
 * @param url `postgres://` URL of a role that may read the log
 * @param work what to do with it
 */
export async function withStoredAudit<T>(url: string, work: (source: AuditSource) => Promise<T>): Promise<T> {
  const dataSource = await createDataSource(url, [], { max: 1, statementTimeout: 0 }).initialize();
  try {
    return await new Database(dataSource).asActor(
      READER,
      async (manager) => {
        await manager.query('SET TRANSACTION READ ONLY');
        return work(storedAudit(manager));
      },
      { oneMoment: true },
    );
  } finally {
    await dataSource.destroy();
  }
}

/** The log as a transaction that may read it sees it. */
export function storedAudit(manager: EntityManager): AuditSource {
  return {
    async leaves(after, limit) {
      const rows = await manager.query<(RecordedEntry & { position: string; entry_id: string; leaf_hash: Buffer })[]>(
        `SELECT l.position, l.entry_id, l.leaf_hash, ${RECORDED_ENTRY}
         FROM audit_leaves l LEFT JOIN audit_entries e ON e.id = l.entry_id
         WHERE l.position > $1 ORDER BY l.position LIMIT $2`,
        [after, limit],
      );
      return rows.map((row) => ({
        position: row.position,
        entryId: row.entry_id,
        leafHash: row.leaf_hash,
        entry: (row.id as string | null) === null ? null : row,
      }));
    },
    heads(after, limit) {
      return manager.query<{ size: string; root: Buffer; edge: Buffer; on: string; signature: string }[]>(
        `SELECT size, root, edge, to_char(signed_at AT TIME ZONE 'Pacific/Auckland', 'YYYY-MM-DD') AS on, signature
         FROM audit_heads WHERE size > $1 ORDER BY size LIMIT $2`,
        [after, limit],
      );
    },
    days() {
      return manager.query<StoredDay[]>(
        `SELECT position, to_char(day, 'YYYY-MM-DD') AS day, size, root, nonce, leaf_hash AS "leafHash", consistency, signature
         FROM audit_days ORDER BY position`,
      );
    },
    nodes(from, to) {
      return manager.query<StoredNode[]>(
        `SELECT n.level, n.place, n.hash FROM generate_series(1, 62) AS h (level)
           JOIN audit_nodes n ON n.level = h.level AND n.place >= $1::bigint >> h.level AND n.place < $2::bigint >> h.level`,
        [from, to],
      );
    },
    strayNodes(size, limit) {
      return manager.query<StoredNode[]>(
        `SELECT n.level, n.place, n.hash FROM generate_series(1, 62) AS h (level)
           JOIN audit_nodes n ON n.level = h.level AND (n.place < 0 OR n.place >= $1::bigint >> h.level)
         UNION ALL SELECT level, place, hash FROM audit_nodes WHERE level < 1 OR level > 62 LIMIT $2`,
        [size, limit],
      );
    },
    lostEntries(limit, since) {
      return since === null ? ids(LOST, [limit]) : ids(LOST_SINCE, [limit, since]);
    },
    strayPending(limit) {
      return ids(
        `SELECT entry_id AS id FROM audit_pending p
         WHERE NOT EXISTS (SELECT FROM audit_entries e WHERE e.id = p.entry_id)
            OR EXISTS (SELECT FROM audit_leaves l WHERE l.entry_id = p.entry_id) LIMIT $1`,
        [limit],
      );
    },
    backlog: () => auditBacklog(manager),
  };

  async function ids(select: string, values: readonly unknown[]): Promise<string[]> {
    return (await manager.query<{ id: string }[]>(select, [...values])).map((row) => row.id);
  }
}
