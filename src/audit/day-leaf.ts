import canonicalizeModule from 'canonicalize';
import { leafHash, type Hash } from './merkle.js';

// The package is CommonJS and its types speak of a default export, which TypeScript takes for a property.
const canonicalize = canonicalizeModule as unknown as typeof canonicalizeModule.default;

/** What a leaf of the log of days commits to. */
export interface DayOpening {
  /** YYYY-MM-DD in Pacific/Auckland. */
  readonly day: string;
  /** Size and root of the tree of entries once everything of that day was in it. */
  readonly size: number;
  readonly root: Hash;
  /** 32 bytes that nobody can guess. */
  readonly nonce: Uint8Array;
}

/**
 * The hash of a day's leaf (RFC 6962) over its opening as canonical JSON (RFC 8785). Whoever sees the hash alone learns
 * nothing of how much was recorded, nor whether anything was.
 */
export function dayLeafHash({ day, size, root, nonce }: DayOpening): Hash {
  const committed = { day, size, root: text(root), nonce: text(nonce) };
  return leafHash(Buffer.from(canonicalize(committed) ?? ''));
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
