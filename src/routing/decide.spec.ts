import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anyFacets } from '../../test/routing/any-facets.js';
import { readYaml } from '../agencies/data-file.js';
import { loadDirectory } from '../agencies/directory.js';
import { differences, readScenarios } from './compare.js';
import { decide } from './decide.js';
import type { Decision, RuleError } from './decide.js';
import { loadFacetCatalogue, parseFacets } from './facets.js';
import type { FacetName, Facets } from './facets.js';
import { loadRuleset } from './ruleset.js';
import type { Ruleset } from './ruleset.js';

const directory = loadDirectory();
const catalogue = loadFacetCatalogue();
const ruleset = loadRuleset(directory, catalogue);

const SAID = { danger: 'none', classified: 'no' };
const facetsOf = (said: Partial<Record<FacetName, string>>): Facets =>
  parseFacets(catalogue, directory, { ...SAID, ...said });
const decided = (said: Partial<Record<FacetName, string>>): Decision => decide(ruleset, directory, facetsOf(said));
const offeredBy = (decision: Decision): string[] => [
  ...(decision.destination ? [decision.destination.id] : []),
  ...decision.alternatives.map(({ id }) => id),
];
const warnedBy = (decision: Decision): string[] => decision.warnings.map(({ code }) => code);

/** Any facets; open ones, since a stop answers most questions. */
const everything = anyFacets(catalogue, directory);
const openFacets = anyFacets(catalogue, directory, SAID);
const property = (facets: fc.Arbitrary<Facets>, check: (decision: Decision, facets: Facets) => void): void => {
  fc.assert(
    fc.property(facets, (each) => {
      const errors: RuleError[] = [];
      const decision = decide(ruleset, directory, each, { report: (error) => errors.push(error) });
      expect(errors).toEqual([]);
      check(decision, each);
    }),
    { numRuns: 1000 },
  );
};

describe.each(['routing', 'routing-law'])('the scenarios of %s.yaml', (name) => {
  const path = `config/routing/scenarios/${name}.yaml`;
  it.each(readScenarios(readYaml(path), path))('$id comes out as expected', ({ facets, expect: expected }) => {
    const decision = decide(ruleset, directory, parseFacets(catalogue, directory, facets));
    expect(differences(decision, expected)).toEqual([]);
  });
});

describe('any facets', () => {
  it('get one outcome, the same every time, from rules that exist', () => {
    const ids = new Set(Object.values(ruleset).flatMap((part) => (Array.isArray(part) ? part.map(idOf) : [])));
    property(everything, (decision, facets) => {
      expect(decision).toEqual(decide(ruleset, directory, facets));
      expect(['route', 'triage', 'stop']).toContain(decision.outcome);
      expect(decision.path === null).toBe(decision.outcome === 'stop');
      if (decision.outcome === 'route') expect(decision.destination).not.toBeNull();
      expect(decision.rules.every((id) => ids.has(id))).toBe(true);
      expect(decision.reasons.length).toBeGreaterThan(0);
    });
  });

  it('stop exactly where there is danger or anything classified', () => {
    property(everything, (decision, { danger, classified }) => {
      expect(decision.outcome === 'stop').toBe(danger !== 'none' || classified !== 'no');
    });
  });

  it('are never offered a Minister, a member of Parliament (s 11, 25 receivers) or the triage desk, nor the same choice twice', () => {
    property(everything, (decision) => {
      const offered = offeredBy(decision);
      expect(offered).not.toContain('minister_or_mp');
      expect(offered).not.toContain('triage');
      expect(new Set(offered).size).toBe(offered.length);
    });
  });

  it('never send a case to its subject where that is unsafe or the head is implicated', () => {
    property(openFacets, (decision, { about, stage, head_implicated: head }) => {
      if (stage !== 'unsafe' && head !== 'yes') return;
      expect(offeredBy(decision)).not.toContain(about);
      expect(offeredBy(decision)).not.toContain('own_organisation');
    });
  });

  it('withhold the subject then, and nobody otherwise', () => {
    property(openFacets, (decision, { about, stage, head_implicated: head }) => {
      if (stage === 'unsafe' || head === 'yes') expect(decision.withheld).toContain(about);
      else expect(decision.withheld).toEqual([]);
      expect(offeredBy(decision).filter((id) => decision.withheld.includes(id))).toEqual([]);
    });
  });

  it('make a disclosure only with a work link, which is then told of its protections and of the Ombudsman', () => {
    property(openFacets, (decision, { about, relationship }) => {
      if (decision.path !== 'disclosure') return;
      expect(['worker', 'former_worker', 'supporter']).toContain(relationship);
      expect(warnedBy(decision)).toEqual(
        expect.arrayContaining(['protection_applies', 'no_privileged_material', 'minister_not_first']),
      );
      expect(warnedBy(decision)).not.toContain('raise_with_organisation_first');
      expect(offeredBy(decision).includes('ombudsman')).toBe(about !== 'ombudsman');
    });
  });

  it('are told that a destination known from memory only is not confirmed', () => {
    property(openFacets, (decision) => {
      const confidence = decision.destination && directory.get(decision.destination.id)?.confidence;
      expect(warnedBy(decision).includes('destination_not_confirmed')).toBe(confidence === 'memory');
    });
  });
});

