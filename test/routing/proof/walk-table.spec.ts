import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import process from 'node:process';
import { configPath } from '../../../src/agencies/data-file.js';
import { loadDirectory } from '../../../src/agencies/directory.js';
import { decide } from '../../../src/routing/decide.js';
import type { RuleError } from '../../../src/routing/decide.js';
import { loadFacetCatalogue } from '../../../src/routing/facets.js';
import type { Facets } from '../../../src/routing/facets.js';
import { loadRulesetFiles } from '../../../src/routing/ruleset-files.js';
import { PARTS, readRuleset } from '../../../src/routing/ruleset.js';
import type { Ruleset } from '../../../src/routing/ruleset.js';
import { LAWS } from './walk-laws.js';
import { proveTable } from './walk-proof.js';
import type { Fault, Proof } from './walk-proof.js';
import { decisionsPerSecond } from './walk-rate.js';
import { Space } from './walk-space.js';
import { walkTable } from './walk-table.js';
import type { Leaf } from './walk-table.js';

const directory = loadDirectory();
const catalogue = loadFacetCatalogue();
const space = new Space(catalogue, directory);
const all = space.size(space.whole);
const rulesets = [...loadRulesetFiles(configPath('routing'), directory, catalogue).values()].map(
  (file) => file.ruleset,
);

const inWords = ({ code, what }: Fault): string => `${code}: ${what}`;
const idsOf = (ruleset: Ruleset): string[] =>
  [...PARTS.flatMap((part) => ruleset[part]), ...ruleset.subjects].map(({ id }) => id);

/** So that a walk that takes too long is measured and not only cut off, in milliseconds. */
const LONGEST = 120_000;

