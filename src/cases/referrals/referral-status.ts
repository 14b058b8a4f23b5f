/** Where a referral stands. */
export const REFERRAL_STATES = [
  'held',
  'proposed',
  'consulted',
  'grant_again',
  'granted',
  'opened',
  'declined',
  'refused',
  'withdrawn',
  'stopped',
] as const;
export type ReferralState = (typeof REFERRAL_STATES)[number];

/** Those in which it is not decided yet. Of a case there is one such referral at most. */
export const UNDER_WAY = [
  'held',
  'proposed',
  'consulted',
  'grant_again',
  'granted',
] as const satisfies readonly ReferralState[];

/** Those in which the person agreed, or a ground is on record, and the receiver has not opened everything. */
export const STILL_TO_OPEN: readonly ReferralState[] = ['consulted', 'grant_again', 'granted'];

const MOVES: Readonly<Record<ReferralState, readonly ReferralState[]>> = {
  // The system lead says go on, or stop; the sender thinks better of it.
  held: ['proposed', 'stopped', 'withdrawn'],
  // The person agrees or refuses, or a ground is put on record; if the receiver's keys have changed, grants come first.
  proposed: ['consulted', 'grant_again', 'refused', 'withdrawn'],
  // The receiver accepts or declines; consent is taken back; the grants no longer fit.
  consulted: ['granted', 'grant_again', 'declined', 'withdrawn'],
  // The sender granted again; to keys that the person did not agree to, the person is asked once more.
  grant_again: ['consulted', 'proposed', 'withdrawn'],
  // The receiver has opened every item, or hands it back after all.
  granted: ['opened', 'grant_again', 'declined', 'withdrawn'],
  opened: [],
  declined: [],
  refused: [],
  withdrawn: [],
  stopped: [],
};

/** Whether a referral may move from one state to another in one step. */
export function mayMoveReferral(from: ReferralState, to: ReferralState): boolean {
  return MOVES[from].includes(to);
}

/** Whether there is a consent that the person can take back: until the receiver has opened everything. */
export function mayBeTakenBack({
  state,
  consent,
}: {
  readonly state: ReferralState;
  readonly consent: string | null;
}): boolean {
  return consent !== null && STILL_TO_OPEN.includes(state);
}

/** Whether nothing more happens to it. */
export function isEnded(state: ReferralState): boolean {
  return MOVES[state].length === 0;
}
