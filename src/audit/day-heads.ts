import type { EntityManager } from 'typeorm';

/** Heads on one page. */
const PAGE_LENGTH = 100;
const HASH_BYTES = 32;

/** The head of the log of days after one day, as it is published. Hashes are base64url. */
interface DayHead {
  /** YYYY-MM-DD in Pacific/Auckland. */
  readonly day: string;
  /** How many days the log has: nothing of how much was recorded on them. */
  readonly size: number;
  /** Merkle tree hash over the leaves of all days up to this one (RFC 6962, section 2.1). */
  readonly root: string;
  /** The hash of this day's own leaf. */
  readonly leaf: string;
  /** From the head of the day before to this one (RFC 6962, section 2.1.2). */
  readonly consistency: readonly string[];
  /** Compact JWS (ES384) of size, root and day, by the key for heads in `/api/v1/keys`. */
  readonly signature: string;
}

/** A page of heads, the oldest first. */
export interface DayHeads {
  readonly heads: readonly DayHead[];
  /** After which day the next page begins; null on the last. */
  readonly next: string | null;
}

/**
 * A page of published heads.
 *
 * @param after YYYY-MM-DD, the day after which it begins; from the first day, where left out
 */
export async function readDayHeads(manager: EntityManager, after = '0001-01-01'): Promise<DayHeads> {
  const rows = await manager.query<
    { day: string; position: number; leaf_hash: Buffer; consistency: Buffer; signature: string }[]
  >(
    `SELECT to_char(day, 'YYYY-MM-DD') AS day, position, leaf_hash, consistency, signature
       FROM audit_days WHERE day > $1 ORDER BY day LIMIT $2`,
    [after, PAGE_LENGTH + 1],
  );
  const heads = rows.slice(0, PAGE_LENGTH).map(({ day, position, leaf_hash, consistency, signature }) => ({
    day,
    size: position + 1,
    root: signedRoot(signature),
    leaf: leaf_hash.toString('base64url'),
    consistency: hashesIn(consistency).map((hash) => hash.toString('base64url')),
    signature,
  }));
  return { heads, next: rows.length > PAGE_LENGTH ? (heads.at(-1)?.day ?? null) : null };
}

/** The hashes of a path that was stored one behind the other. */
export function hashesIn(path: Buffer): Buffer[] {
  const hashes: Buffer[] = [];
  for (let i = 0; i < path.length; i += HASH_BYTES) hashes.push(path.subarray(i, i + HASH_BYTES));
  return hashes;
}

/** The root stands in the signature already; given once more only so that nobody must unpack it to read it. */
function signedRoot(signature: string): string {
  const [, payload = ''] = signature.split('.');
  const { root } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as { root: string };
  return root;
}
