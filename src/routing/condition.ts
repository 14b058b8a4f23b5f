import { Fields } from '../agencies/data-file.js';
import type { Directory } from '../agencies/directory.js';
import { FACET_NAMES, UNKNOWN } from './facets.js';
import type { FacetCatalogue, FacetName } from './facets.js';

/** What a rule may look at beside the facets: what the rules before it have settled. */
const SETTLED = ['path', 'destination', 'offered', 'confidence'] as const;
export type FactName = FacetName | (typeof SETTLED)[number];

/** Each fact with the codes it has; only `offered` can have several. */
export type Facts = ReadonlyMap<FactName, readonly string[]>;

export type Condition =
  | { readonly is: FactName; readonly oneOf: readonly string[] }
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition };

/**
 * Whether a condition holds. A fact that is not settled yet is none of any codes. In plain loops, the commonest shape
 * first: a decision asks this some hundred times.
 */
export function holds(condition: Condition, facts: Facts): boolean {
  if ('is' in condition) {
    for (const code of facts.get(condition.is) ?? []) if (condition.oneOf.includes(code)) return true;
    return false;
  }
  if ('all' in condition) {
    for (const each of condition.all) if (!holds(each, facts)) return false;
    return true;
  }
  if ('any' in condition) {
    for (const each of condition.any) if (holds(each, facts)) return true;
    return false;
  }
  return !holds(condition.not, facts);
}

/** The codes a fact may have: from the catalogue and the directory, so that a rule cannot ask for what never occurs. */
export type KnownCodes = (fact: FactName, code: string) => boolean;

export function knownCodes(catalogue: FacetCatalogue, directory: Directory): KnownCodes {
  const settled: Readonly<Record<(typeof SETTLED)[number], (code: string) => boolean>> = {
    path: (code) => ['complaint', 'disclosure'].includes(code),
    destination: (code) => directory.has(code),
    offered: (code) => directory.has(code),
    confidence: (code) => ['sourced', 'partly_sourced', 'memory'].includes(code),
  };
  return (fact, code) => {
    if (fact === 'path' || fact === 'destination' || fact === 'offered' || fact === 'confidence') {
      return settled[fact](code);
    }
    return code === UNKNOWN || catalogue.codes(fact).has(code) || (fact === 'about' && directory.has(code));
  };
}

/**
 * Reads a condition. Facts beside each other must all hold; `all`, `any` (lists) and `not` nest.
 *
 * @param value the mapping under `when`; none means always
 * @throws DataError naming the rule, for an unknown fact or code
 */
export function readCondition(value: unknown, where: string, known: KnownCodes): Condition {
  if (value === undefined) return { all: [] };
  const fields = new Fields(value, where, [...FACET_NAMES, ...SETTLED, 'all', 'any', 'not']);
  const parts: Condition[] = [];
  for (const fact of [...FACET_NAMES, ...SETTLED]) {
    if (!fields.has(fact)) continue;
    const codes = fields.texts(fact);
    const wrong = codes.find((code) => !known(fact, code));
    if (wrong !== undefined) throw fields.refuse(`asks ${fact} for the code ${wrong}, which it never has`);
    parts.push({ is: fact, oneOf: codes });
  }
  const nested = (key: string): Condition[] => fields.list(key).map((each) => readCondition(each, where, known));
  if (fields.has('all')) parts.push({ all: nested('all') });
  if (fields.has('any')) parts.push({ any: nested('any') });
  if (fields.has('not')) parts.push({ not: readCondition(fields.get('not'), where, known) });
  const [only] = parts;
  return parts.length === 1 && only ? only : { all: parts };
}
