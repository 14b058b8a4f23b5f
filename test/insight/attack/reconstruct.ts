import { commonest } from './finding.js';
import { fitted, solver, type Figure, type Solver } from './linear-program.js';
import { cellOf, type Mechanism } from './mechanisms.js';
import { Seeded, SHAPE, type Case } from './world.js';

/** How much of month x topic x agency comes out of what is published. */
export interface Reconstruction {
  readonly mechanism: string;
  /** Whether its own cells are published too, or sums of them only. */
  readonly threeWay: boolean;
  readonly cells: number;
  /** Shares of cells that are right to the last case. */
  readonly exact: number;
  /** The same for whoever fits independence to the published sums. */
  readonly independence: number;
  /** The same for whoever sees nothing and takes the commonest count, which is zero. */
  readonly baseline: number;
  /** Mean distance from the true count, in cases, of the three in the same order. */
  readonly errors: readonly [number, number, number];
  /** Share of the cells looked at that can have one count only, and how many were looked at. */
  readonly certain: number;
  readonly looked: number;
}

/**
 * Reconstructs by linear programming: the counts from which the published figures are the least distance in all, and
 * none further than its mechanism can move it (Dinur, Nissim 2003, with bounds for what is known of the noise); of those
 * that are equally near, the nearest to independence.
 *
 * @param months how many, from the first
 * @param looked how many cells to look at for whether the figures leave them one count only
 * @param tell is told in words how far it is
 */
export async function reconstruct(
  cases: readonly Case[],
  mechanism: Mechanism,
  { months, looked: certainty, threeWay }: Pick<Reconstruction, 'looked' | 'threeWay'> & { readonly months: number },
  tell: (words: string) => void,
): Promise<Reconstruction> {
  const size = months * SHAPE.topics * SHAPE.agencies;
  const inCells = Array.from({ length: size }, (): Case[] => []);
  for (const each of cases) if (each.month < months) inCells[indexOf(each)]?.push(each);
  const truth = inCells.map((cell) => cell.length);
  const figures = published(inCells, months, mechanism, threeWay);

  const solve = await solver(figures, size);
  const guess = fitted(figures, size);
  const found = solve.nearest(guess);
  const looked = Array.from({ length: certainty }, (_, i) => Math.floor(((i + 0.5) * size) / certainty));
  const certain = certainOf(solve, looked, (left) => {
    tell(
      `${mechanism.name}, ${threeWay ? 'cells and sums' : 'sums'}: ${left.toString()} of ${certainty.toString()} cells to look at`,
    );
  });
  return {
    mechanism: mechanism.name,
    threeWay,
    cells: size,
    exact: rightOf(truth, found),
    independence: rightOf(truth, guess),
    baseline: commonest(truth),
    errors: [
      distance(truth, found),
      distance(truth, guess),
      distance(
        truth,
        truth.map(() => 0),
      ),
    ],
    certain: certain / certainty,
    looked: certainty,
  };
}

/** Draws of what to look for: two solutions for cells with either sign lie far apart in most of them. */
const ROUNDS = 5;

/**
 * How many cells can have one count only. Two solutions that are half a case apart in a cell show that it can have others,
 * in many cells at once; only what is left is looked at one by one.
 */
function certainOf(solve: Solver, looked: readonly number[], tell: (left: number) => void): number {
  const random = new Seeded('certain');
  let left = looked;
  const look = (signs: ReadonlyMap<number, 1 | -1>): void => {
    const [most, least] = solve.furthest(signs);
    left = left.filter((cell) => Math.abs((most[cell] ?? 0) - (least[cell] ?? 0)) < 0.5);
  };
  for (let round = 0; round < ROUNDS && left.length > 0; round += 1) {
    tell(left.length);
    look(new Map(left.map((cell) => [cell, random.below(2) === 0 ? 1 : -1])));
  }
  [...left].forEach((cell, i, all) => {
    if (i % 20 === 0) tell(all.length - i);
    if (left.includes(cell)) look(new Map([[cell, 1]]));
  });
  return left.length;
}

function indexOf({ month, topic, agency }: Pick<Case, 'month' | 'topic' | 'agency'>): number {
  return (month * SHAPE.topics + topic) * SHAPE.agencies + agency;
}

/**
 * By month, month and topic, month and agency; and for each window of some months, as long as half of all, its total, by
 * topic, by agency, and by both. The pages show windows of twelve months.
 */
function published(
  inCells: readonly (readonly Case[])[],
  months: number,
  mechanism: Mechanism,
  threeWay: boolean,
): Figure[] {
  const length = Math.max(2, Math.floor(months / 2));
  const groups = new Map<string, number[]>();
  inCells.forEach((_, i) => {
    const [agency, rest] = [i % SHAPE.agencies, Math.floor(i / SHAPE.agencies)];
    const [topic, month] = [rest % SHAPE.topics, Math.floor(rest / SHAPE.topics)];
    const windows = Array.from({ length: months - length + 1 }, (_, first) => first).filter(
      (first) => first <= month && month < first + length,
    );
    const [t, a] = [`topic ${topic.toString()}`, `agency ${agency.toString()}`];
    const names = [
      ...['', t, a].map((what) => `month ${month.toString()} ${what}`),
      ...windows.flatMap((first) => ['', t, a, `${t} ${a}`].map((what) => `from ${first.toString()} ${what}`)),
    ];
    for (const name of names) {
      const group = groups.get(name) ?? [];
      groups.set(name, group);
      group.push(i);
    }
  });
  if (threeWay) inCells.forEach((_, i) => groups.set(`cell ${i.toString()}`, [i]));
  return [...groups.values()].map((cells) => {
    const shown = mechanism.show(cellOf(cells.flatMap((i) => inCells[i] ?? [])));
    return { cells, shown, bounds: mechanism.bounds(shown) };
  });
}

function rightOf(truth: readonly number[], guess: readonly number[]): number {
  return truth.filter((n, i) => Math.round(guess[i] ?? Number.NaN) === n).length / truth.length;
}

function distance(truth: readonly number[], guess: readonly number[]): number {
  return truth.reduce((sum, n, i) => sum + Math.abs(n - Math.round(guess[i] ?? Number.NaN)), 0) / truth.length;
}
