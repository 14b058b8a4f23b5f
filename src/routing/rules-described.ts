import type { Text } from '../agencies/data-file.js';
import { inLanguage } from '../agencies/data-file.js';
import type { Condition } from './condition.js';
import { FACET_NAMES } from './facets.js';
import type { FacetName } from './facets.js';
import type { Publication, Published } from './in-force.js';
import { conditionInWords, effectInWords, facetsUsed, subjectsInWords } from './rules-in-words.js';
import type { Speaker } from './rules-in-words.js';
import { PARTS } from './ruleset.js';
import type { Rule, Ruleset } from './ruleset.js';

/** What an entry of a public algorithm register says of a decision made by rules, in one language. */
export interface AboutTheRules {
  readonly purpose: string;
  readonly neverUses: string;
  readonly answersFor: string;
  readonly challenge: string;
}

export interface FacetDescribed {
  readonly facet: FacetName;
  readonly label: string;
}

/** A rule as the register shows it: to read, and as data. */
export interface RuleDescribed {
  readonly id: string;
  readonly part: (typeof PARTS)[number] | 'subjects';
  /** What must all be true; none is always. */
  readonly when: readonly string[];
  readonly then: readonly string[];
  readonly condition: Condition;
  readonly effect: Readonly<Record<string, string | readonly string[]>>;
  readonly reason: Text | null;
  readonly basis: Rule['basis'] | null;
  readonly confidence: Rule['confidence'] | null;
  readonly warnings: readonly { readonly code: string; readonly text: Text }[];
}

export interface VersionDescribed extends Publication {
  readonly until: string | null;
  readonly ruleCount: number;
}

export function aboutTheRules({ t }: Speaker): AboutTheRules {
  return {
    purpose: t('rules.purpose.text'),
    neverUses: t('rules.never.text'),
    answersFor: t('rules.answersFor.text'),
    challenge: t('rules.challenge.text'),
  };
}

/** The facets that a ruleset uses, and those that are asked for other reasons and that it does not look at. */
export function facetsDescribed(
  ruleset: Ruleset,
  { t }: Speaker,
): { uses: readonly FacetDescribed[]; leavesAside: readonly FacetDescribed[] } {
  const used = facetsUsed(ruleset);
  const described = (names: readonly FacetName[]): readonly FacetDescribed[] =>
    names.map((facet) => ({ facet, label: t(`rules.facts.${facet}`) }));
  return { uses: described(used), leavesAside: described(FACET_NAMES.filter((name) => !used.includes(name))) };
}

export function versionDescribed({ version, from, until, ruleset }: Published): VersionDescribed {
  const ruleCount = PARTS.reduce((count, part) => count + ruleset[part].length, ruleset.subjects.length);
  return { version, from, until, ruleCount };
}

/** Every rule of a ruleset, part by part in the order in which they are gone through. */
export function rulesDescribed(ruleset: Ruleset, speaker: Speaker): readonly RuleDescribed[] {
  return [
    ...PARTS.flatMap((part) => ruleset[part].map((rule) => ruleDescribed(part, rule, ruleset, speaker))),
    ...ruleset.subjects.map(({ id, when, are }): RuleDescribed => ({
      id,
      part: 'subjects',
      when: conditionInWords(when, speaker),
      then: [subjectsInWords(are, speaker)],
      condition: when,
      effect: { are },
      reason: null,
      basis: null,
      confidence: null,
      warnings: [],
    })),
  ];
}

function ruleDescribed(part: (typeof PARTS)[number], rule: Rule, ruleset: Ruleset, speaker: Speaker): RuleDescribed {
  const { path, destination, candidates, alternatives, withhold } = rule;
  const warnings = rule.warnings.map((code) => ({ code, text: ruleset.warnings.get(code) ?? { en: code } }));
  const lists = Object.entries({ destination, candidates, alternatives, withhold }).filter(([, ids]) => ids.length > 0);
  const warn = ({ text }: { readonly text: Text }): string =>
    speaker.t('rules.then.warn', { text: inLanguage(text, speaker.language) });
  return {
    id: rule.id,
    part,
    when: conditionInWords(rule.when, speaker),
    then: [...effectInWords(part, rule, speaker), ...warnings.map(warn)],
    condition: rule.when,
    effect: { ...(path !== undefined && { path }), ...Object.fromEntries(lists) },
    reason: rule.reason ?? null,
    basis: rule.basis,
    confidence: rule.confidence,
    warnings,
  };
}
