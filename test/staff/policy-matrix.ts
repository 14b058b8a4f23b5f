import { describe, expect, it } from '@jest/globals';
import type { Role } from '../../src/staff/roles.js';
import { holds, ROLE_SETS } from './role-sets.js';

/**
 * The full matrix of a feature's policies: every set of roles in every relation to the thing that is asked about, against a
 * table that says who may in words. The table has teeth: a policy that always says yes or no, that forgets one of the
 * conditions or one of the roles, or is another one of the feature, must disagree with it somewhere.
 */

/** In which relations somebody can stand to a thing: each dimension with its facts, of which one holds. */
export type Dimensions = Readonly<Record<string, readonly string[]>>;

/** One cell of the matrix: what somebody is, and one fact of each dimension. */
export interface Situation<D extends Dimensions> {
  readonly roles: readonly Role[];
  readonly is: { readonly [K in keyof D]: D[K][number] };
}

/** A policy as the matrix asks it. */
type Policy<D extends Dimensions> = (situation: Situation<D>) => boolean;

/**
 * Who may, in words: roles, any of which will do, and behind a colon the facts that must hold, all of them; where a
 * dimension lets two facts through, they stand as `one/other`. Several such sentences are joined by ` or `. `everybody` is
 * whoever has roles that can be held.
 */
type Who = string;

export type Table<D extends Dimensions> = Readonly<Record<string, readonly [policy: Policy<D>, who: Who]>>;

interface Sentence {
  readonly roles: readonly Role[] | 'everybody';
  readonly facts: readonly (readonly string[])[];
}

function read(who: Who): Sentence[] {
  if (who === 'nobody') return [];
  return who.split(' or ').map((sentence) => {
    const [roles = '', facts = ''] = sentence.split(':').map((part) => part.trim());
    return {
      roles: roles === 'everybody' ? roles : (roles.split(' ') as Role[]),
      facts: facts === '' ? [] : facts.split(', ').map((fact) => fact.split('/')),
    };
  });
}

function says<D extends Dimensions>(sentences: readonly Sentence[], { roles, is }: Situation<D>): boolean {
  const facts: readonly string[] = Object.values(is);
  return sentences.some(
    (sentence) =>
      (sentence.roles === 'everybody' ? holds(roles, ...roles) : holds(roles, ...sentence.roles)) &&
      sentence.facts.every((any) => any.some((fact) => facts.includes(fact))),
  );
}

function situationsOf<D extends Dimensions>(dimensions: D, sets: readonly (readonly Role[])[]): Situation<D>[] {
  const relations = Object.entries(dimensions).reduce<Record<string, string>[]>(
    (all, [name, facts]) => all.flatMap((one) => facts.map((fact) => ({ ...one, [name]: fact }))),
    [{}],
  );
  return sets.flatMap((roles) => relations.map((is) => ({ roles, is: is as Situation<D>['is'] })));
}

function differ<D extends Dimensions>(
  one: readonly Sentence[],
  other: readonly Sentence[],
  some: readonly Situation<D>[],
): boolean {
  return some.some((situation) => says(one, situation) !== says(other, situation));
}

/** What could be written instead of a policy by a slip, and says something else by its table. */
function slips<D extends Dimensions>(
  dimensions: D,
  table: Table<D>,
  [policy, who]: Table<D>[string],
  some: readonly Situation<D>[],
): [string, Policy<D>][] {
  const sentences = read(who);
  const forgotten = Object.entries(dimensions).flatMap(([name, facts]): [string, Policy<D>][] => {
    const asked = sentences.flatMap((sentence) => sentence.facts.flat()).filter((fact) => facts.includes(fact));
    if (asked.length === 0 || facts.every((fact) => asked.includes(fact))) return [];
    return [[`forgets "${name}"`, (s) => asked.some((fact) => policy({ ...s, is: { ...s.is, [name]: fact } }))]];
  });
  const named = new Set(sentences.flatMap(({ roles }) => (roles === 'everybody' ? [] : roles)));
  const without = [...named].map((role): [string, Policy<D>] => [
    `forgets the role ${role}`,
    (s) => policy({ ...s, roles: s.roles.filter((one) => one !== role) }),
  ]);
  const others = Object.entries(table)
    .filter(([, [, other]]) => differ(read(other), sentences, some))
    .map(([name, [other]]): [string, Policy<D>] => [`is the one for "${name}"`, other]);
  return [['says always yes', () => true], ['says always no', () => false], ...forgotten, ...without, ...others];
}

/**
 * Holds the policies of a feature against what its table says of them.
 *
 * @param sets where every set of roles would be too many
 */
export function provePolicies<D extends Dimensions>(
  what: string,
  dimensions: D,
  table: Table<D>,
  sets: readonly (readonly Role[])[] = ROLE_SETS,
): void {
  const every = situationsOf(dimensions, sets);
  // To catch a slip takes fewer.
  const some = situationsOf(
    dimensions,
    ROLE_SETS.filter((roles) => roles.length < 3),
  );
  const inWords = ({ roles, is }: Situation<D>): string =>
    `${roles.join('+') || 'no role'}: ${Object.values(is).join(', ')}`;

  describe(what, () => {
    it.each(Object.entries(table))('%s: those who may by the table, and nobody else', (_, [policy, who]) => {
      const sentences = read(who);
      const wrong = every.filter((situation) => policy(situation) !== says(sentences, situation));
      expect(wrong.slice(0, 20).map(inWords)).toEqual([]);
    });

    it.each(Object.entries(table))('%s: a slip in it would be seen', (_, row) => {
      const sentences = read(row[1]);
      const missed = slips(dimensions, table, row, some).filter(([, slip]) =>
        some.every((situation) => slip(situation) === says(sentences, situation)),
      );
      expect(
        missed.map(([slip]) => slip).filter((slip) => !(row[1] === 'nobody' && slip === 'says always no')),
      ).toEqual([]);
    });
  });
}
