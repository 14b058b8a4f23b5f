import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { readCatalogue, Translations } from '../web/translations.js';
import { failureWords, workWords } from './failure-words.js';

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
  .map((name) => readFileSync(join('src', name), 'utf8'));

const named = (pattern: RegExp): string[] => [
  ...new Set(sources.flatMap((source) => [...source.matchAll(pattern)].map(([, name]) => name ?? ''))),
];

const t = new Translations().in('en');
const catalogue = JSON.stringify(readCatalogue('en'));

describe('the page of the operator', () => {
  it('has words for every kind of work that is done', () => {
    const kinds = named(/jobs\.handle\('\w+', '(\w+)'/g);
    expect(kinds).toContain('place_case');
    expect(kinds.filter((kind) => workWords(kind, t) === kind)).toEqual([]);
    expect(kinds.filter((kind) => !catalogue.includes(JSON.stringify(workWords(kind, t))))).toEqual([]);
  });

  it('has words of its own for every failure that has a code, and says of the rest where to look', () => {
    const codes = named(/new JobFailure\(\s*'(\w+)'/g);
    expect(codes).toContain('smtp_refused');
    const other = failureWords('unexpected', t);
    expect(codes.filter((code) => failureWords(code, t) === other)).toEqual(['unexpected']);
    expect(codes.filter((code) => !catalogue.includes(JSON.stringify(failureWords(code, t))))).toEqual([]);
    expect(failureWords('database_23505', t)).toBe(failureWords('database', t));
  });
});
