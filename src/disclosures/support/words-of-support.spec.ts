import { describe, expect, it } from '@jest/globals';
import { expectWords, wordsAt } from '../../../test/support/words.js';
import { SUPPORT_KINDS } from './support-kinds.js';

// Words that a page looks up by a code, which no view names in full.

const LOOKED_UP: Readonly<Record<string, readonly string[]>> = {
  'support.kinds': SUPPORT_KINDS.flatMap((kind) => ['name', 'title', 'what'].map((part) => `${kind}.${part}`)),
  'support.fields': ['who', 'likely', 'bad', 'protects', 'supporter', 'contact', 'agreed', 'found'],
  'support.levels': ['low', 'medium', 'high'],
  'support.punished.acts': ['dismissed', 'terms', 'detriment', 'resign', 'threats'],
  'support.punished.remedies': ['grievance', 'burden', 'victimised', 'immunity'],
  'support.punished.do': ['contact', 'soon', 'where', 'plan'],
  'duties.notClosed': ['no_assessment', 'no_plan', 'support_due'],
};

describe('the catalogue', () => {
  it.each(Object.entries(LOOKED_UP))('has words under %s for every code', (path, codes) => {
    expectWords(path, codes);
  });

  it('ss 20-24: calls an assessment and a plan good practice, which no section asks for', () => {
    expect(wordsAt('support.what')).toMatch(/^Good practice is/);
    expect(JSON.stringify(wordsAt('support'))).not.toMatch(/\bmust\b/i);
  });
});
