import { describe, it } from '@jest/globals';
import { expectWords } from '../../test/support/words.js';
import { CASE_EVENT_KINDS } from './case-event.entity.js';
import { REFERRAL_GROUNDS } from './referrals/referral-grounds.js';
import { DECLINE_REASONS, REFERRAL_REASONS } from './referrals/referral-reasons.js';
import { REFERRAL_STATES, UNDER_WAY } from './referrals/referral-status.js';

// Words that a page or a mailbox looks up by a code, which no view names in full.

const isOfReferral = (kind: string): boolean => kind === 'handed_over' || kind.startsWith('referral_');

const LOOKED_UP: Readonly<Record<string, readonly string[]>> = {
  'mailbox.events': CASE_EVENT_KINDS,
  'cases.events': CASE_EVENT_KINDS.filter((kind) => !isOfReferral(kind)),
  'referrals.events': CASE_EVENT_KINDS.filter(isOfReferral),
  'referrals.states': REFERRAL_STATES,
  'referrals.next.sender': REFERRAL_STATES,
  'referrals.does.sender': UNDER_WAY,
  'referrals.reasons': REFERRAL_REASONS,
  'referrals.declines': DECLINE_REASONS,
  'referrals.grounds': REFERRAL_GROUNDS,
  'mailbox.referral.state': REFERRAL_STATES,
  'mailbox.referral.next': UNDER_WAY,
  'mailbox.referral.reasons': REFERRAL_REASONS,
  'mailbox.referral.declines': DECLINE_REASONS,
  'mailbox.referral.grounds': REFERRAL_GROUNDS,
};

describe('the catalogue', () => {
  it.each(Object.entries(LOOKED_UP))('has words under %s for every code', (path, codes) => {
    expectWords(path, codes);
  });
});
