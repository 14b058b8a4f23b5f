import { drawnRelease } from '../../support/drawn-release.js';
import { discreteLaplace } from '../../../src/insight/open-data/discrete-laplace.js';
import type { ExactRandom } from '../../../src/insight/open-data/exact-random.js';
import { domainOf } from '../../../src/insight/open-data/table-spec.js';
import { exactCounts, guessed, type Finding } from './finding.js';
import { leastSquares } from './least-squares.js';
import { E, EPSILON } from './samplers.js';
import type { Seeded } from './world.js';

const DRAWN_ONCE = 'DP, drawn once';
/** As many tables as are looked at: one, all of disclosures, all of complaints. */
const TABLES = [1, 4, 8];

/** What the best of all attackers gets right of two that are equally likely (Kairouz, Oh, Viswanath 2015). */
export function bestGuess(epsilon: number): number {
  return Math.exp(epsilon) / (1 + Math.exp(epsilon));
}

/**
 * Attacks on tables that are drawn once and published with discrete Laplace noise.
 *
 * @param random of all noise and of guesses where nothing speaks for either
 */
export function releaseAttacks(seeded: Seeded, random: ExactRandom, trials: number): Finding[] {
  const of = (attack: string, success: number, bound: number): Finding => {
    return { attack, mechanism: DRAWN_ONCE, success, baseline: 0.5, bound, trials };
  };
  const named = (tables: number): string => (tables === 1 ? '1 table at 1/4' : `${tables.toString()} tables at 1/4`);
  return [
    ...TABLES.map((tables) =>
      of(`knows all other records, ${named(tables)}`, guessed(trials, isThere(random, tables)), bestGuess(tables * E)),
    ),
    ...TABLES.map((tables) =>
      of(
        `which of two cells it is in, ${named(tables)}`,
        guessed(trials, isInFirst(random, tables)),
        bestGuess(2 * tables * E),
      ),
    ),
    of('zero: is there a case at all', guessed(trials, zero(random)), bestGuess(E)),
    {
      ...of('re-release with one more case', guessed(trials, redrawn(random)), bestGuess(E)),
      mechanism: 'DP, drawn again',
    },
    addedUp(seeded, random, Math.ceil(trials / 40)),
  ];
}

/** Of all other records the attacker knows which cells they are in; the target is in one cell of each table or in none. */
function isThere(random: ExactRandom, tables: number): (so: boolean) => boolean {
  return (so) => {
    let evidence = 0;
    for (let table = 0; table < tables; table += 1) evidence += evidenceOf(random, so);
    return evidence === 0 ? random.bernoulli(1n, 2n) : evidence > 0;
  };
}

/** The target is there, as is known too, and in each table in the first or in the second of two cells. */
function isInFirst(random: ExactRandom, tables: number): (so: boolean) => boolean {
  return (so) => {
    let evidence = 0;
    for (let table = 0; table < tables; table += 1) evidence += evidenceOf(random, so) - evidenceOf(random, !so);
    return evidence === 0 ? random.bernoulli(1n, 2n) : evidence > 0;
  };
}

/** How much likelier a cell's figure is with the target in it, as a logarithm and in epsilons. */
function evidenceOf(random: ExactRandom, isIn: boolean): number {
  const beyondOthers = Number(discreteLaplace(EPSILON, random)) + Number(isIn);
  return Math.abs(beyondOthers) - Math.abs(beyondOthers - 1);
}

function zero(random: ExactRandom): (so: boolean) => boolean {
  return (so) => discreteLaplace(EPSILON, random) + BigInt(so) > 0n;
}

function redrawn(random: ExactRandom): (so: boolean) => boolean {
  return (so) => {
    const first = 20n + discreteLaplace(EPSILON, random);
    const second = 20n + BigInt(so) + discreteLaplace(EPSILON, random);
    return second > first;
  };
}

/** All that is published of how many came in a quarter: four tables, each added up, the fewer its cells the more it weighs. */
function addedUp(seeded: Seeded, random: ExactRandom, trials: number): Finding {
  const { dataset, period } = drawnRelease('complaints');
  const received = dataset.tables.filter(({ side }) => side === 'received');
  const cells = received.map((table) => domainOf(table, period).length);
  const tried = Array.from({ length: trials }, () => {
    const truth = 1_000 + seeded.below(300);
    const sums = cells.map((variance) => {
      let seen = truth;
      for (let cell = 0; cell < variance; cell += 1) seen += Number(discreteLaplace(EPSILON, random));
      return { of: [0], less: [], seen, variance };
    });
    return [truth, leastSquares(sums, 1)[0] ?? 0] as const;
  });
  return exactCounts('exact count of a quarter, from all tables', DRAWN_ONCE, tried);
}
