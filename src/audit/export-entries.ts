import type { EntityManager } from 'typeorm';
import { RECORDED_ENTRY, type RecordedEntry } from './audit-leaf.js';
import { conditionsOf, type EntryQuestion } from './search-entries.js';
import { storedNodes } from './stored-nodes.js';
import { storedInclusionPaths } from './stored-paths.js';

/** Entries read at a time. */
const BATCH = 200;

/** What an export is of: the days, both included, and the agency, where it is of one. */
export interface ExportQuestion extends Pick<EntryQuestion, 'agencyId'> {
  readonly from: string;
  readonly to: string;
}

/** The first line of an export. */
interface ExportHead extends ExportQuestion {
  /** Compact JWS (ES384) of the tree under which every entry is proven; null where nothing is under a head yet. */
  readonly head: string | null;
}

/** A line for each entry, the oldest first. */
export interface ExportedEntry {
  readonly entry: RecordedEntry;
  /** Its position in the tree. */
  readonly index: number;
  /** RFC 6962, section 2.1.1; hashes in base64url. */
  readonly path: readonly string[];
}

/** The last line: without it the export was cut off. */
interface ExportEnd {
  readonly entries: number;
}

/** Runs something in a transaction in which the log may be read. */
type Reading = <T>(work: (manager: EntityManager) => Promise<T>) => Promise<T>;

/**
 * Exports entries that have a time, each with its proof, as JSON Lines. Each batch is a transaction of its own, so that a
 * slow reader holds nothing up, and no more than one batch is in memory.
 */
export async function* exportEntries(reading: Reading, question: ExportQuestion): AsyncGenerator<string, void> {
  const [head] = await reading((manager) =>
    manager.query<{ size: string; signature: string }[]>(
      'SELECT size, signature FROM audit_heads ORDER BY size DESC LIMIT 1',
    ),
  );
  const size = Number(head?.size ?? 0);
  yield line({ ...question, head: head?.signature ?? null } satisfies ExportHead);
  let entries = 0;
  for (let last: RecordedEntry | undefined; ;) {
    const batch = await reading((manager) => readBatch(manager, question, size, last));
    if (batch.length > 0) yield batch.map(line).join('');
    entries += batch.length;
    last = batch.at(-1)?.entry;
    if (batch.length < BATCH) break;
  }
  yield line({ entries } satisfies ExportEnd);
}

async function readBatch(
  manager: EntityManager,
  question: ExportQuestion,
  size: number,
  after: RecordedEntry | undefined,
): Promise<ExportedEntry[]> {
  const values: unknown[] = [];
  const value = (given: unknown): string => `$${values.push(given).toString()}`;
  const conditions = ['happened_at IS NOT NULL', ...conditionsOf(question, value), `l.position < ${value(size)}`];
  if (after)
    conditions.push(`(happened_at, id) > (${value(after.happened_at)}::timestamptz, ${value(after.id)}::uuid)`);
  const rows = await manager.query<(RecordedEntry & { position: string })[]>(
    `SELECT ${RECORDED_ENTRY}, l.position FROM audit_entries e JOIN audit_leaves l ON l.entry_id = e.id
      WHERE ${conditions.join(' AND ')} ORDER BY e.happened_at, e.id LIMIT ${BATCH.toString()}`,
    values,
  );
  const indices = rows.map(({ position }) => Number(position));
  const paths = await storedInclusionPaths(indices, size, storedNodes(manager));
  return rows.map(({ position, ...entry }, i) => ({
    entry,
    index: Number(position),
    path: (paths[i] ?? []).map((hash) => Buffer.from(hash).toString('base64url')),
  }));
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}
