import { exactCounts, guessed, type Finding } from './finding.js';
import { cellOf, type Mechanism } from './mechanisms.js';
import type { Case, World } from './world.js';

/** No fewer cases in what is asked for: an attacker asks where nothing is hidden. */
const LEAST = 15;

/**
 * Attacks on figures that can be asked for as often and in as many ways as one likes. The cubes' menu is closed, so that
 * most of these questions cannot be put to it: this is what it would cost to open it. The last four can be.
 */
export function queryAttacks(world: World, mechanism: Mechanism, trials: number): Finding[] {
  const of = (attack: string, success: number): Finding => {
    return { attack, mechanism: mechanism.name, success, baseline: 0.5, bound: null, trials };
  };
  return [
    of('equality, 1 pair', guessed(trials, differs(world, mechanism, 1))),
    of('equality, 3 pairs', guessed(trials, differs(world, mechanism, 3))),
    of('differencing, 1 pair', guessed(trials, differencing(world, mechanism, 1))),
    of('differencing, 16 pairs', guessed(trials, differencing(world, mechanism, 16))),
    of('zero: is there a case at all', guessed(trials, zero(world, mechanism))),
    of('re-release with one more case', guessed(trials, differs(world, mechanism, 1))),
    direct(world, mechanism, trials),
    averaging(world, mechanism, Math.ceil(trials / 8)),
    of('equality, a total and its dominant code', guessed(trials, totalAndCode(world, mechanism))),
    hiddenCode(world, mechanism, trials),
    of('equality, windows a month apart', guessed(trials, windows(world, mechanism))),
    monthsApart(world, mechanism, trials),
  ];
}

/** How often equality speaks where there is nothing: never, which is what makes it certain where it does. */
export function falseAlarms(world: World, mechanism: Mechanism, trials: number): number {
  const guess = differs(world, mechanism, 1);
  let alarms = 0;
  for (let i = 0; i < trials; i += 1) alarms += Number(guess(false));
  return alarms / trials;
}

/** Two questions that differ by one agency: it has a case if the answers are not the same. */
function differs(world: World, mechanism: Mechanism, pairs: number): (so: boolean) => boolean {
  return (so) => pairsOf(world, so, pairs).some(([all, less]) => seen(mechanism, all) !== seen(mechanism, less));
}

/** The same two questions: it has a case if the answers are half a case apart or more, on average. */
function differencing(world: World, mechanism: Mechanism, pairs: number): (so: boolean) => boolean {
  return (so) => {
    const apart = pairsOf(world, so, pairs).map(([all, less]) => worth(mechanism, all) - worth(mechanism, less));
    return mean(apart) >= 0.5;
  };
}

function pairsOf(world: World, so: boolean, pairs: number): (readonly [Case[], Case[]])[] {
  const target = world.another();
  return Array.from({ length: pairs }, () => {
    const others = world.filtered(LEAST, target.agency);
    return [so ? [...others, target] : others, others] as const;
  });
}

/** A cell that has one case or none: it has one if anything but nothing is seen. */
function zero(world: World, mechanism: Mechanism): (so: boolean) => boolean {
  return (so) => (seen(mechanism, so ? [world.another()] : []) ?? 0) > 0;
}

/** The count as it is seen is taken for the true one. */
function direct(world: World, mechanism: Mechanism, trials: number): Finding {
  const asked = Array.from({ length: trials }, () => world.filtered(2 * LEAST, -1));
  const tried = asked.map((cases) => [cases.length, worth(mechanism, cases)] as const);
  return exactCounts('exact count, read off', mechanism.name, tried);
}

/** Forty ways of asking for a count in two halves, as somebody does who may choose the filters: noise is averaged away. */
function averaging(world: World, mechanism: Mechanism, trials: number): Finding {
  const tried = Array.from({ length: trials }, () => {
    const cases = world.filtered(3 * LEAST, -1);
    const sums = Array.from({ length: 40 }, () => {
      const halves: [Case[], Case[]] = [[], []];
      for (const each of cases) halves[world.random.below(2) === 0 ? 0 : 1].push(each);
      return worth(mechanism, halves[0]) + worth(mechanism, halves[1]);
    });
    return [cases.length, mean(sums)] as const;
  });
  return exactCounts('exact count, averaged', mechanism.name, tried);
}

/** The menu shows a total, and the code that nearly all of it has: another code has a case if the two are not the same. */
function totalAndCode(world: World, mechanism: Mechanism): (so: boolean) => boolean {
  return (so) => {
    const dominant = world.filtered(3 * LEAST, -1);
    return seen(mechanism, so ? [...dominant, world.another()] : dominant) !== seen(mechanism, dominant);
  };
}

/** The same two, to find how many have the other code, which is hidden. Where they are the same, nobody has. */
function hiddenCode(world: World, mechanism: Mechanism, trials: number): Finding {
  const tried = Array.from({ length: trials }, () => {
    const [dominant, few] = [world.filtered(3 * LEAST, -1), upTo(5, world)];
    const apart = worth(mechanism, [...dominant, ...few]) - worth(mechanism, dominant);
    return [few.length, apart === 0 ? 0 : Math.min(Math.max(apart, 1), 5)] as const;
  });
  return exactCounts('hidden code, total less the dominant one', mechanism.name, tried);
}

/**
 * The menu shows the twelve months up to one and those up to the next: they differ in the month that is new and in the one
 * that fell out, and some lodged in these if the two are not the same. As many in the one as in the other hides it from
 * who sees true counts, and from nobody who sees noise.
 */
function windows(world: World, mechanism: Mechanism): (so: boolean) => boolean {
  return (so) => {
    const shared = world.filtered(3 * LEAST, -1);
    const some = (): Case[] => (so ? [world.another(), ...upTo(4, world)] : []);
    return seen(mechanism, [...shared, ...some()]) !== seen(mechanism, [...shared, ...some()]);
  };
}

/** The same two, to find by how many the month that is new is above the one that fell out; both are hidden. */
function monthsApart(world: World, mechanism: Mechanism, trials: number): Finding {
  const tried = Array.from({ length: trials }, () => {
    const [shared, fellOut, isNew] = [world.filtered(3 * LEAST, -1), upTo(5, world), upTo(5, world)];
    const apart = worth(mechanism, [...shared, ...isNew]) - worth(mechanism, [...fellOut, ...shared]);
    return [isNew.length - fellOut.length, apart] as const;
  });
  return exactCounts('difference of two hidden months, by windows', mechanism.name, tried);
}

function upTo(most: number, world: World): Case[] {
  return Array.from({ length: world.random.below(most + 1) }, () => world.another());
}

function seen(mechanism: Mechanism, cases: readonly Case[]): number | null {
  return mechanism.show(cellOf(cases));
}

/** What is hidden is taken for three. */
function worth(mechanism: Mechanism, cases: readonly Case[]): number {
  return seen(mechanism, cases) ?? 3;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
