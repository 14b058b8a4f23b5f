import { configPath, DataError, Fields, readYaml } from '../agencies/data-file.js';
import type { Text } from '../agencies/data-file.js';
import type { Confidence, Directory } from '../agencies/directory.js';
import { knownCodes, readCondition } from './condition.js';
import type { Condition, KnownCodes } from './condition.js';
import type { FacetCatalogue } from './facets.js';

export const CURRENT_RULESET = '2026-11-22-2';

/** In a rule: the organisation concerned, where it is in the directory. */
export const ABOUT = 'about';
/** In a withholding: the organisation concerned in every shape in which it could receive its own case. */
export const SUBJECT = 'subject';

export type Path = 'complaint' | 'disclosure';

/** One line of the decision table. Which of its effects count depends on the part of the table it stands in. */
export interface Rule {
  readonly id: string;
  readonly when: Condition;
  /** Why. */
  readonly reason?: Text;
  /** Whether the reason is for whoever reads the table only: the person gets the words of its offer or warning instead. */
  readonly quiet: boolean;
  readonly basis: { readonly source: string; readonly section?: string };
  readonly confidence: Confidence;
  readonly path?: Path;
  /** In order of preference: the first that may be offered is the one. */
  readonly destination: readonly string[];
  /** In order of likelihood, for a human to choose from. */
  readonly candidates: readonly string[];
  readonly alternatives: readonly string[];
  readonly withhold: readonly string[];
  readonly warnings: readonly string[];
}

/** Organisations that stand for the one concerned although `about` does not name them. */
interface SubjectRule {
  readonly id: string;
  readonly when: Condition;
  readonly are: readonly string[];
}

/** The parts of the table, in the order in which they are gone through. */
export const PARTS = ['gates', 'paths', 'destinations', 'offers', 'withholdings', 'notices'] as const;
type Part = (typeof PARTS)[number];

export interface Ruleset extends Readonly<Record<Part, readonly Rule[]>> {
  readonly version: string;
  readonly subjects: readonly SubjectRule[];
  /** For a human to choose from when nothing that the rules name may be offered. */
  readonly fallback: readonly string[];
  /** Why an organisation is among the alternatives; a path may have its own words. */
  readonly why: Readonly<Record<'any' | 'disclosure' | 'stop', ReadonlyMap<string, Text>>>;
  readonly warnings: ReadonlyMap<string, Text>;
}

/** What a rule may do in each part, beside id, when, reason, basis and confidence. */
const EFFECTS: Readonly<Record<Part, readonly (keyof Rule)[]>> = {
  gates: ['destination', 'alternatives', 'warnings'],
  paths: ['path', 'warnings'],
  destinations: ['destination', 'candidates', 'alternatives', 'warnings'],
  offers: ['alternatives'],
  withholdings: ['withhold'],
  notices: ['warnings'],
};

/**
 * Reads a published ruleset and proves that it is whole: closed keys, unique ids, every code, organisation, warning and
 * text it names exists, and a Minister or member of Parliament is named nowhere as a receiver.
 *
 * @throws DataError naming the file and the rule
 */
export function loadRuleset(
  directory: Directory,
  catalogue: FacetCatalogue,
  version: string = CURRENT_RULESET,
): Ruleset {
  const path = configPath('routing', `${version}.yaml`);
  return readRuleset(readYaml(path), path, directory, catalogue);
}

export function readRuleset(value: unknown, path: string, directory: Directory, catalogue: FacetCatalogue): Ruleset {
  const file = new Fields(value, path, ['version', 'lists', 'subjects', 'fallback', ...PARTS, 'why', 'warnings']);
  const known = knownCodes(catalogue, directory);
  const why = file.fields('why', ['any', 'disclosure', 'stop']);
  const ruleset: Ruleset = {
    version: file.text('version'),
    subjects: file.list('subjects').map((each) => readSubject(each, path, known)),
    fallback: file.texts('fallback'),
    gates: readPart(file, 'gates', known),
    paths: readPart(file, 'paths', known),
    destinations: readPart(file, 'destinations', known),
    offers: readPart(file, 'offers', known),
    withholdings: readPart(file, 'withholdings', known),
    notices: readPart(file, 'notices', known),
    why: { any: readTexts(why, 'any'), disclosure: readTexts(why, 'disclosure'), stop: readTexts(why, 'stop') },
    warnings: readTexts(file, 'warnings'),
  };
  checkNames(ruleset, path, directory);
  return ruleset;
}

