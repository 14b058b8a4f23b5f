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
  leastOf(cell: number): number;
  mostOf(cell: number): number;
}

/** What a case of distance from the guess weighs beside one from what is shown. */
const LITTLE = '0.01';

interface Solution {
  readonly Status: string;
  readonly ObjectiveValue: number;
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
  const rules = [...figures.map(rule), 'Bounds', ...figures.flatMap(moves), 'End'];
  const solve = (goal: string, more: readonly string[] = []): Solution => {
    const solution = highs.solve([goal, 'Subject To', ...more, ...rules].join('\n')) as unknown as Solution;
    if (solution.Status !== 'Optimal') throw new Error(`No counts go with the figures: ${solution.Status}`);
    return solution;
  };
  return {
    nearest: (guess) => {
      const distances = figures.flatMap(({ shown }, j) => (shown === null ? [] : [name('u', j), name('d', j)]));
      const fromGuess = guess.flatMap((_, i) => [`${LITTLE} ${name('p', i)}`, `${LITTLE} ${name('q', i)}`]);
      const apart = guess.map(
        (n, i) => ` ${name('g', i)}: ${name('x', i)} - ${name('p', i)} + ${name('q', i)} = ${n.toFixed(6)}`,
      );
      const { Columns } = solve(`Minimize\n obj: ${summed([...distances, ...fromGuess])}`, apart);
      return Array.from({ length: size }, (_, i) => Columns[name('x', i)]?.Primal ?? 0);
    },
    leastOf: (cell) => solve(`Minimize\n obj: ${name('x', cell)}`).ObjectiveValue,
    mostOf: (cell) => solve(`Maximize\n obj: ${name('x', cell)}`).ObjectiveValue,
  };
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
