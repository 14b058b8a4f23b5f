import loadHighs, { type LegacyHighs } from 'highs';

// Its types are written for CommonJS, where the module is what the import gives; here it is the function itself.
const load = loadHighs as unknown as () => Promise<LegacyHighs>;

/** A published figure: the cells it is the sum of, what is seen of it, and the least and the most that it truly can be. */
export interface Figure {
  readonly cells: readonly number[];
  readonly shown: number | null;
  readonly bounds: readonly [number, number];
}

export interface Solver {
  /** Of the counts from which what is shown is the least distance in all, those nearest to a guess. */
  nearest(guess: readonly number[]): number[];
  /**
   * Two sets of counts that go with what can be at all, as far apart as there are: with the most and with the least of a sum.
   *
   * @param signs of the cells in that sum
   */
  furthest(signs: ReadonlyMap<number, 1 | -1>): readonly [readonly number[], readonly number[]];
}

/** What a case of distance from the guess weighs beside one from what is shown. */
const LITTLE = '0.01';

interface Solution {
  readonly Status: string;
  readonly Columns: Readonly<Record<string, { readonly Primal?: number }>>;
}

/**
 * Puts figures as a linear program: counts x from 0, and for each figure that is shown how far it is above (u) or below
 * (d) the sum of its cells, as far as its bounds allow.
 *
 * @param size how many cells there are
 */
export async function solver(figures: readonly Figure[], size: number): Promise<Solver> {
  const highs = await load();
  const solve = (goal: string, rules: readonly string[]): number[] => {
    const { Status, Columns } = highs.solve([goal, 'Subject To', ...rules, 'End'].join('\n')) as unknown as Solution;
    if (Status !== 'Optimal') throw new Error(`No counts go with the figures: ${Status}`);
    return Array.from({ length: size }, (_, i) => Columns[name('x', i)]?.Primal ?? 0);
  };
  const distances = [...figures.map(rule), 'Bounds', ...figures.flatMap(moves)];
  const [alone, sums] = [
    figures.filter(({ cells }) => cells.length === 1),
    figures.filter(({ cells }) => cells.length > 1),
  ];
  const limits = [...sums.flatMap(limit), 'Bounds', ...alone.map(range)];
  return {
    nearest: (guess) => {
      const fromShown = figures.flatMap(({ shown }, j) => (shown === null ? [] : [name('u', j), name('d', j)]));
      const fromGuess = guess.flatMap((_, i) => [`${LITTLE} ${name('p', i)}`, `${LITTLE} ${name('q', i)}`]);
      const apart = guess.map(
        (n, i) => ` ${name('g', i)}: ${name('x', i)} - ${name('p', i)} + ${name('q', i)} = ${n.toFixed(6)}`,
      );
      return solve(`Minimize\n obj: ${summed([...fromShown, ...fromGuess])}`, [...apart, ...distances]);
    },
    furthest: (signs) => {
      const goal = [...signs].map(
        ([cell, sign], i) => `${sign < 0 ? '-' : '+'} ${name('x', cell)}${i % 20 === 19 ? '\n' : ' '}`,
      );
      return [solve(`Maximize\n obj: ${goal.join('')}`, limits), solve(`Minimize\n obj: ${goal.join('')}`, limits)];
    },
  };
}

/** What can be at all of a sum, and of a cell by itself. */
function limit({ cells, bounds: [least, most] }: Figure, j: number): string[] {
  const sum = summed(cells.map((i) => name('x', i)));
  if (least === most) return [` ${name('c', j)}: ${sum} = ${most.toString()}`];
  return [` ${name('l', j)}: ${sum} >= ${least.toString()}`, ` ${name('m', j)}: ${sum} <= ${most.toString()}`];
}

function range({ cells, bounds: [least, most] }: Figure): string {
  return ` ${least.toString()} <= ${name('x', cells[0] ?? 0)} <= ${most.toString()}`;
}

function rule({ cells, shown, bounds }: Figure, j: number): string {
  const sum = summed(cells.map((i) => name('x', i)));
  if (shown === null) return ` ${name('c', j)}: ${sum} <= ${bounds[1].toString()}`;
  return ` ${name('c', j)}: ${sum} + ${name('u', j)} - ${name('d', j)} = ${shown.toString()}`;
}

function moves({ shown, bounds: [least, most] }: Figure, j: number): string[] {
  if (shown === null) return [];
  return [` ${name('u', j)} <= ${(shown - least).toString()}`, ` ${name('d', j)} <= ${(most - shown).toString()}`];
}

function name(letter: string, i: number): string {
  return `${letter}${i.toString()}`;
}

/** A sum over several lines: the format has a longest one. */
function summed(names: readonly string[]): string {
  return names.map((each, i) => (i % 20 === 19 ? `${each}\n` : each)).join(' + ');
}

/**
 * Counts that go with the figures if agencies have the same topics in the same months but for what the figures say:
 * iterative proportional fitting (Deming, Stephan 1940) of the sums. What is hidden is taken for two.
 */
export function fitted(figures: readonly Figure[], size: number): number[] {
  const counts = new Array<number>(size).fill(1);
  for (let round = 0; round < 30; round += 1) {
    for (const { cells, shown } of figures.filter((figure) => figure.cells.length > 1)) {
      const sum = cells.reduce((total, i) => total + (counts[i] ?? 0), 0);
      const factor = sum > 0 ? (shown ?? 2) / sum : 0;
      for (const i of cells) counts[i] = (counts[i] ?? 0) * factor;
    }
  }
  return counts;
}
