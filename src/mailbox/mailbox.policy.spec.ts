import { describe, expect, it } from '@jest/globals';
import { CASE_STATUSES } from '../cases/case-status.js';
import { CASE_KEY_NAMES, ITEM_KINDS } from '../vault/suite.js';
import { mayRead, mayWrite, READABLE_KEYS, READABLE_KINDS } from './mailbox.policy.js';

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

  it('reads neither the desk key nor a note', () => {
    expect(CASE_KEY_NAMES.filter((key) => !READABLE_KEYS.some((one) => one === key))).toEqual(['desk']);
    expect(ITEM_KINDS.filter((kind) => !READABLE_KINDS.some((one) => one === kind))).toEqual(['note']);
  });
});
