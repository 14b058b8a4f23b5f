import { configPath, Fields, readYaml } from '../agencies/data-file.js';
import type { Directory } from '../agencies/directory.js';
import type { FacetCatalogue } from './facets.js';

/** Everyday words, English and te reo Māori together, by the code of a topic and by the id of an organisation. */
export interface Vocabulary {
  readonly topic: ReadonlyMap<string, readonly string[]>;
  readonly about: ReadonlyMap<string, readonly string[]>;
}

/**
 * Reads the words with which people may look for a topic or an organisation. They help to find a choice and decide nothing.
 *
 * @throws DataError naming the file and the first topic or organisation that does not exist
 */
export function loadVocabulary(catalogue: FacetCatalogue, directory: Directory): Vocabulary {
  const path = configPath('routing', 'vocabulary.yaml');
  const file = new Fields(readYaml(path), path, ['topics', 'agencies']);
  return {
    topic: readWords(file, 'topics', [...catalogue.codes('topic').keys()]),
    about: readWords(
      file,
      'agencies',
      directory.all().map(({ id }) => id),
    ),
  };
}

function readWords(file: Fields, key: string, known: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const all = file.fields(key, known);
  return new Map(
    known.flatMap((code) => {
      if (!all.has(code)) return [];
      const words = all.fields(code, ['en', 'mi']);
      return [[code, [...words.texts('en'), ...(words.has('mi') ? words.texts('mi') : [])]]];
    }),
  );
}
