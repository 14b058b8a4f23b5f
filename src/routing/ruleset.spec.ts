import { describe, expect, it } from '@jest/globals';
import { configPath, readYaml } from '../agencies/data-file.js';
import { loadDirectory } from '../agencies/directory.js';
import { loadFacetCatalogue } from './facets.js';
import { CURRENT_RULESET, loadRuleset, PARTS, readRuleset } from './ruleset.js';

const directory = loadDirectory();
const catalogue = loadFacetCatalogue();

type Source = Record<string, Record<string, unknown>[]>;
const source = (): Source => structuredClone(readYaml(configPath('routing', `${CURRENT_RULESET}.yaml`)) as Source);

describe('the current ruleset', () => {
  const ruleset = loadRuleset(directory, catalogue);

  it('carries the version that its file is named after', () => {
    expect(ruleset.version).toBe(CURRENT_RULESET);
  });

  it('has a text for every warning, and a basis for every rule', () => {
    for (const rule of PARTS.flatMap((part) => ruleset[part])) {
      expect(rule.basis.source).not.toBe('');
      expect(rule.warnings.every((code) => ruleset.warnings.has(code))).toBe(true);
    }
  });

  it('says of every rule, every choice and every warning why, in English and in te reo Māori', () => {
    const rules = PARTS.flatMap((part) => ruleset[part]);
    expect(rules.filter(({ reason }) => reason?.mi === undefined).map(({ id }) => id)).toEqual([]);
    const texts = [...Object.values(ruleset.why).flatMap((each) => [...each]), ...ruleset.warnings];
    expect(texts.filter(([, { mi }]) => mi === undefined).map(([id]) => id)).toEqual([]);
  });

  it('names in its words only organisations that can be chosen', () => {
    const named = PARTS.flatMap((part) =>
      ruleset[part].flatMap((rule) => [...rule.destination, ...rule.candidates, ...rule.alternatives]),
    );
    const unused = [...ruleset.why.any.keys()].filter((id) => !named.includes(id));
    expect(unused).toEqual([]);
  });

  it('states as law nothing that rests on memory alone', () => {
    const fromMemory = PARTS.flatMap((part) => ruleset[part]).filter(({ confidence }) => confidence === 'memory');
    expect(fromMemory.length).toBeGreaterThan(0);
    for (const { id, reason } of fromMemory) {
      expect(`${id}: ${reason?.en ?? ''}`).toMatch(/check with|understood|A person will/i);
    }
  });
});

describe('a bad ruleset', () => {
  it.each<[string, (from: Source) => void, RegExp]>([
    ['an unknown key', ({ paths }) => Object.assign(paths?.[0] ?? {}, { colour: 'red' }), /rule p-[\w-]+: has a key/],
    ['an unknown code', ({ paths }) => Object.assign(paths?.[0] ?? {}, { when: { topic: ['x'] } }), /the code x/],
    ['an unknown facet', ({ paths }) => Object.assign(paths?.[0] ?? {}, { when: { mood: ['x'] } }), /known: mood/],
    [
      'two rules of one id',
      ({ paths }) => Object.assign(paths?.[0] ?? {}, { id: 'p-complaint' }),
      /p-complaint: there is/,
    ],
    [
      'a Minister as a receiver',
      ({ destinations }) => Object.assign(destinations?.[0] ?? {}, { destination: ['minister_or_mp'] }),
      /minister_or_mp is no organisation/,
    ],
    [
      'a receiver that is not in the directory',
      ({ offers }) => Object.assign(offers?.[0] ?? {}, { alternatives: ['acme'] }),
      /acme is no organisation/,
    ],
    [
      'a warning without a text',
      ({ notices }) => Object.assign(notices?.[0] ?? {}, { warnings: ['boo'] }),
      /the warning boo has no text/,
    ],
    [
      'neither destination nor candidates',
      ({ destinations }) => delete destinations?.[0]?.destination,
      /either destination or candidates/,
    ],
  ])('with %s is refused in a sentence that names the rule', (_, spoil, sentence) => {
    const from = source();
    spoil(from);
    expect(() => readRuleset(from, 'rules.yaml', directory, catalogue)).toThrow(sentence);
  });
});