function readPart(file: Fields, part: Part, known: KnownCodes): readonly Rule[] {
  return file.list(part).map((value, index) => {
    const id = idOf(value) ?? `${part} ${(index + 1).toString()}`;
    const where = `${file.where}, rule ${id}`;
    const rule = new Fields(value, where, ['id', 'when', 'reason', 'basis', 'confidence', ...EFFECTS[part]]);
    const basis = rule.fields('basis', ['source', 'section']);
    const section = basis.optionalText('section');
    const list = (key: string): readonly string[] => (rule.has(key) ? rule.texts(key) : []);
    if (part === 'destinations' && rule.has('destination') === rule.has('candidates')) {
      throw rule.refuse('needs either destination or candidates');
    }
    return {
      id: rule.text('id'),
      when: readCondition(rule.get('when'), where, known),
      ...(rule.has('reason') && { reason: rule.translated('reason') }),
      quiet: part === 'offers' || part === 'notices',
      basis: { source: basis.text('source'), ...(section !== undefined && { section }) },
      confidence: rule.oneOf('confidence', ['sourced', 'partly_sourced', 'memory']),
      ...(part === 'paths' && { path: rule.oneOf<Path>('path', ['complaint', 'disclosure']) }),
      destination: list('destination'),
      candidates: list('candidates'),
      alternatives: list('alternatives'),
      withhold: list('withhold'),
      warnings: list('warnings'),
    };
  });
}

function readSubject(value: unknown, path: string, known: KnownCodes): SubjectRule {
  const where = `${path}, subject ${idOf(value) ?? ''}`;
  const rule = new Fields(value, where, ['id', 'when', 'are']);
  return { id: rule.text('id'), when: readCondition(rule.get('when'), where, known), are: rule.texts('are') };
}

function readTexts(from: Fields, key: string): ReadonlyMap<string, Text> {
  const codes = Object.keys(from.get(key) ?? {});
  const texts = from.fields(key, codes);
  return new Map(codes.map((code) => [code, texts.translated(code)]));
}

function checkNames(ruleset: Ruleset, path: string, directory: Directory): void {
  const seen = new Set<string>();
  const receivable = (id: string): boolean => {
    const entry = directory.get(id);
    return entry !== undefined && entry.kind !== 'desk' && entry.appropriateAuthority !== 'no_excluded_s25';
  };
  for (const rule of PARTS.flatMap((part) => ruleset[part])) {
    const refuse = (what: string): DataError => new DataError(`${path}, rule ${rule.id}: ${what}.`);
    if (seen.has(rule.id)) throw refuse('there is another rule of this id');
    seen.add(rule.id);
    for (const id of [...rule.destination, ...rule.candidates, ...rule.alternatives]) {
      if (id !== ABOUT && !receivable(id)) throw refuse(`${id} is no organisation that can receive a case`);
      if (!ruleset.why.any.has(id)) throw refuse(`the texts under why lack ${id}`);
    }
    for (const id of rule.withhold) {
      if (id !== ABOUT && id !== SUBJECT && !directory.has(id)) throw refuse(`${id} is not in the directory`);
    }
    for (const code of rule.warnings) {
      if (!ruleset.warnings.has(code)) throw refuse(`the warning ${code} has no text`);
    }
  }
  for (const id of [...ruleset.fallback, ...ruleset.subjects.flatMap(({ are }) => are)]) {
    if (!receivable(id) || !ruleset.why.any.has(id)) {
      throw new DataError(`${path}: ${id} can receive no case, or the texts under why lack it.`);
    }
  }
}

function idOf(value: unknown): string | undefined {
  return typeof value === 'object' && value !== null && 'id' in value ? String(value.id) : undefined;
}
