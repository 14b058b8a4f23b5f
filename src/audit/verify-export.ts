import type { JWK } from 'jose';
import { verifyInclusion } from '../vault/merkle-proofs.js';
import { headReader, type AuditHead } from './audit-head.js';
import { entryLeafHash } from './audit-leaf.js';
import type { ExportedEntry } from './export-entries.js';

/** What verifying an export came to. */
export interface ExportReport {
  readonly entries: number;
  readonly head: AuditHead | null;
  /** The first hundred: which line, and what is wrong with it. */
  readonly faults: readonly string[];
}

const MOST_FAULTS = 100;

/**
 * Verifies an export line by line, with nothing but the published keys: that the head is signed, and that each entry is as
 * it was recorded and lies in the tree under that head. That none was left out cannot be seen from an export.
 *
 * @param lines of the file
 * @param keys whose heads are believed, as `/api/v1/keys` publishes them
 */
export async function verifyExport(lines: AsyncIterable<string>, keys: readonly JWK[]): Promise<ExportReport> {
  const faults: string[] = [];
  const accuse = (number: number, what: string): void => {
    if (faults.length < MOST_FAULTS) faults.push(`line ${number.toString()}: ${what}`);
  };
  let head: AuditHead | null = null;
  let [number, entries, before, ended] = [0, 0, '', false];
  for await (const text of lines) {
    number += 1;
    const read = parsed(text);
    if (ended) accuse(number, 'after_the_end');
    if (number === 1) {
      head = typeof read.head === 'string' ? await headReader(keys)(read.head) : null;
      if (!head && read.head !== null) accuse(number, 'head_forged');
    } else if (typeof read.entries === 'number') {
      ended = true;
      if (read.entries !== entries) accuse(number, 'entries_missing');
    } else {
      entries += 1;
      if (!(await isProven(read, head))) accuse(number, 'entry_not_proven');
      const place = placeOf(read);
      if (place <= before) accuse(number, 'out_of_order');
      before = place;
    }
  }
  if (!ended) accuse(number, 'cut_off');
  return { entries, head, faults };
}

async function isProven(read: Partial<ExportedEntry>, head: AuditHead | null): Promise<boolean> {
  const { entry, index, path } = read;
  if (!head || !entry || typeof index !== 'number' || !Array.isArray(path)) return false;
  const hashes = path.map((hash: unknown) => new Uint8Array(Buffer.from(String(hash), 'base64url')));
  return verifyInclusion({ leafHash: entryLeafHash(entry), index, size: head.size, path: hashes, root: head.root });
}

/** In the order of an export every place is behind the one before, so that no entry counts twice. */
function placeOf({ entry }: Partial<ExportedEntry>): string {
  return `${entry?.happened_at ?? ''} ${entry?.id ?? ''}`;
}

function parsed(text: string): Partial<ExportedEntry> & { readonly head?: unknown; readonly entries?: unknown } {
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === 'object' && read !== null ? read : {};
  } catch {
    return {};
  }
}
