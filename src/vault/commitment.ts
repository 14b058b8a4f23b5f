import { sha256 } from './bytes.js';
import { isHash } from './form.js';
import {
  failClosed,
  requireThat,
  type Base64url,
  type CaseKeyName,
  type ItemId,
  type ItemKind,
  type JsonObject,
} from './suite.js';

/** An item in clear, as it was sealed. */
export interface ClearItem {
  id: ItemId;
  key: CaseKeyName;
  kind: ItemKind;
  content: JsonObject;
}

/** What a lodging commits to. With it anyone can check, much later, that this was said to this receiver on this day. */
export interface LodgingOpening {
  items: ClearItem[];
  /** The receiver's agency id. */
  receiver: string;
  /** YYYY-MM-DD */
  day: string;
  /** 32 bytes that nobody can guess, so that short texts cannot be tried out. The statement holds it too. */
  nonce: Base64url;
}

/** SHA-256 over the JCS form (RFC 8785) of the opening, base64url. */
export function commitmentOf({ items, receiver, day, nonce }: LodgingOpening): Promise<Base64url> {
  const plain = items.map(({ id, key, kind, content }) => ({ id, key, kind, content }));
  return sha256(canonicalJson({ items: plain, receiver, day, nonce }));
}

/** Checks that the commitment is to this opening, and that the statement names the same nonce. @throws VaultError */
export function verifyCommitment(commitment: Base64url, opening: LodgingOpening): Promise<void> {
  return failClosed(async () => {
    const statement = opening.items.find((item) => item.kind === 'statement');
    requireThat(isHash(opening.nonce) && statement?.content.nonce === opening.nonce);
    requireThat((await commitmentOf(opening)) === commitment);
  });
}

/**
 * JSON in one spelling (RFC 8785): members sorted by UTF-16 code units, numbers and strings as ECMAScript writes them.
 * A lone surrogate, which the standard leaves out, is written as its escape. The value counts as what JSON makes of it.
 */
export function canonicalJson(value: unknown): string {
  return spell(JSON.parse(JSON.stringify(value)) as unknown);
}

function spell(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(spell).join(',')}]`;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${spell(member)}`).join(',')}}`;
}
