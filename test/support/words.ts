import { expect } from '@jest/globals';
import { readCatalogue, type Catalogue } from '../../src/web/translations.js';

/** What stands in the English catalogue at a path such as `cases.events`. */
export function wordsAt(path: string): string | Catalogue | undefined {
  return path
    .split('.')
    .reduce<string | Catalogue | undefined>(
      (found, key) => (typeof found === 'object' ? found[key] : undefined),
      readCatalogue('en'),
    );
}

/** Words that a page looks up by a code, which no view names in full: there are some for every code. */
export function expectWords(path: string, codes: readonly string[]): void {
  expect(codes.filter((code) => typeof wordsAt(`${path}.${code}`) !== 'string')).toEqual([]);
}
