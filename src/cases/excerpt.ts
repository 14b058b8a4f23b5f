import { verifySigned } from '../vault/content.js';
import { isEpoch, isHash, isObject, isUuid } from '../vault/form.js';
import type { JsonObject } from '../vault/suite.js';
import { VaultError } from '../vault/suite.js';
import type { Excerpt, ExcerptFrom } from './sealed-part.js';
import type { Signers } from './verify-keys.js';

// What of a whole was passed on into a part. The same in a browser and in Node.

/** Kinds of items that may be passed on: never who the person is, nor what the agency keeps to itself. */
export const EXCERPT_KINDS = ['statement', 'message', 'reply'] as const;

/** An excerpt as it is read. */
export interface ReadExcerpt {
  readonly from: ExcerptFrom;
  readonly mailbox: Excerpt['mailbox'];
  /** Whether these are the person's own words, all of them, by the person's own signature. */
  readonly own: boolean;
  readonly words: JsonObject;
}

/** What is part of an item for the machinery, and neither shown nor passed on as words. */
export const NOT_WORDS: ReadonlySet<string> = new Set(['nonce', 'others', 'facets', 'enclosure']);

/** What an item says in words, by field. */
export function wordsIn(content: JsonObject): Record<string, string> {
  return Object.fromEntries(
    Object.entries(content).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '' && !NOT_WORDS.has(entry[0]),
    ),
  );
}

/**
 * Reads what was found in an excerpt that opened, and verifies the person's signature where it says to hold it.
 *
 * @throws {VaultError} where it has not its form, or that signature is not the person's on these words
 */
export async function readExcerpt(content: JsonObject, { person }: Signers): Promise<ReadExcerpt> {
  const { from, mailbox, signed, words } = content;
  if (!isFrom(from) || !isMailbox(mailbox)) throw new VaultError();
  if (typeof signed !== 'string') {
    if (!isObject(words) || Object.values(words).some((word) => typeof word !== 'string')) throw new VaultError();
    return { from, mailbox, own: false, words };
  }
  if (words !== undefined || from.author !== 'person') throw new VaultError();
  const place = { caseId: from.case, key: 'case', epoch: from.epoch, item: from.item, kind: from.kind } as const;
  const own = await verifySigned(signed, place, (kid) => person.get(kid));
  return { from, mailbox, own: true, words: wordsIn(own.content) };
}

function isFrom(value: unknown): value is ExcerptFrom {
  if (!isObject(value)) return false;
  const { case: caseId, item, epoch, kind, author } = value;
  const isKind = EXCERPT_KINDS.some((one) => one === kind);
  return isUuid(caseId) && isUuid(item) && isEpoch(epoch) && isKind && (author === 'person') === (kind !== 'reply');
}

function isMailbox(value: unknown): value is Excerpt['mailbox'] {
  return isObject(value) && isHash(value.agreement) && isHash(value.signing);
}
