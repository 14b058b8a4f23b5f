import type { ItemKind, KeyId } from '../vault/suite.js';
import type { NewEpoch, NewItem } from './sealed-case.js';

// What travels between the server and the browsers of those who split a case, and what lies sealed in its parts.

/** A part as the officer's browser sends it. */
export interface NewPart {
  /** Id of the part, chosen by the browser since it stands inside what is sealed. */
  readonly part: string;
  /** The first epoch of the part's case key. */
  readonly epoch: NewEpoch;
  /** What is passed on, sealed under it. */
  readonly items: readonly NewItem[];
}

/** Where what was passed on stands in the whole. */
export interface ExcerptFrom {
  readonly case: string;
  readonly item: string;
  readonly epoch: number;
  readonly kind: Extract<ItemKind, 'statement' | 'message' | 'reply'>;
  readonly author: 'person' | 'agency';
}

/** What an excerpt says: a whole item as the person signed it, or the words that the officer left of one. */
export type Excerpt = {
  readonly from: ExcerptFrom;
  /** Kids of the person's keys. Whoever holds nothing of the whole believes the server's word for them by this. */
  readonly mailbox: { readonly agreement: KeyId; readonly signing: KeyId };
} & ({ readonly signed: string } | { readonly words: Readonly<Record<string, string>> });
