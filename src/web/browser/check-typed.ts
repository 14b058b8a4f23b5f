import { say } from './page.js';
import { checkReceipt, RECEIPT_WORDS } from '../../vault/receipt.js';
import { receiptProblem, type ReceiptProblem } from '../../vault/typed-receipt.js';

/** Says how far the words are, while they are typed. The one under the cursor is not judged before it is finished. */
export function whileTyping(typed: string): string {
  const { words, complete } = checkReceipt(typed);
  if (complete) return say('typedAll');
  const finished = /[\s,;.]$/.test(typed) || words.length >= RECEIPT_WORDS ? words : words.slice(0, -1);
  const unknown = finished.filter(({ known }) => !known).map(({ word }) => word);
  if (unknown.length > 0) return say('unknownWords').replace('{words}', unknown.join(', '));
  return words.length === 0 ? '' : counted('typedCount', words.length, RECEIPT_WORDS);
}

/** What is wrong with words that somebody wants to open a mailbox with; null where they could. */
export function whenDone(typed: string): string | null {
  const problem = receiptProblem(typed);
  return problem && sentence(problem);
}

function sentence(problem: ReceiptProblem): string {
  if (problem.code === 'word_count') return counted('wordCount', problem.typed, problem.wanted);
  return say('unknownWords').replace('{words}', problem.words.join(', '));
}

function counted(name: string, typed: number, wanted: number): string {
  return say(name).replace('{typed}', typed.toString()).replace('{wanted}', wanted.toString());
}
