/** Why an agency wants to hand a case on. */
export const REFERRAL_REASONS = ['not_ours', 'better_placed', 'asked_by_person', 'law_requires'] as const;
export type ReferralReason = (typeof REFERRAL_REASONS)[number];

/** Why the agency that was asked does not take it. */
export const DECLINE_REASONS = ['not_ours_either', 'no_power', 'needs_more', 'conflict_of_interest', 'other'] as const;
export type DeclineReason = (typeof DECLINE_REASONS)[number];
