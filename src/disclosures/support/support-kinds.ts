/**
 * What is written about how whoever discloses is supported: what they risk, what is done about it, and how it went. Good
 * practice, for which section 29 gives the occasion (practical assistance, for example by assessing risks).
 */
export const SUPPORT_KINDS = ['assessment', 'plan', 'recheck'] as const;
export type SupportKind = (typeof SUPPORT_KINDS)[number];

/** Months until it is looked at again, where nobody chooses a day: while it is open, and after closing. */
export const MONTHS_AHEAD = 1;
export const MONTHS_AFTER_CLOSING = 3;

/** Most months ahead. */
export const MOST_MONTHS = 12;
