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
  /** The statement, and then the others; one that is kept back stands there as its {@link digestOf}. */
  items: (ClearItem | Base64url)[];
  /** The receiver's agency id. */
  receiver: string;
  /** YYYY-MM-DD: the day on which it was sealed. */
  day: string;
  /** 32 bytes that nobody can guess, so that short texts cannot be tried out. The statement holds it too. */
  nonce: Base64url;
}

/**
 * The hash by which a commitment names an item: SHA-256 over its JCS form (RFC 8785). Its content holds a nonce of its own, so
 * whoever does not read the item learns nothing from it, and checks the commitment all the same.
 */
export function digestOf({ id, key, kind, content }: ClearItem): Promise<Base64url> {
  return sha256(canonicalJson({ id, key, kind, content }));
}

/** The hashes of all items, in order. */
export function digestsOf({ items }: Pick<LodgingOpening, 'items'>): Promise<Base64url[]> {
  return Promise.all(items.map((item) => (typeof item === 'string' ? Promise.resolve(item) : digestOf(item))));
}

/** SHA-256 over the JCS form (RFC 8785) of the opening with the hash of each item in its place, base64url. */
export async function commitmentOf(opening: LodgingOpening): Promise<Base64url> {
  const { receiver, day, nonce } = opening;
  return sha256(canonicalJson({ items: await digestsOf(opening), receiver, day, nonce }));
}

/**
 * Puts an opening together again from the statement, which names all that belongs to it.
 *
 * @param statement in clear
 * @param others those of the other items that are at hand; any other is kept back
 * @throws {VaultError} where the statement is none of a lodging
 */
export async function openingOf(
  statement: ClearItem,
  others: readonly ClearItem[],
  { receiver, day }: Pick<LodgingOpening, 'receiver' | 'day'>,
): Promise<LodgingOpening> {
  const { nonce, others: named = [] } = statement.content;
  requireThat(isHash(nonce) && Array.isArray(named) && named.every(isHash));
  const atHand = new Map<Base64url, ClearItem>();
  for (const { id, key, kind, content } of others) {
    const item = { id, key, kind, content };
    atHand.set(await digestOf(item), item);
  }
  const { id, key, kind, content } = statement;
  const items = [{ id, key, kind, content }, ...named.map((digest) => atHand.get(digest) ?? digest)];
  return { items, receiver, day, nonce };
}

/**
 * Checks that the commitment is to this opening, and that the statement, which is never kept back, names the same nonce and
 * the others.
 *
 * @throws {VaultError}
 */
export function verifyCommitment(commitment: Base64url, opening: LodgingOpening): Promise<void> {
  return failClosed(async () => {
    const [statement, ...others] = opening.items;
    requireThat(typeof statement === 'object' && statement.kind === 'statement' && statement.key === 'case');
    const { nonce, others: named = [] } = statement.content;
    requireThat(isHash(nonce) && opening.nonce === nonce);
    requireThat(others.every((item) => isHash(typeof item === 'string' ? item : item.content.nonce)));
    requireThat(JSON.stringify(await digestsOf({ items: others })) === JSON.stringify(named));
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
