import { describe, expect, it } from '@jest/globals';
import { readCatalogue, type Catalogue } from '../../web/translations.js';
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

function at(path: string): string | Catalogue | undefined {
  return path
    .split('.')
    .reduce<string | Catalogue | undefined>(
      (found, key) => (typeof found === 'object' ? found[key] : undefined),
      readCatalogue('en'),
    );
}

describe('the catalogue', () => {
  it.each(Object.entries(LOOKED_UP))('has words under %s for every code', (path, codes) => {
    expect(codes.filter((code) => typeof at(`${path}.${code}`) !== 'string')).toEqual([]);
  });

  it('ss 20-24: calls an assessment and a plan good practice, which no section asks for', () => {
    expect(at('support.what')).toMatch(/^Good practice is/);
    expect(JSON.stringify(at('support'))).not.toMatch(/\bmust\b/i);
  });
});
