import type { DeclineReason } from '../cases/referrals/referral-reasons.js';
import type { ToPropose } from './officer-at-work.js';
import { facets, type Story } from './stories.js';

/** One agency asks another to take the case over, and what comes of it. */
export interface Step extends ToPropose {
  /** Id of the agency that has the case. */
  readonly from: string;
  /** `asked`: the person has not answered; `held`: nobody asks them before the system lead has decided. */
  readonly then:
    'asked' | 'agreed' | 'taken_over' | 'held' | { readonly declined: DeclineReason; readonly words: string };
}

/** A case that is passed on, and what there is to be seen of it. */
export interface ReferralStory extends Story {
  /** Printed beside its receipt. */
  readonly shows: string;
  readonly steps: readonly Step[];
}

/** Invented cases that were passed on: to be answered, to be accepted, declined, and sent round. */
export const REFERRAL_STORIES: readonly ReferralStory[] = [
  {
    shows: 'asks whether it may be passed on',
    facets: facets('service_user', 'msd', 'service_quality', 'not_raised', 'under_3_months'),
    statement: {
      whatHappened:
        'At the counter they read my diagnosis out loud, with a queue behind me. Then they could not find my form.',
      identity: 'Mere; please text and do not call',
    },
    steps: [
      {
        from: 'msd',
        to: 'privacy_commissioner',
        reason: 'better_placed',
        note: 'Her diagnosis was read out before others. Whether that was a breach of her privacy is for you to say.',
        shareIdentity: true,
        then: 'asked',
      },
    ],
  },
  {
    shows: 'was agreed to, and waits for the Health and Disability Commissioner',
    facets: facets('service_user', 'msd', 'service_quality', 'not_raised', 'ongoing'),
    statement: {
      whatHappened:
        'The doctor who was to say how much I can work did not examine me. He talked on the phone, and shouted.',
    },
    steps: [
      {
        from: 'msd',
        to: 'hdc',
        reason: 'not_ours',
        note: 'This is about how a doctor treated him. We have no say in that.',
        shareIdentity: false,
        rulesWrong: true,
        then: 'agreed',
      },
    ],
  },
  {
    shows: 'was declined by the Ombudsman’s office, and stays with the Ministry of Social Development',
    facets: facets('service_user', 'msd', 'benefit', 'not_raised', 'under_3_months'),
    statement: {
      whatHappened: 'I asked for help with a bed for my daughter. They said no on the phone, and sent nothing.',
      outcomeSought: 'A bed, or a letter that says why not.',
    },
    steps: [
      {
        from: 'msd',
        to: 'ombudsman',
        reason: 'better_placed',
        note: 'She does not accept what we decided.',
        shareIdentity: false,
        then: {
          declined: 'needs_more',
          words: 'She has no decision in writing yet that could be looked at. Please give her one, with your reasons.',
        },
      },
    ],
  },
  {
    shows: 'was handed over twice, and would go back: the system lead is to decide',
    facets: facets('service_user', 'msd', 'delay', 'waiting', 'ongoing'),
    statement: {
      whatHappened:
        'My papers went to the house I left two years ago. Whoever lives there knows all about me now, and I was turned ' +
        'down for not answering.',
      identity: 'Tama, 7 Sample Street',
    },
    steps: [
      {
        from: 'msd',
        to: 'ombudsman',
        reason: 'better_placed',
        note: 'He complains about how we dealt with his papers.',
        shareIdentity: true,
        then: 'taken_over',
      },
      {
        from: 'ombudsman',
        to: 'privacy_commissioner',
        reason: 'better_placed',
        note: 'At the heart of it, his papers went to a stranger.',
        shareIdentity: true,
        then: 'taken_over',
      },
      {
        from: 'privacy_commissioner',
        to: 'msd',
        reason: 'not_ours',
        note: 'That he was turned down is for the ministry to put right.',
        shareIdentity: true,
        then: 'held',
      },
    ],
  },
];
