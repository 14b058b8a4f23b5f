import { commonest, guessed, type Finding } from './finding.js';
import { cellOf, type Mechanism } from './mechanisms.js';
import type { Case, World } from './world.js';

/** No fewer cases in what is asked for: an attacker asks where nothing is hidden. */
const LEAST = 15;

/**
 * Attacks on figures that can be asked for as often and in as many ways as one likes. The cubes' menu is closed, so that
 * most of these questions cannot be put to it: this is what it would cost to open it.
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
    averaging(world, mechanism, Math.ceil(trials / 8), FREE),
    averaging(world, mechanism, Math.ceil(trials / 8), MENU),
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
  return found('exact count, read off', mechanism, asked, (cases) => worth(mechanism, cases));
}

/** Cases are asked for in parts, split in several ways: the parts are added up, and noise is averaged away. */
interface Splits {
  readonly attack: string;
  /** How many cases there are, or a few more. */
  readonly cases: number;
  readonly ways: number;
  readonly parts: number;
}

/** Halves, as somebody asks who may choose the filters. */
const FREE: Splits = { attack: 'exact count, averaged', cases: 45, ways: 40, parts: 2 };
/** A month in the tables that there are. */
const MENU: Splits = { attack: "exact count, from the menu's eight tables", cases: 400, ways: 8, parts: 6 };

function averaging(world: World, mechanism: Mechanism, trials: number, { attack, ...split }: Splits): Finding {
  const asked = Array.from({ length: trials }, () => world.filtered(split.cases, -1));
  return found(attack, mechanism, asked, (cases) => {
    const sums = Array.from({ length: split.ways }, () => {
      const parts = Array.from({ length: split.parts }, (): Case[] => []);
      const skew = split.parts > 2 ? 2 : 1;
      for (const each of cases) parts[Math.floor(split.parts * world.random.next() ** skew)]?.push(each);
      return parts.reduce((sum, part) => sum + worth(mechanism, part), 0);
    });
    return mean(sums);
  });
}

function found(
  attack: string,
  mechanism: Mechanism,
  asked: readonly (readonly Case[])[],
  guess: (cases: readonly Case[]) => number,
): Finding {
  const right = asked.filter((cases) => Math.round(guess(cases)) === cases.length).length;
  const baseline = commonest(asked.map((cases) => cases.length));
  return {
    attack,
    mechanism: mechanism.name,
    success: right / asked.length,
    baseline,
    bound: null,
    trials: asked.length,
  };
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
