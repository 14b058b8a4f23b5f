/** When the person is asked how it was for them, once each: after a step of the agency, and at the end. */
export const RATING_MOMENTS = ['acknowledged', 'answered', 'handed_on', 'closed'] as const;
export type RatingMoment = (typeof RATING_MOMENTS)[number];

/** What they may answer to each question: felt safe, was kept informed, would do it again. */
export const RATING_ANSWERS = ['yes', 'partly', 'no', 'not_said'] as const;
export type RatingAnswer = (typeof RATING_ANSWERS)[number];

/** The three answers of one person at one moment. */
export interface Rating {
  readonly feltSafe: RatingAnswer;
  readonly keptInformed: RatingAnswer;
  readonly wouldDoAgain: RatingAnswer;
}

const STEPS: Readonly<Record<string, RatingMoment>> = {
  acknowledged: 'acknowledged',
  reply: 'answered',
  longer_expected: 'answered',
  told_why: 'answered',
  handed_over: 'handed_on',
  closed: 'closed',
};

/**
 * At which moment the person is to be asked now: the last one that was reached, unless they were asked then or later.
 *
 * @param steps kinds of the steps of the case's timeline, oldest first
 * @param asked the moments for which a token was given out
 */
export function momentToAsk(steps: readonly string[], asked: readonly RatingMoment[]): RatingMoment | null {
  const reached = steps.flatMap((step) => STEPS[step] ?? []);
  const last = reached.at(-1);
  return last === undefined || asked.includes(last) ? null : last;
}
