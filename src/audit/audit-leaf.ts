import canonicalizeModule from 'canonicalize';
import { leafHash, type Hash } from './merkle.js';

// The package is CommonJS and its types speak of a default export, which TypeScript takes for a property.
const canonicalize = canonicalizeModule as unknown as typeof canonicalizeModule.default;

/** An entry as its leaf records it. Times as text, so that nothing between the table and the hash can round them. */
export interface RecordedEntry {
  readonly id: string;
  readonly action: string;
  readonly actor_kind: string;
  readonly actor_id: string;
  readonly agency_id: string | null;
  readonly case_id: string | null;
  readonly subject: string | null;
  /** UTC, to the millisecond. */
  readonly happened_at: string | null;
  readonly happened_on: string;
}

/** What to select from `audit_entries e` so that each row is a {@link RecordedEntry}. */
export const RECORDED_ENTRY = `e.id, e.action, e.actor_kind, e.actor_id, e.agency_id, e.case_id, e.subject,
  to_char(e.happened_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS happened_at,
  to_char(e.happened_on, 'YYYY-MM-DD') AS happened_on`;

/** The hash of an entry's leaf (RFC 6962) over its columns as canonical JSON (RFC 8785). */
export function entryLeafHash(entry: RecordedEntry): Hash {
  const { id, action, actor_kind, actor_id, agency_id, case_id, subject, happened_at, happened_on } = entry;
  const recorded = { id, action, actor_kind, actor_id, agency_id, case_id, subject, happened_at, happened_on };
  return leafHash(Buffer.from(canonicalize(recorded) ?? ''));
}
