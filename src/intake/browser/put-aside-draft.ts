import type { JsonObject } from '../../vault/suite.js';
import type { Words } from './seal-submission.js';

/** What is sealed when a story is put aside: its words, and what was answered and chosen on the way to them. */
export interface Draft extends JsonObject {
  readonly facets: Readonly<Record<string, string>>;
  readonly destination?: string | undefined;
  readonly delivery?: string | undefined;
  readonly excluded: readonly string[];
  readonly words: Words;
}

/** Words that somebody goes on with. */
export interface TakenUp {
  /** What they are put aside under the next time; null where they were not put aside. */
  readonly kept: { readonly id: string; readonly code: string } | null;
  readonly words: Words;
}

/** Told to the page where one writes, when words were brought to it. */
export const TAKEN_UP = 'onedoor-taken-up';
/** Told by the page where one writes, when it was lodged. */
export const LODGED = 'onedoor-lodged';
