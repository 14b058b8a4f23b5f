import type { Directory } from '../../../src/agencies/directory.js';
import type { Condition, FactName, Facts } from '../../../src/routing/condition.js';
import { decide } from '../../../src/routing/decide.js';
import type { Decision, RuleError } from '../../../src/routing/decide.js';
import type { Facets } from '../../../src/routing/facets.js';
import { SUBJECT } from '../../../src/routing/ruleset.js';
import type { Rule, Ruleset } from '../../../src/routing/ruleset.js';
import type { Cube, Space } from './walk-space.js';

/** Combinations of facets for which the table settles everything in the same way. */
export interface Leaf {
  readonly cube: Cube;
  /** One of them, by which `decide` was asked. */
  readonly facets: Facets;
  readonly decision: Decision;
  /** Why `decide` had to answer without the rules: one failed, or none held. */
  readonly failed: RuleError | undefined;
  /** What holds here, whether or not it took anybody away. */
  readonly withholdings: readonly Rule[];
  readonly subjects: Ruleset['subjects'];
}

const NOTHING_SETTLED: Facts = new Map();
/** What `decide` looks at beside the rules: it lets nothing past the gates but this. */
const OPEN: Condition = {
  all: [
    { is: 'danger', oneOf: ['none'] },
    { is: 'classified', oneOf: ['no'] },
  ],
};

/** What else the laws look at, beside who is concerned: a leaf that mixed these would hide what breaks one. */
const LOOKED_AT: readonly { readonly when: Condition }[] = [
  { when: { is: 'stage', oneOf: ['unsafe'] } },
  { when: { is: 'head_implicated', oneOf: ['yes'] } },
  { when: { is: 'relationship', oneOf: ['worker', 'former_worker', 'supporter'] } },
];

/**
 * Walks every combination of facets, once: from all of them down, in the order of `decide`, parting them where, and only
 * where, a condition that `decide` would come to holds for some and not for others. What no condition asks there stays
 * together; where nothing parts the combinations any more, `decide` would read the same from each of them, so it is asked
 * for one. The parts never overlap, since each parting is a half and its rest: if their sizes add up to all combinations,
 * none was left out.
 *
 * @param visit told of each leaf, always in the same order
 * @param only a combination: only the leaf that holds it is visited
 */
export function walkTable(
  ruleset: Ruleset,
  directory: Directory,
  space: Space,
  visit: (leaf: Leaf) => void,
  only?: Facets,
): void {
  new Walk(ruleset, directory, space, visit, only && space.cubeOf(only)).begin();
}

class Walk {
  constructor(
    private readonly ruleset: Ruleset,
    private readonly directory: Directory,
    private readonly space: Space,
    private readonly visit: (leaf: Leaf) => void,
    private readonly only: Cube | undefined,
  ) {}

  begin(): void {
    this.whether(OPEN, this.space.whole, NOTHING_SETTLED, (part, open) => {
      this.first(this.ruleset.gates, part, NOTHING_SETTLED, (cube, gate) => {
        if (gate || !open) this.ask(cube);
        else this.findPath(cube);
      });
    });
  }

  private findPath(from: Cube): void {
    this.first(this.ruleset.paths, from, NOTHING_SETTLED, (cube, rule) => {
      if (rule?.path === undefined) this.ask(cube);
      else this.findDestination(cube, new Map([['path', [rule.path]]]));
    });
  }

  private findDestination(from: Cube, settled: Facts): void {
    this.first(this.ruleset.destinations, from, settled, (found, settling) => {
      if (!settling) {
        this.ask(found);
        return;
      }
      this.every(this.ruleset.offers, found, settled, (offered) => {
        this.every(this.ruleset.withholdings, offered, settled, (cube, withholdings) => {
          this.findSubjects(cube, settled, withholdings);
        });
      });
    });
  }

  /** Who is concerned decides what the words `about` and `subject` stand for: each organisation is a case of its own. */
  private findSubjects(from: Cube, settled: Facts, withholdings: readonly Rule[]): void {
    const subjects = withholdings.some(({ withhold }) => withhold.includes(SUBJECT)) ? this.ruleset.subjects : [];
    for (const each of this.parts(this.space.byAbout(from))) {
      this.every(subjects, each, settled, (cube, standing) => {
        this.findNotices(cube, settled, withholdings, standing);
      });
    }
  }

  /** Notices also look at the destination and the offers, which do not depend on notices: `decide` says which. */
  private findNotices(from: Cube, before: Facts, withholdings: readonly Rule[], subjects: Ruleset['subjects']): void {
    const { destination, alternatives } = this.decide(from).decision;
    const settled = new Map<FactName, readonly string[]>(before);
    if (destination) {
      settled.set('destination', [destination.id]);
      settled.set('confidence', [this.directory.get(destination.id)?.confidence ?? 'memory']);
    }
    settled.set(
      'offered',
      [destination, ...alternatives].flatMap((each) => (each ? [each.id] : [])),
    );
    this.every([...this.ruleset.notices, ...LOOKED_AT], from, settled, (cube) => {
      this.ask(cube, withholdings, subjects);
    });
  }

  private ask(cube: Cube, withholdings: readonly Rule[] = [], subjects: Ruleset['subjects'] = []): void {
    this.visit({ cube, ...this.decide(cube), withholdings, subjects });
  }

  private decide(cube: Cube): Pick<Leaf, 'facets' | 'decision' | 'failed'> {
    const facets = this.space.representative(cube);
    let failed: RuleError | undefined;
    const report = (error: RuleError): void => {
      failed = error;
    };
    const decision = decide(this.ruleset, this.directory, facets, { report });
    return { facets, decision, failed };
  }

  /** The first rule that holds, for each part of a cube that has another first. */
  private first(
    [rule, ...rest]: readonly Rule[],
    from: Cube,
    settled: Facts,
    then: (cube: Cube, rule: Rule | undefined) => void,
  ): void {
    if (!rule) {
      then(from, undefined);
      return;
    }
    this.whether(rule.when, from, settled, (cube, holds) => {
      if (holds) then(cube, rule);
      else this.first(rest, cube, settled, then);
    });
  }

  /** Every rule that holds, for each part of a cube in which others do. */
  private every<R extends { readonly when: Condition }>(
    rules: readonly R[],
    from: Cube,
    settled: Facts,
    then: (cube: Cube, rules: readonly R[]) => void,
    holding: readonly R[] = [],
  ): void {
    const [rule, ...rest] = rules;
    if (!rule) {
      then(from, holding);
      return;
    }
    this.whether(rule.when, from, settled, (cube, holds) => {
      this.every(rest, cube, settled, then, holds ? [...holding, rule] : holding);
    });
  }

  /** Parts a cube until a condition holds all over each part or nowhere in it. */
  private whether(when: Condition, from: Cube, settled: Facts, then: (cube: Cube, holds: boolean) => void): void {
    const verdict = this.space.whether(when, from, settled);
    if (typeof verdict === 'boolean') then(from, verdict);
    else for (const half of this.parts(this.space.halves(from, verdict))) this.whether(when, half, settled, then);
  }

  private parts(cubes: readonly Cube[]): readonly Cube[] {
    const { only } = this;
    if (!only) return cubes;
    return cubes.filter((cube) => cube.every((values, index) => values.includes(only[index]?.[0] ?? -1)));
  }
}
