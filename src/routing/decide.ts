import { inLanguage } from '../agencies/data-file.js';
import type { Text } from '../agencies/data-file.js';
import type { Directory } from '../agencies/directory.js';
import type { Language } from '../web/translations.js';
import { holds } from './condition.js';
import type { Condition, FactName } from './condition.js';
import { FACET_NAMES } from './facets.js';
import type { Facets } from './facets.js';
import { ABOUT, SUBJECT } from './ruleset.js';
import type { Path, Rule, Ruleset } from './ruleset.js';

export interface Decision {
  readonly outcome: 'route' | 'triage' | 'stop';
  /** Null on a stop only. */
  readonly path: Path | null;
  /** On a route the destination, on triage the likeliest candidate, on a stop what the gate shows first. */
  readonly destination: { readonly id: string; readonly name: string } | null;
  readonly alternatives: readonly { readonly id: string; readonly name: string; readonly why: string }[];
  readonly reasons: readonly { readonly code: string; readonly text: string }[];
  readonly warnings: readonly { readonly code: string; readonly text: string }[];
  readonly ruleset: string;
  /** Ids of the rules that fired, in order. */
  readonly rules: readonly string[];
  /**
   * Ids of those the case may never go to, whoever asks: it is about them, and that is unsafe or about their head.
   * For intake alone; the API does not tell.
   */
  readonly withheld: readonly string[];
}

/** A rule could not be applied; the decision became triage. For the operator: holds no facet. */
export class RuleError extends Error {
  override readonly name = 'RuleError';
  constructor(
    readonly ruleset: string,
    readonly after: string,
    override readonly cause: unknown,
  ) {
    super(`Ruleset ${ruleset} failed in the rules after ${after}.`);
  }
}

export interface DecideOptions {
  readonly language?: Language;
  /** Told of a rule that failed; whoever runs the decision raises the alert. */
  readonly report?: (error: RuleError) => void;
}

const DISCLOSERS = ['worker', 'former_worker', 'supporter'];

/**
 * Decides which organisation a submission is for, from its facets alone: same ruleset, directory and facets, same answer.
 * A rule that fails makes it triage with nobody named, never the next rule down; and whatever the rules say, danger
 * and classified matters never get past a stop.
 */
export function decide(ruleset: Ruleset, directory: Directory, facets: Facets, options: DecideOptions = {}): Decision {
  const run = new Run(ruleset, directory, facets, options.language ?? 'en');
  try {
    return run.decision();
  } catch (error) {
    options.report?.(new RuleError(ruleset.version, run.lastRule, error));
    const stop = facets.danger !== 'none' || facets.classified !== 'no';
    return {
      outcome: stop ? 'stop' : 'triage',
      path: stop ? null : DISCLOSERS.includes(facets.relationship) ? 'disclosure' : 'complaint',
      destination: null,
      alternatives: [],
      reasons: [],
      warnings: [],
      ruleset: ruleset.version,
      rules: [],
      // What the rules would have withheld is not known: at least the one whom the person named.
      withheld: facets.stage === 'unsafe' || facets.head_implicated === 'yes' ? [facets.about] : [],
    };
  }
}

/** One walk through the table. */
class Run {
  private readonly facts = new Map<FactName, readonly string[]>();
  private readonly fired: Rule[] = [];
  private neverTo: readonly string[] = [];

  constructor(
    private readonly ruleset: Ruleset,
    private readonly directory: Directory,
    private readonly facets: Facets,
    private readonly language: Language,
  ) {
    for (const name of FACET_NAMES) this.facts.set(name, [facets[name]]);
  }

  get lastRule(): string {
    return this.fired.at(-1)?.id ?? 'the beginning';
  }

  decision(): Decision {
    const gate = this.first(this.ruleset.gates);
    if (gate) return this.answer('stop', null, gate.destination[0] ?? null, gate.alternatives, 'stop');
    if (this.facets.danger !== 'none' || this.facets.classified !== 'no') throw new Error('no gate stopped this');

    const path = this.first(this.ruleset.paths)?.path;
    if (path === undefined) throw new Error('no rule gave a path');
    this.facts.set('path', [path]);

    const settling = this.first(forTopic(this.ruleset.destinations, this.facets.topic));
    if (!settling) throw new Error('no rule gave a destination');
    const offers = this.every(this.ruleset.offers).flatMap((rule) => rule.alternatives);
    const named = this.resolve([...settling.destination, ...settling.candidates]);
    const asked = this.resolve([...settling.alternatives, ...offers]);
    const withheld = this.withheld([...named, ...asked]);
    const may = (id: string): boolean => !withheld.has(id);

    const allowed = named.filter(may);
    const settled = allowed.length > 0 && settling.destination.length > 0;
    const chosen = allowed.length > 0 ? allowed : this.ruleset.fallback.filter(may);
    const destination = chosen[0] ?? null;
    const alternatives = [...(settled ? [] : chosen), ...asked.filter(may)];
    return this.answer(settled ? 'route' : 'triage', path, destination, alternatives, path);
  }