describe('whoever works at a body that looks into others', () => {
  it('is never sent to that body about itself', () => {
    const watchers = ['ombudsman', 'sfo', 'ipca', 'hrc', 'fma', 'privacy_commissioner', 'teaching_council', 'oag'];
    const workers = fc
      .tuple(openFacets, fc.constantFrom(...watchers), fc.constantFrom('worker', 'former_worker', 'supporter'))
      .map(([facets, about, relationship]) => facetsOf({ ...facets, about, relationship }));
    property(workers, (decision, { about }) => {
      expect(offeredBy(decision)).not.toContain(about);
    });
  });
});

describe('the reasons that a person is given', () => {
  it('are those of gate, path, destination and withholdings; offers and warnings have words of their own', () => {
    const decision = decided({ relationship: 'worker', about: 'msd', topic: 'fraud', stage: 'unsafe' });
    expect(decision.rules).toEqual(expect.arrayContaining(['o-guidance', 'n-protection']));
    expect(decision.reasons.map(({ code: rule }) => rule)).toEqual(['p-discloser', 'd-bribery-fraud', 'w-unsafe']);
  });

  it('are all in te reo Māori where that is the language', () => {
    const english = decided({ relationship: 'public', about: 'msd', topic: 'benefit' });
    const facets = facetsOf({ relationship: 'public', about: 'msd', topic: 'benefit' });
    const words = (from: Decision): string[] => [...from.reasons, ...from.warnings].map(({ text }) => text);
    const reo = words(decide(ruleset, directory, facets, { language: 'mi' }));
    expect(reo).toHaveLength(words(english).length);
    expect(words(english).filter((text) => reo.includes(text))).toEqual([]);
  });
});

describe('a council that is not named in the directory', () => {
  it('is not offered as a council where it would not be safe', () => {
    const said = { relationship: 'public', about: 'other', sector: 'local_government', topic: 'council' };
    expect(offeredBy(decided({ ...said, stage: 'not_raised' }))).toContain('local_council');
    expect(offeredBy(decided({ ...said, stage: 'unsafe' }))).not.toContain('local_council');
  });
});

describe('a sector that was said beside an organisation of the directory', () => {
  it('gives way to that of the directory', () => {
    expect(facetsOf({ about: 'msd', sector: 'private' }).sector).toBe('public_service');
  });
});

describe('a rule that fails', () => {
  const broken = (part: 'gates' | 'paths' | 'destinations' | 'withholdings' | 'notices'): Ruleset => {
    const [first, ...rest] = ruleset[part];
    if (!first) throw new Error('the ruleset has no rule there');
    const failing = { ...first };
    Object.defineProperty(failing, 'when', {
      get: () => {
        throw new Error('broken');
      },
    });
    return { ...ruleset, [part]: [failing, ...rest] };
  };
  const worker = facetsOf({ relationship: 'worker', about: 'msd', topic: 'fraud' });

  it.each(['gates', 'paths', 'destinations', 'withholdings', 'notices'] as const)(
    'among the %s makes it triage with nobody named, and is reported',
    (part) => {
      const errors: RuleError[] = [];
      const decision = decide(broken(part), directory, worker, { report: (error) => errors.push(error) });
      expect(decision).toMatchObject({ outcome: 'triage', path: 'disclosure', destination: null, alternatives: [] });
      expect(errors).toHaveLength(1);
    },
  );

  it('still withholds the organisation that it would be unsafe to go to', () => {
    const unsafe = { ...worker, stage: 'unsafe' };
    expect(decide(broken('destinations'), directory, unsafe).withheld).toEqual(['msd']);
    expect(decide(broken('destinations'), directory, worker).withheld).toEqual([]);
  });

  it('never lets danger or anything classified past', () => {
    for (const said of [{ danger: 'immediate' }, { classified: 'yes' }, { classified: 'unsure' }]) {
      const facets = { ...worker, ...said };
      expect(decide(broken('gates'), directory, facets)).toMatchObject({ outcome: 'stop', path: null });
      expect(decide({ ...ruleset, gates: [] }, directory, facets)).toMatchObject({ outcome: 'stop', path: null });
    }
  });

  it('naming an organisation that is no longer in the directory makes it triage', () => {
    const rules = ruleset.destinations.map((rule) => ({ ...rule, destination: ['gone'], candidates: [] }));
    expect(decide({ ...ruleset, destinations: rules }, directory, worker).outcome).toBe('triage');
  });
});

function idOf(rule: unknown): unknown {
  return typeof rule === 'object' && rule !== null && 'id' in rule ? rule.id : undefined;
}
