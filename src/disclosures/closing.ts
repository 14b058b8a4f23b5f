import type { WrongdoingKind } from './wrongdoing-kinds.js';

/** What is said in clear when a disclosure is closed. */
export interface Closing {
  /** YYYY-MM-DD, when those who had it check again that nobody is punished for it; default: three months ahead. */
  readonly recheckOn?: string | undefined;
  /** Default: not stated. */
  readonly kind?: WrongdoingKind | undefined;
}
