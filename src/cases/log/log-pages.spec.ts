import { describe, expect, it } from '@jest/globals';
import { DAY_ACTIONS, TIMED_ACTIONS } from '../../audit/audit-actions.js';
import { REFUSED } from '../../audit/search-entries.js';
import { LANGUAGES, Translations } from '../../web/translations.js';
import { inWords } from './log-pages.js';

const translations = new Translations();
/** All that an entry can say was done; of what was refused there is one for every route. */
const ACTIONS = [...TIMED_ACTIONS, ...DAY_ACTIONS, REFUSED, `${REFUSED}.get.cases`];

describe('an act in the log', () => {
  it.each(LANGUAGES)('has words, in %s or else in English', (language) => {
    const t = translations.in(language);
    expect(ACTIONS.filter((action) => inWords(action, t) === action || inWords(action, t) === '')).toEqual([]);
  });

  it('has words of its own', () => {
    const t = translations.in('en');
    const words = [...TIMED_ACTIONS, ...DAY_ACTIONS].map((action) => inWords(action, t));
    expect(words.filter((text, at) => words.indexOf(text) !== at)).toEqual([]);
  });
});
