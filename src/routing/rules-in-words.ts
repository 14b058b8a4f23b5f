import type { Directory } from '../agencies/directory.js';
import type { Language, Translate } from '../web/translations.js';
import type { Condition, FactName } from './condition.js';
import { FACET_NAMES, UNKNOWN } from './facets.js';
import type { FacetCatalogue, FacetName } from './facets.js';
import { ABOUT, PARTS, SUBJECT } from './ruleset.js';
import type { Rule, Ruleset } from './ruleset.js';

/** What it takes to say a rule in one language. */
export interface Speaker {
  readonly t: Translate;
  readonly language: Language;
  readonly catalogue: FacetCatalogue;
  readonly directory: Directory;
}

type Part = (typeof PARTS)[number];

/** The facets that a ruleset looks at, in their own order. */
export function facetsUsed(ruleset: Ruleset): readonly FacetName[] {
  const asked = new Set<FactName>();
  const ask = (condition: Condition): void => {
    if ('all' in condition) condition.all.forEach(ask);
    else if ('any' in condition) condition.any.forEach(ask);
    else if ('not' in condition) ask(condition.not);
    else asked.add(condition.is);
  };
  for (const { when } of [...PARTS.flatMap((part) => ruleset[part]), ...ruleset.subjects]) ask(when);
  return FACET_NAMES.filter((name) => asked.has(name));
}

/**
 * A condition in words: what must all be true, one after the other; nothing where it always holds.
 *
 * @param holds false to say what must be true for the condition not to hold
 * @returns clauses such as `the topic is “Tax” or “A bank”`
 */
export function conditionInWords(condition: Condition, speaker: Speaker, holds = true): readonly string[] {
  if ('not' in condition) return conditionInWords(condition.not, speaker, !holds);
  if (!('is' in condition) && together(condition) === holds) {
    return partsOf(condition).flatMap((each) => conditionInWords(each, speaker, holds));
  }
  return [clause(condition, speaker, holds)];
}

/** What a rule does, one effect after the other. */
export function effectInWords(part: Part, rule: Rule, speaker: Speaker): readonly string[] {
  const { t } = speaker;
  const [first, ...next] = rule.destination.map((id) => organisation(id, speaker));
  const named = (key: string, ids: readonly string[]): readonly string[] =>
    ids.length === 0 ? [] : [t(`rules.then.${key}`, { names: ids.map((id) => organisation(id, speaker)).join(', ') })];
  return [
    ...(rule.path === undefined ? [] : [t(`rules.then.${rule.path}`)]),
    ...(first === undefined
      ? []
      : [t(part === 'gates' ? 'rules.then.stop' : 'rules.then.destination', { name: first })]),
    ...(next.length === 0 ? [] : [t('rules.then.else', { names: next.join(', ') })]),
    ...named('candidates', rule.candidates),
    ...named('alternatives', rule.alternatives),
    ...named('withhold', rule.withhold),
  ];
}

/** Whom a rule takes for the organisation concerned. */
export function subjectsInWords(are: readonly string[], speaker: Speaker): string {
  return speaker.t('rules.then.subjects', { names: are.map((id) => organisation(id, speaker)).join(', ') });
}

/** Not all of them is the same as one of them not, and not one of them the same as all of them not. */
function clause(condition: Condition, speaker: Speaker, holds: boolean): string {
  const { t } = speaker;
  if ('not' in condition) return clause(condition.not, speaker, !holds);
  if ('is' in condition) {
    const codes = condition.oneOf.map((code) => t('rules.quoted', { code: codeInWords(condition.is, code, speaker) }));
    return t(holds ? 'rules.is' : 'rules.isNot', {
      fact: t(`rules.facts.${condition.is}`),
      codes: joined(codes, t('rules.or')),
    });
  }
  const word = speaker.t(together(condition) === holds ? 'rules.and' : 'rules.or');
  return partsOf(condition)
    .map((each) => ('is' in each ? clause(each, speaker, holds) : grouped(each, speaker, holds)))
    .join(` ${word} `);
}

function grouped(condition: Condition, speaker: Speaker, holds: boolean): string {
  const single = 'not' in condition ? 'is' in condition.not : !('is' in condition) && partsOf(condition).length === 1;
  const words = clause(condition, speaker, holds);
  return single ? words : speaker.t('rules.group', { parts: words });
}

type Compound = Exclude<Condition, { readonly is: FactName } | { readonly not: Condition }>;

function together(condition: Compound): boolean {
  return 'all' in condition;
}

function partsOf(condition: Compound): readonly Condition[] {
  return 'all' in condition ? condition.all : condition.any;
}

function joined(parts: readonly string[], word: string): string {
  const last = parts.at(-1) ?? '';
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} ${word} ${last}`;
}

function codeInWords(fact: FactName, code: string, { t, language, catalogue, directory }: Speaker): string {
  if (fact === 'path' || fact === 'confidence') return t(`rules.codes.${code}`);
  if (fact === 'destination' || fact === 'offered') return directory.nameOf(code, language);
  if (catalogue.codes(fact).has(code)) return catalogue.label(fact, code, language);
  return code === UNKNOWN ? t('rules.codes.unknown') : directory.nameOf(code, language);
}

function organisation(id: string, { t, language, directory }: Speaker): string {
  return id === ABOUT || id === SUBJECT ? t(`rules.organisations.${id}`) : directory.nameOf(id, language);
}
