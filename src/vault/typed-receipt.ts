import { checkReceipt, RECEIPT_WORDS } from './receipt.js';

// The same on the server and in the browser. Which words are in the list is public, so saying it gives nothing away.

/** Characters of a receipt as somebody may write it, with room for strange spacing. */
export const LONGEST_RECEIPT = 1_000;

/** What keeps typed words from being a receipt. */
export type ReceiptProblem =
  | { readonly code: 'unknown_words'; readonly words: readonly string[]; readonly places: readonly number[] }
  | { readonly code: 'word_count'; readonly typed: number; readonly wanted: number };

/** Says what is wrong with typed words, before anything is looked up; null where they could be a receipt. */
export function receiptProblem(typed: string): ReceiptProblem | null {
  const { words, complete } = checkReceipt(typed);
  if (complete) return null;
  const unknown = words.flatMap(({ word, known }, index) => (known ? [] : [{ word, place: index + 1 }]));
  if (unknown.length === 0) return { code: 'word_count', typed: words.length, wanted: RECEIPT_WORDS };
  return {
    code: 'unknown_words',
    words: unknown.map(({ word }) => word),
    places: unknown.map(({ place }) => place),
  };
}