  /** The first rule that holds; it fires. */
  private first(rules: readonly Rule[]): Rule | undefined {
    for (const rule of rules) {
      if (!this.holds(rule.when)) continue;
      this.fired.push(rule);
      return rule;
    }
    return undefined;
  }

  /** Every rule that holds; they fire. */
  private every(rules: readonly Rule[]): readonly Rule[] {
    const all = rules.filter(({ when }) => this.holds(when));
    this.fired.push(...all);
    return all;
  }

  private holds(when: Condition): boolean {
    return holds(when, this.facts);
  }

  /** Ids in place of `about`, which is nobody when the organisation concerned is not one of ours or cannot receive. */
  private resolve(ids: readonly string[]): readonly string[] {
    if (!ids.includes(ABOUT)) return ids;
    const entry = this.directory.get(this.facets.about);
    const about = entry === undefined || entry.kind === 'guard_entry' ? [] : [entry.id];
    return ids.flatMap((id) => (id === ABOUT ? about : [id]));
  }

  /** Who may not be offered. A withholding fires only when it takes somebody away. */
  private withheld(named: readonly string[]): ReadonlySet<string> {
    const withheld = new Set<string>();
    for (const rule of this.ruleset.withholdings.filter(({ when }) => this.holds(when))) {
      const ids = rule.withhold.flatMap((id) => (id === SUBJECT ? this.subjects() : this.resolve([id])));
      if (rule.withhold.includes(SUBJECT)) this.neverTo = this.subjects();
      if (ids.some((id) => named.includes(id))) this.fired.push(rule);
      for (const id of ids) withheld.add(id);
    }
    return withheld;
  }

  private subjects(): readonly string[] {
    const standingFor = this.ruleset.subjects.filter(({ when }) => this.holds(when)).flatMap(({ are }) => are);
    return [this.facets.about, 'own_organisation', ...standingFor];
  }

  private answer(
    outcome: Decision['outcome'],
    path: Path | null,
    destination: string | null,
    others: readonly string[],
    words: Path | 'stop',
  ): Decision {
    const alternatives = [...new Set(others)].filter((id) => id !== destination);
    if (destination !== null) {
      this.facts.set('destination', [destination]);
      this.facts.set('confidence', [this.directory.get(destination)?.confidence ?? 'memory']);
    }
    this.facts.set('offered', destination === null ? alternatives : [destination, ...alternatives]);
    if (outcome !== 'stop') this.every(this.ruleset.notices);
    const reasons: { code: string; text: string }[] = [];
    const warnings = new Map<string, { code: string; text: string }>();
    for (const { id, reason, quiet, warnings: codes } of this.fired) {
      if (reason && !quiet) reasons.push({ code: id, text: this.say(reason) });
      for (const code of codes) warnings.set(code, { code, text: this.say(this.ruleset.warnings.get(code)) });
    }
    return {
      outcome,
      path,
      destination: destination === null ? null : { id: destination, name: this.nameOf(destination) },
      alternatives: alternatives.map((id) => ({ id, name: this.nameOf(id), why: this.why(id, words) })),
      reasons,
      warnings: [...warnings.values()],
      ruleset: this.ruleset.version,
      rules: this.fired.map(({ id }) => id),
      withheld: this.neverTo,
    };
  }

  private nameOf(id: string): string {
    if (!this.directory.has(id)) throw new Error('a rule names an organisation that is not in the directory');
    return this.directory.nameOf(id, this.language);
  }

  private why(id: string, words: Path | 'stop'): string {
    const { any, disclosure, stop } = this.ruleset.why;
    const own = words === 'complaint' ? undefined : words === 'stop' ? stop.get(id) : disclosure.get(id);
    return this.say(own ?? any.get(id) ?? (id === this.facets.about ? any.get(ABOUT) : undefined));
  }

  private say(text: Text | undefined): string {
    if (text === undefined) throw new Error('a rule has no words');
    return inLanguage(text, this.language);
  }
}

const byTopic = new WeakMap<readonly Rule[], Map<string, readonly Rule[]>>();

/** The rules without those that ask for other topics and so cannot hold; remembered, since most rules ask for one. */
function forTopic(rules: readonly Rule[], topic: string): readonly Rule[] {
  const known = byTopic.get(rules) ?? new Map<string, readonly Rule[]>();
  const before = known.get(topic);
  if (before) return before;
  const asksForOthers = (condition: Condition): boolean =>
    'is' in condition
      ? condition.is === 'topic' && !condition.oneOf.includes(topic)
      : 'all' in condition && condition.all.some(asksForOthers);
  const left = rules.filter(({ when }) => !asksForOthers(when));
  byTopic.set(rules, known.set(topic, left));
  return left;
}
