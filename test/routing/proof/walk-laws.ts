import type { Directory } from '../../../src/agencies/directory.js';
import type { Facets } from '../../../src/routing/facets.js';
import { ABOUT, SUBJECT } from '../../../src/routing/ruleset.js';
import type { Ruleset } from '../../../src/routing/ruleset.js';
import type { Leaf } from './walk-table.js';

/** A leaf with those of its facets that the walk does not mix in one (see `LOOKED_AT` there); a law may look at no other. */
type Seen = Omit<Leaf, 'cube' | 'facets'> & {
  readonly facets: Pick<Facets, 'danger' | 'classified' | 'relationship' | 'about' | 'stage' | 'head_implicated'>;
};

/** What must be true of every decision, whatever a ruleset says. */
export interface Law {
  readonly code: string;
  /** What breaks it, in a few words that name rules and organisations but no combination; nothing where it is kept. */
  readonly broken: (leaf: Seen, table: Table) => readonly string[];
}

interface Table {
  readonly ruleset: Ruleset;
  readonly directory: Directory;
}

const DISCLOSERS = ['worker', 'former_worker', 'supporter'];
const OWN = 'own_organisation';

/** Warnings that say the opposite of each other: no one may be given both. */
const CONTRARY: readonly (readonly [string, string])[] = [
  ['protection_applies', 'not_a_discloser'],
  ['protection_applies', 'raise_with_organisation_first'],
  ['child_may_go_direct', 'raise_with_organisation_first'],
];
/** Warnings that send to the organisation concerned first: never where that is not safe. */
const ORGANISATION_FIRST = ['raise_with_organisation_first', 'teacher_employer_first', 'privacy_agency_first_30wd'];

export const LAWS: readonly Law[] = [
  {
    // A gate that stops, or one path and one rule that settles where: never none, never two.
    code: 'one_outcome',
    broken: ({ decision: { outcome, path, rules, reasons }, failed }, { ruleset }) => {
      if (failed)
        return [`${failed.cause instanceof Error ? failed.cause.message : 'a rule failed'}, after ${failed.after}`];
      const fired = (part: 'gates' | 'paths' | 'destinations'): number =>
        ruleset[part].filter(({ id }) => rules.includes(id)).length;
      const counts = [fired('gates'), fired('paths'), fired('destinations')].join(' ');
      const sound = outcome === 'stop' ? counts === '1 0 0' && path === null : counts === '0 1 1' && path !== null;
      return [...(sound ? [] : [`${outcome} by ${rules.join(', ')}`]), ...(reasons.length > 0 ? [] : ['no reason'])];
    },
  },
  {
    code: 'danger_and_classified_stop',
    broken: ({ facets: { danger, classified }, decision: { outcome, rules } }) =>
      (danger !== 'none' || classified !== 'no') === (outcome === 'stop') ? [] : [`${outcome} by ${rules.join(', ')}`],
  },
  {
    // Even where everybody the rules name is withheld, whoever looks at it has somebody to begin with.
    code: 'somebody_is_named',
    broken: ({ decision: { destination, rules } }) =>
      destination ? [] : [`nobody by ${rules.length > 0 ? rules.join(', ') : 'no rule'}`],
  },
  {
    code: 'no_guard_entry_receives',
    broken: ({ decision }, { directory }) =>
      offered(decision)
        .filter((id) => id !== OWN && ['guard_entry', 'desk', undefined].includes(directory.get(id)?.kind))
        .map((id) => by(decision, id)),
  },
  {
    code: 'withheld_is_not_offered',
    broken: ({ decision, facets, withholdings }) => {
      const never = new Set(decision.withheld);
      for (const id of withholdings.flatMap(({ withhold }) => withhold)) {
        if (id !== SUBJECT) never.add(id === ABOUT ? facets.about : id);
      }
      return offered(decision)
        .filter((id) => never.has(id))
        .map((id) => by(decision, id));
    },
  },
  {
    code: 'subject_is_not_offered_where_unsafe',
    broken: ({ decision, facets, subjects }) => {
      if (decision.outcome === 'stop' || (facets.stage !== 'unsafe' && facets.head_implicated !== 'yes')) return [];
      const shapes = [facets.about, OWN, ...subjects.flatMap(({ are }) => are)];
      return [
        ...offered(decision).filter((id) => shapes.includes(id)),
        ...shapes.filter((id) => !decision.withheld.includes(id)).map((id) => `${id} is not withheld`),
      ].map((what) => by(decision, what));
    },
  },
  {
    // To one's own organisation a disclosure may always go (Protected Disclosures Act 2022 s 11).
    code: 'disclosure_goes_to_an_authority',
    broken: ({ decision, facets }, { directory }) => {
      if (decision.path !== 'disclosure') return [];
      if (!DISCLOSERS.includes(facets.relationship)) return [by(decision, `relationship ${facets.relationship}`)];
      return offered(decision)
        .filter((id) => id !== facets.about && directory.get(id)?.appropriateAuthority.startsWith('no_') !== false)
        .map((id) => by(decision, id));
    },
  },
  {
    // Notices all count at once, so none may say the opposite of another.
    code: 'warnings_agree',
    broken: ({ decision, facets }) => {
      const warned = decision.warnings.map(({ code }) => code);
      const contrary = CONTRARY.filter((pair) => pair.every((code) => warned.includes(code)));
      const unsafe = facets.stage === 'unsafe' ? ORGANISATION_FIRST.filter((code) => warned.includes(code)) : [];
      return [...contrary.map((pair) => pair.join(' and ')), ...unsafe.map((code) => `${code} where it is unsafe`)].map(
        (what) => by(decision, what),
      );
    },
  },
];

function offered({ destination, alternatives }: Leaf['decision']): readonly string[] {
  return [...(destination ? [destination.id] : []), ...alternatives.map(({ id }) => id)];
}

/** Names the rule that settled the decision with what is wrong about it. */
function by({ rules }: Leaf['decision'], what: string): string {
  return `${what} (${rules.slice(0, 2).join(', ')})`;
}
