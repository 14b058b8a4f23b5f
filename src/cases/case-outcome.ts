/** How a complaint can end. */
export const OUTCOMES = [
  'upheld',
  'partly_upheld',
  'not_upheld',
  'resolved',
  'no_power',
  'duplicate',
  'withdrawn',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** How a disclosure can end: what was done about it, as the person was told. */
export const DISCLOSURE_OUTCOMES = ['addressed', 'investigated', 'referred', 'no_action'] as const;
export type DisclosureOutcome = (typeof DISCLOSURE_OUTCOMES)[number];

export type AnyOutcome = Outcome | DisclosureOutcome;

/** Those of which nothing more need be said to a person who has had an answer; all others take a final one with reasons. */
const WITHOUT_FINAL_WORDS: readonly Outcome[] = ['duplicate', 'withdrawn'];

/** Whether a complaint may end so without a final answer. */
export function needsFinalAnswer(outcome: Outcome, wasAnswered: boolean): boolean {
  return !wasAnswered || !WITHOUT_FINAL_WORDS.includes(outcome);
}
