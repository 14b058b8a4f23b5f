/**
 * Why a receiver decides that no action is required (section 15 of the Act). The law names the first three as reasons that
 * may be appropriate, and others may be: those stand in the sealed words to the person.
 */
export const NO_ACTION_REASONS = [
  'not_a_disclosure_under_the_act',
  'too_long_ago',
  'better_addressed_otherwise',
  'other',
] as const;
export type NoActionReason = (typeof NO_ACTION_REASONS)[number];
