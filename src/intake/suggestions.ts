import type { Directory } from '../agencies/directory.js';
import type { FacetCatalogue } from '../routing/facets.js';
import type { Vocabulary } from '../routing/vocabulary.js';
import type { Language } from '../web/translations.js';
import type { Question } from './journey.js';
import type { Findable } from './suggest.js';

/** What the page of a question gives its script to suggest from. */
export interface ToSuggest {
  /** Which of the two can be chosen on this page. */
  readonly choose: 'topic' | 'about';
  readonly topic: readonly Findable[];
  readonly about: readonly Findable[];
}

/** Where suggestions come from. */
export interface SuggestionSource {
  readonly catalogue: FacetCatalogue;
  readonly directory: Directory;
  readonly vocabulary: Vocabulary;
}

/**
 * The directory's vocabulary for a page on which somebody has to choose a topic or an organisation. The looking up
 * happens in their browser: what they type is never sent.
 *
 * @returns null for questions with so few answers that they are read faster than described
 */
export function suggestionsFor(source: SuggestionSource, question: Question, lang: Language): ToSuggest | null {
  if (question !== 'topic' && question !== 'about') return null;
  return { choose: question, topic: topics(source, lang), about: organisations(source, lang) };
}

function topics({ catalogue, vocabulary }: SuggestionSource, lang: Language): Findable[] {
  return [...catalogue.codes('topic').keys()]
    .filter((code) => code !== 'other' && code !== 'unknown')
    .map((code) => ({
      code,
      label: catalogue.label('topic', code, lang),
      words: [catalogue.label('topic', code, 'en'), ...(vocabulary.topic.get(code) ?? [])],
      about: [],
    }));
}

function organisations({ directory, vocabulary }: SuggestionSource, lang: Language): Findable[] {
  return directory.listed(lang).map(({ id, name }) => {
    const entry = directory.get(id);
    return {
      code: id,
      label: name,
      words: [entry?.name.en ?? '', entry?.name.mi ?? '', ...(vocabulary.about.get(id) ?? [])],
      about: entry?.takes ?? [],
    };
  });
}
