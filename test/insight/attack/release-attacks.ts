import { randomInt } from 'node:crypto';
import { discreteLaplace } from '../../../src/insight/open-data/discrete-laplace.js';
import { commonest, guessed, type Finding } from './finding.js';
import { E, EPSILON } from './samplers.js';
import type { World } from './world.js';

const DRAWN_ONCE = 'DP, drawn once';

/** What the best of all attackers gets right of two that are equally likely (Kairouz, Oh, Viswanath 2015). */
export function bestGuess(epsilon: number): number {
  return Math.exp(epsilon) / (1 + Math.exp(epsilon));
}

/** Attacks on tables that are drawn once and published with discrete Laplace noise. */
export function releaseAttacks(world: World, trials: number): Finding[] {
  const of = (attack: string, success: number, bound: number): Finding => {
    return { attack, mechanism: DRAWN_ONCE, success, baseline: 0.5, bound, trials };
  };
  return [
    ...[1, 4, 8].map((tables) =>
      of(
        `knows all other records, ${tables === 1 ? '1 table' : `${tables.toString()} tables`} at 1/4`,
        guessed(trials, likelihoodRatio(tables)),
        bestGuess(tables * E),
      ),
    ),
    of('zero: is there a case at all', guessed(trials, zero), bestGuess(E)),
    of('re-release with one more case', guessed(trials, rereleased()), bestGuess(E)),
    {
      ...of('re-release with one more case', guessed(trials, redrawn), bestGuess(E)),
      mechanism: 'DP, drawn again',
    },
    averaging(world, Math.ceil(trials / 8)),
  ];
}

/** Of all other records the attacker knows which cells they are in; the target is in one cell of each table or in none. */
function likelihoodRatio(tables: number): (so: boolean) => boolean {
  return (so) => {
    let evidence = 0;
    for (let table = 0; table < tables; table += 1) {
      const beyondOthers = Number(discreteLaplace(EPSILON)) + Number(so);
      evidence += Math.abs(beyondOthers) - Math.abs(beyondOthers - 1);
    }
    return evidence === 0 ? randomInt(2) === 0 : evidence > 0;
  };
}

function zero(so: boolean): boolean {
  return discreteLaplace(EPSILON) + BigInt(so) > 0n;
}

/** What was drawn for a period stands, whatever comes in late. */
function rereleased(): (so: boolean) => boolean {
  return () => {
    const stored = 20n + discreteLaplace(EPSILON);
    const [first, second] = [stored, stored];
    return first !== second;
  };
}

/** All that is published of a count that four tables have: each in six cells, to be added up. */
function averaging(world: World, trials: number): Finding {
  const counts = Array.from({ length: trials }, () => world.filtered(45, -1).length);
  const right = counts.filter((count) => {
    let noise = 0;
    for (let cell = 0; cell < 4 * 6; cell += 1) noise += Number(discreteLaplace(EPSILON));
    return Math.round(count + noise / 4) === count;
  }).length;
  const [success, baseline] = [right / trials, commonest(counts)];
  return { attack: 'exact count, averaged', mechanism: DRAWN_ONCE, success, baseline, bound: null, trials };
}

function redrawn(so: boolean): boolean {
  const first = 20n + discreteLaplace(EPSILON);
  const second = 20n + BigInt(so) + discreteLaplace(EPSILON);
  return second > first;
}
