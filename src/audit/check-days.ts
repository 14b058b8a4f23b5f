import { decodeProtectedHeader, type JWK } from 'jose';
import { verifyConsistency } from '../vault/merkle-proofs.js';
import { headReader, type AuditHead, type HeadType } from './audit-head.js';
import type { Accuse } from './audit-fault.js';
import type { StoredDay } from './audit-source.js';
import { dayLeafHash } from './day-leaf.js';
import { hashesIn } from './day-heads.js';
import { CompactRange } from './compact-range.js';
import { same } from './merkle.js';

const DAY: HeadType = 'onedoor-audit-day';

/** What the log of days came to. */
export interface CheckedDays {
  readonly count: number;
  /** How the tree of entries stood after each day, to which it is to be held. */
  readonly trees: readonly AuditHead[];
  /** The given heads that are not of days. */
  readonly kept: readonly string[];
}

/**
 * Verifies the log of days: every leaf is what its opening gives, every head is signed, of these days, and proven to
 * continue the one before; and the heads that somebody kept are of these days too.
 *
 * @param days as stored, in order
 * @param keys public keys whose heads are believed
 * @param given heads that were kept elsewhere, of days or not
 * @param accuse told of what is wrong
 */
export async function checkDays(
  days: readonly StoredDay[],
  keys: readonly JWK[],
  given: readonly string[],
  accuse: Accuse,
): Promise<CheckedDays> {
  const read = headReader(keys, DAY);
  const roots = [CompactRange.EMPTY.root()];
  let tree = CompactRange.EMPTY;
  let before = '';
  for (const stored of days) {
    const place = tree.size;
    const opened = dayLeafHash({ ...stored, size: Number(stored.size) });
    if (stored.position !== place || stored.day <= before || !same(opened, stored.leafHash)) {
      accuse('day_changed', place.toString());
    }
    const earlierRoot = tree.root();
    tree = tree.append([stored.leafHash]);
    const root = tree.root();
    const head = await read(stored.signature);
    const path = hashesIn(Buffer.from(stored.consistency));
    const continued = await verifyConsistency({ earlierSize: place, earlierRoot, size: tree.size, root, path });
    const signed = head?.size === tree.size && head.on === stored.day && same(head.root, root);
    if (!continued || !signed) accuse('day_head_forged', tree.size.toString());
    roots.push(root);
    before = stored.day;
  }
  const kept: string[] = [];
  for (const signature of given) {
    if (!isOfDays(signature)) {
      kept.push(signature);
      continue;
    }
    const head = await read(signature);
    const root = head && roots[head.size];
    if (!head) accuse('day_head_forged', 'given');
    else if (!root) accuse('days_cut_off', head.size.toString());
    else if (!same(root, head.root)) accuse('day_head_forged', head.size.toString());
  }
  const trees = days.map(({ size, root, day }) => ({ size: Number(size), root, on: day }));
  return { count: days.length, trees, kept };
}

function isOfDays(signature: string): boolean {
  try {
    return decodeProtectedHeader(signature).typ === DAY;
  } catch {
    return false;
  }
}
