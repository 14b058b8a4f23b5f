import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { loadDirectory } from '../agencies/directory.js';
import { loadFacetCatalogue } from '../routing/facets.js';
import { loadVocabulary } from '../routing/vocabulary.js';
import { MOST_SUGGESTIONS, suggester, type Findable } from './suggest.js';
import { suggestionsFor } from './suggestions.js';

const directory = loadDirectory();
const catalogue = loadFacetCatalogue();
const vocabulary = loadVocabulary(catalogue, directory);
const from = suggestionsFor({ catalogue, directory, vocabulary }, 'topic', 'en');
const topics = suggester(from?.topic ?? []);
const agencies = suggester(from?.about ?? []);
const codes = (found: readonly { code: string }[]): string[] => found.map(({ code }) => code);

describe('Describing it', () => {
  it.each([
    ['WINZ stopped my benefit and will not say why', 'benefit', 'msd'],
    ['the cop hit my son when he was arrested', 'police_conduct', 'police'],
    ['my landlord keeps the bond', 'tenancy', 'tenancy_tribunal'],
    ['the surgeon at the hospital operated on the wrong knee', 'health_care', 'health_nz'],
    ['my manager takes bribes from a supplier', 'corruption_bribery', 'sfo'],
    ['the school suspended my daughter', 'school', 'school_board'],
    ['dog barking and the council does nothing', 'council', 'local_council'],
    ['ACC declined cover for my injury', 'injury_claim', 'acc'],
    ['my OIA request was refused', 'official_information', 'ombudsman'],
    ['they lost my visa papers', 'immigration', 'immigration_nz'],
    ['te pirihimana', 'police_conduct', 'police'],
    ['nga whare o te kaunihera', 'council', 'local_council'],
    ['ko te tamaiti i te kura', 'school', 'school_board'],
  ])('finds from "%s" the topic %s and the organisation %s', (typed, topic, agency) => {
    expect(codes(topics(typed))).toContain(topic);
    expect(codes(agencies(typed))).toContain(agency);
  });

  it('takes no notice of macrons, capitals or one slip of the finger', () => {
    expect(topics('TŪMATAITI')).toEqual(topics('tumataiti'));
    expect(codes(topics('pirihimna'))).toContain('police_conduct');
    expect(codes(topics('discriminaton'))).toContain('discrimination');
  });

  it('says nothing where nothing fits', () => {
    expect(topics('xyzzy qwrtp')).toEqual([]);
    expect(topics('the and of it was')).toEqual([]);
    expect(topics('   ')).toEqual([]);
  });

  it('takes anything that can be typed, and suggests a few things that can be chosen', () => {
    const known = new Set(from?.topic.map(({ code }) => code));
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 800 }), (typed) => {
        const found = topics(typed);
        expect(found.length).toBeLessThanOrEqual(MOST_SUGGESTIONS);
        expect(found.every(({ code }) => known.has(code))).toBe(true);
      }),
    );
  });

  it('finds every topic and every organisation by its own words', () => {
    const missed = (all: readonly Findable[], find: typeof topics): string[] =>
      all.filter(({ code, words }) => !words.some((word) => codes(find(word)).includes(code))).map(({ code }) => code);
    expect(missed(from?.topic ?? [], topics)).toEqual([]);
    expect(missed(from?.about ?? [], agencies)).toEqual([]);
  });

  it('has words for every topic, in English and in te reo Māori', () => {
    const without = [...catalogue.codes('topic').keys()].filter(
      (code) => code !== 'other' && !vocabulary.topic.has(code),
    );
    expect(without).toEqual([]);
  });
});
