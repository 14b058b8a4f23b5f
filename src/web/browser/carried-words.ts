/** What is carried from an open mailbox to the door, to be sent another way: it never leaves the page's memory. */
export interface CarriedWords {
  /** Of a form of ours. */
  readonly token: string;
  /** What was answered before the words were written, as codes. */
  readonly facets: Readonly<Record<string, string>>;
  /** By the fields of the form where one writes. */
  readonly words: Readonly<Partial<Record<string, string>>>;
  /** Called where the way does not lead there. */
  readonly failed: () => void;
}

/** Told to the page by whoever opened a mailbox, when its words are to be sent another way. */
export const CARRIED = 'onedoor-carried';
