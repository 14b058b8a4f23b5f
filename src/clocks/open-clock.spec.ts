import { describe, expect, it } from '@jest/globals';
import { clockFor } from './open-clock.js';

describe('the clock a new case starts', () => {
  it('gives a complaint 20 working days as our aim', () => {
    expect(clockFor({ path: 'complaint', delivery: 'direct' }, '2026-11-22')).toEqual({
      kind: 'answer',
      basis: 'our_aim',
      startedOn: '2026-11-22',
      dueOn: '2026-12-18',
    });
  });

  it('keeps to the standard that the agency publishes', () => {
    expect(clockFor({ path: 'complaint', delivery: 'direct' }, '2026-11-20', 5)).toMatchObject({
      basis: 'published_standard',
      dueOn: '2026-11-27',
    });
  });

  it('gives a disclosure the 20 working days of section 13, whatever the agency publishes', () => {
    expect(clockFor({ path: 'disclosure', delivery: 'direct' }, '2026-12-18', 5)).toMatchObject({
      kind: 's13',
      basis: 'pda_s13',
      dueOn: '2027-01-26',
    });
  });

  it('promises no law for a disclosure at the triage desk, whose aim is the same', () => {
    expect(clockFor({ path: 'disclosure', delivery: 'triage_desk' }, '2026-11-22')).toMatchObject({
      kind: 's13',
      basis: 'our_aim',
    });
  });
});
