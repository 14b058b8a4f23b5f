import { decode, derive, encode, sha256, utf8 } from './bytes.js';
import { failClosed, requireThat, type Base64url, type Bytes } from './suite.js';
import { isHash } from './form.js';
import { WORDS } from './words.js';

/** How many words a receipt has: 8 of 7,776 are 103 bits, which need no stretching. */
export const RECEIPT_WORDS = 8;

/** Nobody types more; what is longer is not read at all. */
const MAX_TYPED = 1000;
/** Space, comma and the like, hyphens and dashes: however someone wrote the words down. */
const SEPARATORS = /[\s,;.\u002d\u2010-\u2015\u2212]+/u;

const known = new Set(WORDS);

/** Draws a receipt: eight words with single spaces. */
export function makeReceipt(): string {
  return Array.from({ length: RECEIPT_WORDS }, drawWord).join(' ');
}

function drawWord(): string {
  // What is left above the last whole multiple would make some words likelier, so it is drawn again.
  const fair = Math.floor(0x1_0000 / WORDS.length) * WORDS.length;
  for (;;) {
    const [drawn] = crypto.getRandomValues(new Uint16Array(1));
    const word = drawn !== undefined && drawn < fair ? WORDS[drawn % WORDS.length] : undefined;
    if (word !== undefined) return word;
  }
}

interface CheckedWord {
  word: string;
  /** Whether the word is in the list. */
  known: boolean;
}

export interface CheckedReceipt {
  words: CheckedWord[];
  /** Eight words, all of them in the list. Whether there is such a mailbox is another question. */
  complete: boolean;
}

/** Says which words are not in the list, for whoever is still typing. Needs no server and tells nobody. */
export function checkReceipt(text: string): CheckedReceipt {
  const words = splitReceipt(text).map((word) => ({ word, known: known.has(word) }));
  return { words, complete: words.length === RECEIPT_WORDS && words.every((word) => word.known) };
}

/** What keys are derived from: the words with single spaces. @throws VaultError where it is not eight words of the list */
export function receiptSecret(text: string): Bytes {
  const { words, complete } = checkReceipt(text);
  requireThat(complete);
  return utf8(words.map(({ word }) => word).join(' '));
}

export interface OpenedReceipt {
  /** What the mailbox is asked for by: 32 bytes. The server keeps only {@link mailboxIdHash} of it. */
  mailboxId: Base64url;
  /** What the mailbox's private keys are sealed under: 32 bytes, never sent. */
  mailboxKey: Bytes;
}

/** Derives what a receipt opens. @throws VaultError where it is not eight words of the list */
export function openReceipt(text: string): Promise<OpenedReceipt> {
  return failClosed(async () => {
    const secret = receiptSecret(text);
    return { mailboxId: encode(await derive(secret, 'mailbox-id')), mailboxKey: await derive(secret, 'mailbox-key') };
  });
}

/** SHA-256 of a mailbox's id (of its 32 bytes, not of their spelling). @throws VaultError where it is not such an id */
export function mailboxIdHash(mailboxId: Base64url): Promise<Base64url> {
  return failClosed(() => {
    requireThat(isHash(mailboxId));
    return sha256(decode(mailboxId));
  });
}

/** The words as they are in the list: NFKD, lower case; four have a hyphen of their own ("yo-yo"), which is put back. */
function splitReceipt(text: string): string[] {
  if (text.length > MAX_TYPED) return [];
  const words: string[] = [];
  for (const part of text.normalize('NFKD').toLowerCase().split(SEPARATORS)) {
    if (part === '') continue;
    const joined = `${words.at(-1) ?? ''}-${part}`;
    if (known.has(joined)) words.splice(-1, 1, joined);
    else words.push(part);
  }
  return words;
}