/** What the first ruleset lacks. It was published and never changes; no later one may lack anything. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  // Whoever sends that it is unknown whether anybody is in danger is stopped, as is right, but told neither why nor by whom.
  '2026-11-22': ['one_outcome: no gate stopped this, after the beginning', 'somebody_is_named: nobody by no rule'],
};

const digests = new Map<string, string>();

describe.each(rulesets.map((ruleset) => [ruleset.version, ruleset] as const))('ruleset %s', (version, ruleset) => {
  let proof: Proof;
  let seconds: number;
  beforeAll(() => {
    const began = process.cpuUsage();
    proof = proveTable(ruleset, directory, catalogue);
    digests.set(version, proof.digest);
    const { user, system } = process.cpuUsage(began);
    seconds = (user + system) / 1_000_000;
  }, LONGEST);

  it('is walked over every combination of facets within a minute of one processor’s time', () => {
    expect(proof.combinations).toBe(
      space.dimensions.reduce((product, { values }) => product * BigInt(values.length), 1n),
    );
    expect(proof.covered).toBe(proof.combinations);
    expect(seconds).toBeLessThan(60);
  });

  it('gives each of them one outcome that keeps every law, and has no rules that disagree or are out of reach', () => {
    expect(proof.faults.map(inWords)).toEqual(KNOWN[version] ?? []);
  });

  it('has for every rule a combination by which it fires', () => {
    expect([...proof.witnesses.keys()].sort()).toEqual(idsOf(ruleset).sort());
    const standing = new Set(ruleset.subjects.map(({ id }) => id));
    for (const [id, facets] of proof.witnesses) {
      const errors: RuleError[] = [];
      const decision = decide(ruleset, directory, facets, { report: (error) => errors.push(error) });
      expect(errors).toEqual([]);
      if (!standing.has(id)) expect(decision.rules).toContain(id);
      else {
        const without = { ...ruleset, subjects: ruleset.subjects.filter((each) => each.id !== id) };
        expect(decide(without, directory, facets).withheld).not.toEqual(decision.withheld);
      }
    }
  });

  it('decides for any combination as for the one that the walk asked in its place', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: all - 1n }), fc.boolean(), (number, open) => {
        // Most combinations are stopped by a gate: half of those tried are not.
        const facets: Facets = { ...space.nth(number), ...(open && { danger: 'none', classified: 'no' }) };
        const leaves: Leaf[] = [];
        walkTable(ruleset, directory, space, (leaf) => leaves.push(leaf), facets);
        const errors: RuleError[] = [];
        const decision = decide(ruleset, directory, facets, { report: (error) => errors.push(error) });
        const [failed] = errors;
        // Without the rules only that much is the same all over a leaf.
        expect(leaves).toEqual([expect.objectContaining(failed ? { failed } : { failed, decision })]);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('the newest ruleset', () => {
  it(
    'decides the same in a second walk, byte for byte',
    () => {
      const newest = rulesets.reduce((one, other) => (one.version > other.version ? one : other));
      expect(proveTable(newest, directory, catalogue).digest).toBe(digests.get(newest.version));
    },
    LONGEST,
  );
});

describe('the space of combinations', () => {
  it('numbers every combination once, as the door takes them', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: all - 1n }), (number) => {
        const facets = space.nth(number);
        const cube = space.cubeOf(facets);
        expect(space.size(cube)).toBe(1n);
        expect(space.representative(cube)).toEqual(facets);
      }),
    );
    expect(new Set([0n, 1n, all - 1n].map((number) => JSON.stringify(space.nth(number)))).size).toBe(3);
  });

  it('has as many combinations as there are codes of each facet, and organisations with their sectors, to choose', () => {
    const organisations = directory
      .all()
      .filter(
        ({ kind, appropriateAuthority }) => kind !== 'desk' && appropriateAuthority !== 'internal_receiver',
      ).length;
    const sectors = catalogue.codes('sector').size;
    const unsaid = { danger: 1, classified: 1, relationship: 1, topic: 1, stage: 1, when: 1 };
    const withUnsaid = { ...unsaid, head_implicated: 1, child: 1, channel: 1 };
    const product = (Object.keys(withUnsaid) as (keyof typeof withUnsaid)[])
      .map((name) => BigInt(catalogue.codes(name).size + 1))
      .reduce((one, other) => one * other, BigInt(organisations + 2 * sectors));
    expect(all).toBe(product);
  });
});

describe('a ruleset with a fault', () => {
  const basis = { basis: { source: 'none' }, confidence: 'memory', reason: { en: 'Because.' } };
  const rule = (id: string, effect: object): object => ({ id, ...basis, ...effect });
  const why = ['ombudsman', 'oag', 'police', 'tenancy_tribunal', 'minister_or_mp', 'about', 'own_organisation'];
  const sound = {
    version: 'small',
    lists: [],
    subjects: [{ id: 's-council', when: { about: ['other'], sector: ['local_government'] }, are: ['local_council'] }],
    fallback: ['oag', 'police'],
    gates: [
      rule('g-danger', { when: { not: { danger: ['none'] } }, destination: ['police'] }),
      rule('g-classified', { when: { not: { classified: ['no'] } }, destination: ['ombudsman'] }),
    ],
    paths: [
      rule('p-work', { when: { relationship: ['worker', 'former_worker', 'supporter'] }, path: 'disclosure' }),
      rule('p-rest', { path: 'complaint' }),
    ],
    destinations: [
      rule('d-work', { when: { path: ['disclosure'] }, destination: ['ombudsman'] }),
      rule('c-tax', { when: { topic: ['tax'] }, destination: ['about', 'ombudsman'] }),
      rule('c-rest', { candidates: ['ombudsman'] }),
    ],
    offers: [rule('o-own', { when: { path: ['disclosure'] }, alternatives: ['about', 'own_organisation'] })],
    withholdings: [
      rule('w-subject', {
        when: { any: [{ stage: ['unsafe'] }, { head_implicated: ['yes'] }] },
        withhold: ['subject'],
      }),
    ],
    notices: [rule('n-child', { when: { child: ['yes'] }, warnings: ['child_may_go_direct'] })],
    why: {
      any: Object.fromEntries([...why, 'local_council'].map((id) => [id, { en: 'Because.' }])),
      disclosure: {},
      stop: {},
    },
    warnings: Object.fromEntries(
      ['child_may_go_direct', 'raise_with_organisation_first'].map((code) => [code, { en: 'Beware.' }]),
    ),
  };
  type Table = typeof sound;
  const faultsOf = (spoil: (table: Table) => void): readonly Fault[] => {
    const table = structuredClone(sound);
    spoil(table);
    return proveTable(readRuleset(table, 'small.yaml', directory, catalogue), directory, catalogue).faults;
  };

  it('is told from one without', () => {
    expect(faultsOf(() => undefined)).toEqual([]);
  });

  it.each<[string, (table: Table) => void, readonly RegExp[]]>([
    [
      'no destination for some topics',
      (table) => table.destinations.pop(),
      [/^one_outcome: no rule gave a destination, after p-rest$/],
    ],
    ['no path for the public', (table) => table.paths.pop(), [/^one_outcome: no rule gave a path/]],
    [
      'a gate that lets the unknown pass',
      ({ gates }) => Object.assign(gates[0] ?? {}, { when: { danger: ['immediate'] } }),
      [/^one_outcome: no gate stopped this/],
    ],
    [
      'a rule below one that always holds',
      ({ destinations }) => destinations.push(rule('c-late', { when: { topic: ['benefit'] }, destination: ['oag'] })),
      [/^unreachable: c-late$/],
    ],
    [
      'a rule that three earlier ones cover between them',
      ({ destinations }) =>
        destinations.splice(
          1,
          0,
          rule('c-child', { when: { child: ['yes'] }, destination: ['oag'] }),
          rule('c-no-child', { when: { child: ['no'] }, destination: ['oag'] }),
          rule('c-unsaid', { when: { child: ['unknown'] }, destination: ['oag'] }),
        ),
      [/^unreachable: c-tax$/, /^unreachable: c-rest$/],
    ],
    [
      'a condition that nothing meets',
      ({ notices }) =>
        notices.push(rule('n-never', { when: { topic: ['tax'], not: { topic: ['tax', 'benefit'] } }, warnings: [] })),
      [/^unreachable: n-never$/],
    ],
    [
      'a destination that is always withheld',
      ({ withholdings }) => withholdings.push(rule('w-all', { withhold: ['ombudsman'] })),
      [/^unreachable: d-work$/],
    ],
    [
      'an offer that is always withheld',
      ({ offers, withholdings }) => {
        offers.push(rule('o-oag', { alternatives: ['oag'] }));
        withholdings.push(rule('w-oag', { withhold: ['oag'] }));
      },
      [/^unreachable: o-oag$/],
    ],
    [
      'somebody in place of the organisation concerned who is so already',
      ({ subjects }) => subjects.push({ id: 's-police', when: { about: ['police'] } as never, are: ['police'] }),
      [/^unreachable: s-police$/],
    ],
    [
      'one condition twice in a ranked part',
      ({ destinations }) =>
        destinations.splice(2, 0, rule('c-tax-again', { when: { topic: ['tax'] }, destination: ['oag'] })),
      [/^same_condition: c-tax and c-tax-again$/, /^unreachable: c-tax-again$/],
    ],
    [
      'one notice twice',
      ({ notices }) => notices.push(rule('n-again', { when: { child: ['yes'] }, warnings: ['child_may_go_direct'] })),
      [/^same_condition: n-child and n-again$/],
    ],
    [
      'the id of a rule once more among the subjects',
      ({ subjects }) => subjects.push({ id: 'c-tax', when: { about: ['other'], sector: ['police'] }, are: ['police'] }),
      [/^duplicate_id: c-tax$/],
    ],
    [
      'the subject offered where it is unsafe',
      ({ withholdings }) => Object.assign(withholdings[0] ?? {}, { when: { head_implicated: ['yes'] } }),
      [/^subject_is_not_offered_where_unsafe: own_organisation \(p-work, d-work\)$/],
    ],
    [
      'a gate that stops what is neither danger nor classified',
      ({ gates }) =>
        Object.assign(gates[0] ?? {}, { when: { any: [{ not: { danger: ['none'] } }, { topic: ['tax'] }] } }),
      [/^danger_and_classified_stop: stop by g-danger$/],
    ],
    [
      'nobody left to name',
      ({ withholdings, fallback }) => {
        fallback.pop();
        withholdings.push(rule('w-tax', { when: { topic: ['tax'] }, withhold: ['ombudsman', 'oag', 'about'] }));
      },
      [/^somebody_is_named: nobody by p-rest, c-tax/],
    ],
    [
      'a disclosure to a tribunal',
      ({ offers }) => offers.push(rule('o-tribunal', { alternatives: ['tenancy_tribunal'] })),
      [/^disclosure_goes_to_an_authority: tenancy_tribunal \(p-work, d-work\)$/],
    ],
    [
      'a disclosure of somebody without a work link',
      ({ paths }) => Object.assign(paths[0] ?? {}, { when: { relationship: ['worker', 'public'] } }),
      [/^disclosure_goes_to_an_authority: relationship public/],
    ],
    [
      'warnings that say the opposite of each other',
      ({ notices }) =>
        notices.push(rule('n-first', { when: { stage: ['unsafe'] }, warnings: ['raise_with_organisation_first'] })),
      [
        /^warnings_agree: child_may_go_direct and raise/,
        /^warnings_agree: raise_with_organisation_first where it is unsafe/,
      ],
    ],
  ])('is found out: %s', (_, spoil, sentences) => {
    const faults = faultsOf(spoil).map(inWords);
    for (const sentence of sentences) expect(faults).toContainEqual(expect.stringMatching(sentence));
  });

  it('is found out: a Minister as a receiver, which no file can even name', () => {
    const ruleset = readRuleset(sound, 'small.yaml', directory, catalogue);
    const offers = ruleset.offers.map((each) => ({ ...each, alternatives: ['minister_or_mp'] }));
    const { faults } = proveTable({ ...ruleset, offers }, directory, catalogue);
    expect(faults.map(inWords)).toContain('no_guard_entry_receives: minister_or_mp (p-work, d-work)');
  });

  it('is found out: somebody offered whom a rule withholds, which `decide` never does', () => {
    const ruleset = readRuleset(sound, 'small.yaml', directory, catalogue);
    const law = LAWS.find(({ code }) => code === 'withheld_is_not_offered');
    const broken: string[] = [];
    walkTable(ruleset, directory, space, (leaf) => {
      const withholdings = ruleset.withholdings.map((each) => ({ ...each, withhold: ['ombudsman'] }));
      broken.push(...(law?.broken({ ...leaf, withholdings }, { ruleset, directory }) ?? []));
    });
    expect(broken).toContain('ombudsman (p-rest, c-rest)');
  });

  it('names a combination in which it shows, and says how many there are', () => {
    const [fault] = faultsOf((table) => table.destinations.pop());
    expect(fault?.facets?.topic).not.toBe('tax');
    expect(fault?.combinations).toBeGreaterThan(1000n);
  });
});

describe('the speed of deciding', () => {
  it('is measured in decisions a second', () => {
    const [ruleset] = rulesets;
    if (!ruleset) throw new Error('there is no ruleset');
    // How fast is for the bench to say, on a machine that does nothing else.
    expect(decisionsPerSecond(ruleset, directory, catalogue, 0.2)).toBeGreaterThan(1000);
  });
});
