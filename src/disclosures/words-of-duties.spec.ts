import { describe, expect, it } from '@jest/globals';
import { expectWords, wordsAt } from '../../test/support/words.js';
import { DISCLOSURE_OUTCOMES } from '../cases/case-outcome.js';
import { ACTIONS, DUTIES, STEP_KINDS } from './duty-steps.js';
import { NO_ACTION_REASONS } from './no-action.js';
import { REGISTERS } from './registers.js';
import { WRONGDOING_KINDS } from './wrongdoing-kinds.js';

// Words that a page looks up by a code, which no view names in full.

const TAKEN = STEP_KINDS.filter((kind) => kind !== 'reopen');

const LOOKED_UP: Readonly<Record<string, readonly string[]>> = {
  'duties.steps': [
    ...STEP_KINDS.map((kind) => `${kind}.did`),
    ...DUTIES.map((duty) => `${duty}.name`),
    ...TAKEN.flatMap((kind) => ['title', 'should', 'what', 'send'].map((part) => `${kind}.${part}`)),
    ...TAKEN.filter((kind) => kind !== 'deal').map((kind) => `${kind}.label`),
  ],
  'duties.actions': ACTIONS,
  'duties.reasons': NO_ACTION_REASONS,
  'duties.kinds': WRONGDOING_KINDS,
  'duties.notClosed': [...DUTIES, 'not_placed', 'referral_under_way', 'release_undecided', 'release_untold'],
  'duties.registers': REGISTERS.map(({ name }) => name),
  'mailbox.steps.should': DUTIES,
  'mailbox.steps.due': ['pda_s13', 'our_aim'],
  'duties.what': ['pda_s13', 'our_aim'],
  'closing.outcomes': DISCLOSURE_OUTCOMES,
  'mailbox.outcomes': DISCLOSURE_OUTCOMES,
};

describe('the catalogue', () => {
  it.each(Object.entries(LOOKED_UP))('has words under %s for every code', (path, codes) => {
    expectWords(path, codes);
  });

  it('s 13: says what a receiver should do, and never that it must', () => {
    const words = JSON.stringify(wordsAt('duties'));
    expect(words).not.toMatch(/\bmust\b/i);
    for (const duty of DUTIES) expect(wordsAt(`duties.steps.${duty}.should`)).toContain('should');
  });
});
