import { describe, expect, it } from '@jest/globals';
import { CASE_STATUSES } from '../cases/case-status.js';
import { CASE_KEY_NAMES, ITEM_KINDS } from '../vault/suite.js';
import { REFERRAL_STATES } from '../cases/referrals/referral-status.js';
import {
  mayAnswer,
  mayAskForSupport,
  mayConfirm,
  mayRead,
  mayTakeBack,
  mayTellOfRetelling,
  mayWrite,
  READABLE_KEYS,
  READABLE_KINDS,
} from './mailbox.policy.js';

const MINE = '0e5b7a52-6a0e-4a3f-9f0e-2c1f0b6f2a11';
const THEIRS = '7c9d1f34-51b5-4d0f-8a55-7c6f5a1e9b22';
const actor = { kind: 'mailbox', caseId: MINE } as const;

describe('the mailbox of a case', () => {
  it('reads that case and no other', () => {
    expect(mayRead(actor, { id: MINE })).toBe(true);
    expect(mayRead(actor, { id: THEIRS })).toBe(false);
  });

  it('adds to that case until it is closed, and to no other', () => {
    const writable = (id: string): string[] => CASE_STATUSES.filter((status) => mayWrite(actor, { id, status }));
    expect(writable(MINE)).toEqual(['lodged', 'placed', 'acknowledged']);
    expect(writable(THEIRS)).toEqual([]);
  });

  it('ss 20-24: tells of being punished on its own disclosure, from when somebody has it and after it was closed too', () => {
    const where = (id: string, path: 'complaint' | 'disclosure'): string[] =>
      CASE_STATUSES.filter((status) => mayAskForSupport(actor, { id, path, status, wholeId: MINE }));
    expect(where(MINE, 'disclosure')).toEqual(['placed', 'acknowledged', 'closed']);
    expect([where(MINE, 'complaint'), where(THEIRS, 'disclosure')]).toEqual([[], []]);
  });

  it('reads the parts of that case, and of no other', () => {
    const part = { id: THEIRS, status: 'acknowledged' } as const;
    expect([mayRead(actor, { ...part, wholeId: MINE }), mayWrite(actor, { ...part, wholeId: MINE })]).toEqual([
      true,
      true,
    ]);
    expect([mayRead(actor, { ...part, wholeId: null }), mayRead(actor, { ...part, wholeId: THEIRS })]).toEqual([
      false,
      false,
    ]);
  });

  it('reads neither the desk key nor a note', () => {
    expect(CASE_KEY_NAMES.filter((key) => !READABLE_KEYS.some((one) => one === key))).toEqual(['desk']);
    expect(ITEM_KINDS.filter((kind) => !READABLE_KINDS.some((one) => one === kind))).toEqual(['note']);
  });

  it('answers a referral while it is asked, takes consent back until it was opened, and confirms what happened', () => {
    const states = (may: typeof mayAnswer, consent: string | null): string[] =>
      REFERRAL_STATES.filter((state) => may({ state, consent }));
    expect(states(mayAnswer, null)).toEqual(['proposed']);
    expect(states(mayTakeBack, 'signed')).toEqual(['consulted', 'grant_again', 'granted']);
    expect(states(mayTakeBack, null)).toEqual([]);
    expect(REFERRAL_STATES.filter((state) => mayConfirm({ state }, true))).toEqual(['opened']);
    expect(REFERRAL_STATES.filter((state) => mayConfirm({ state }, false))).toEqual([]);
    expect(states(mayTellOfRetelling, null)).toEqual(['opened']);
  });
});
