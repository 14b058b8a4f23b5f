import { createHash } from 'node:crypto';
import type { Directory } from '../../../src/agencies/directory.js';
import type { Condition } from '../../../src/routing/condition.js';
import type { FacetCatalogue, Facets } from '../../../src/routing/facets.js';
import { ABOUT, PARTS } from '../../../src/routing/ruleset.js';
import type { Rule, Ruleset } from '../../../src/routing/ruleset.js';
import { LAWS } from './walk-laws.js';
import { Space } from './walk-space.js';
import { walkTable } from './walk-table.js';
import type { Leaf } from './walk-table.js';

export interface Fault {
  /** The law that is broken, or `not_every_combination`, `duplicate_id`, `same_condition`, `unreachable`. */
  readonly code: string;
  /** In a few words, with the rules and organisations it is about. */
  readonly what: string;
  /** The first combination in which it shows, where it shows in one. */
  readonly facets?: Facets;
  readonly combinations: bigint;
}

export interface Proof {
  readonly ruleset: string;
  /** How many combinations there are, and how many the leaves of the walk hold together. */
  readonly combinations: bigint;
  readonly covered: bigint;
  readonly leaves: number;
  /** For each rule a combination in which it fires and has its effect. */
  readonly witnesses: ReadonlyMap<string, Facets>;
  readonly faults: readonly Fault[];
  /** SHA-256 over every leaf and its whole decision in the order of the walk. */
  readonly digest: string;
}

/**
 * Proves a table over every combination of facets: each has exactly one outcome that keeps every law, each rule is
 * reached, and no two rules of equal rank disagree.
 *
 * Rank: gates, paths and destinations are ranked by their order, the first that holds counts alone; so a rule that
 * earlier ones cover is unreachable, which is a fault. Offers, withholdings and notices count all together, and
 * withholdings outrank offers and destinations: what must not disagree there is what comes out, which the laws say. A
 * rule twice, with the same condition and effect, is a fault as well: one of them would be changed without the other.
 */
export function proveTable(ruleset: Ruleset, directory: Directory, catalogue: FacetCatalogue): Proof {
  const space = new Space(catalogue, directory);
  const digest = createHash('sha256');
  const witnesses = new Map<string, Facets>();
  const found = new Map<string, Fault>();
  let [covered, leaves] = [0n, 0];
  walkTable(ruleset, directory, space, (leaf) => {
    const size = space.size(leaf.cube);
    covered += size;
    leaves += 1;
    digest.update(JSON.stringify([leaf.cube, leaf.decision]));
    for (const id of reached(leaf, ruleset)) if (!witnesses.has(id)) witnesses.set(id, leaf.facets);
    for (const { code, broken } of LAWS) {
      for (const what of broken(leaf, { ruleset, directory })) {
        const before = found.get(`${code} ${what}`);
        const { facets = leaf.facets, combinations = 0n } = before ?? {};
        found.set(`${code} ${what}`, { code, what, facets, combinations: combinations + size });
      }
    }
  });
  const combinations = space.size(space.whole);
  const missing = combinations - covered;
  return {
    ruleset: ruleset.version,
    combinations,
    covered,
    leaves,
    witnesses,
    faults: [
      ...(missing === 0n ? [] : [{ code: 'not_every_combination', what: 'the walk', combinations: missing }]),
      ...faultsOfRules(ruleset),
      ...idsOf(ruleset)
        .filter((id) => !witnesses.has(id))
        .map((id) => ({ code: 'unreachable', what: id, combinations: 0n })),
      ...found.values(),
    ],
    digest: digest.digest('hex'),
  };
}

/**
 * The rules that fire in a leaf and change something by it: a destination is one that may be offered, an offer is taken
 * up, and what stands for the organisation concerned is withheld because of that rule alone.
 */
function reached({ decision, facets, subjects }: Leaf, ruleset: Ruleset): readonly string[] {
  const { outcome, rules, destination, alternatives, withheld } = decision;
  const offered = [...(destination ? [destination.id] : []), ...alternatives.map(({ id }) => id)];
  const idle = [
    ...(outcome === 'triage' ? ruleset.destinations.filter((rule) => rule.destination.length > 0) : []),
    ...ruleset.offers.filter(
      (rule) => !rule.alternatives.some((id) => offered.includes(id === ABOUT ? facets.about : id)),
    ),
  ].map(({ id }) => id);
  const standing = subjects.filter(({ id, are }) => {
    const others = [facets.about, ...subjects.flatMap((other) => (other.id === id ? [] : other.are))];
    return are.some((each) => withheld.includes(each) && !others.includes(each));
  });
  return [...rules.filter((id) => !idle.includes(id)), ...standing.map(({ id }) => id)];
}

function idsOf(ruleset: Ruleset): readonly string[] {
  return [...PARTS.flatMap((part) => ruleset[part]), ...ruleset.subjects].map(({ id }) => id);
}

/** What is wrong with the rules beside each other, before any combination is looked at. */
function faultsOfRules(ruleset: Ruleset): readonly Fault[] {
  const ids = idsOf(ruleset);
  const twice = [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))];
  const ranked = [ruleset.gates, ruleset.paths, ruleset.destinations].flatMap((rules) => same(rules, () => ''));
  const together = [ruleset.offers, ruleset.withholdings, ruleset.notices].flatMap((rules) => same(rules, effectOf));
  const standing = same(ruleset.subjects, ({ are }) => [...are].sort().join(' '));
  return [
    ...twice.map((what) => ({ code: 'duplicate_id', what, combinations: 0n })),
    ...[...ranked, ...together, ...standing].map((what) => ({ code: 'same_condition', what, combinations: 0n })),
  ];
}

function effectOf({ alternatives, withhold, warnings }: Rule): string {
  return JSON.stringify([alternatives, withhold, warnings].map((ids) => [...ids].sort()));
}

/** Pairs of rules of one part with the same condition and effect. */
function same<R extends { readonly id: string; readonly when: Condition }>(
  rules: readonly R[],
  effect: (rule: R) => string,
): readonly string[] {
  const seen = new Map<string, string>();
  return rules.flatMap((rule) => {
    const key = `${canonical(rule.when)} ${effect(rule)}`;
    const before = seen.get(key);
    seen.set(key, before ?? rule.id);
    return before === undefined ? [] : [`${before} and ${rule.id}`];
  });
}

/** A condition in one way of writing, whatever the order of its codes and parts. */
function canonical(condition: Condition): string {
  if ('all' in condition) return `all(${condition.all.map(canonical).sort().join()})`;
  if ('any' in condition) return `any(${condition.any.map(canonical).sort().join()})`;
  if ('not' in condition) return `not(${canonical(condition.not)})`;
  return `${condition.is}(${[...condition.oneOf].sort().join()})`;
}
