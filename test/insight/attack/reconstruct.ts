import { commonest } from './finding.js';
import { fitted, solver, type Figure } from './linear-program.js';
import { cellOf, type Mechanism } from './mechanisms.js';
import { SHAPE, type Case } from './world.js';

/** How much of month x topic x agency comes out of what is published. */
export interface Reconstruction {
  readonly mechanism: string;
  /** Whether its own cells are published too, or the two-way tables and totals only. */
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
 */
export async function reconstruct(
  cases: readonly Case[],
  mechanism: Mechanism,
  { months, looked: certainty, threeWay }: Pick<Reconstruction, 'looked' | 'threeWay'> & { readonly months: number },
): Promise<Reconstruction> {
  const size = months * SHAPE.topics * SHAPE.agencies;
  const inCells = Array.from({ length: size }, (): Case[] => []);
  for (const each of cases) if (each.month < months) inCells[indexOf(each)]?.push(each);
  const truth = inCells.map((cell) => cell.length);
  const figures = published(inCells, mechanism, threeWay);

  const solve = await solver(figures, size);
  const guess = fitted(figures, size);
  const found = solve.nearest(guess);
  const looked = Array.from({ length: certainty }, (_, i) => Math.floor(((i + 0.5) * size) / certainty));
  const certain = looked.filter((cell) => solve.mostOf(cell) - solve.leastOf(cell) < 0.5);
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
    certain: certain.length / certainty,
    looked: certainty,
  };
}

function indexOf({ month, topic, agency }: Pick<Case, 'month' | 'topic' | 'agency'>): number {
  return (month * SHAPE.topics + topic) * SHAPE.agencies + agency;
}

/** Month by topic, month by agency, topic by agency, by month, and all. */
function published(inCells: readonly (readonly Case[])[], mechanism: Mechanism, threeWay: boolean): Figure[] {
  const keys: ((month: number, topic: number, agency: number) => string)[] = [
    (month, topic) => `mt ${month.toString()} ${topic.toString()}`,
    (month, _, agency) => `ma ${month.toString()} ${agency.toString()}`,
    (_, topic, agency) => `ta ${topic.toString()} ${agency.toString()}`,
    (month) => `m ${month.toString()}`,
    () => 'all',
  ];
  const groups = new Map<string, number[]>();
  inCells.forEach((_, i) => {
    const [agency, rest] = [i % SHAPE.agencies, Math.floor(i / SHAPE.agencies)];
    for (const key of keys) {
      const name = key(Math.floor(rest / SHAPE.topics), rest % SHAPE.topics, agency);
      const group = groups.get(name) ?? [];
      groups.set(name, group);
      group.push(i);
    }
  });
  if (threeWay) inCells.forEach((_, i) => groups.set(`mta ${i.toString()}`, [i]));
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
