import { exactCounts, type Finding } from './finding.js';
import { leastSquares, type SeenSum } from './least-squares.js';
import type { Cell, Mechanism } from './mechanisms.js';
import { CHOICES, CLOSED, RECEIVED, YEAR, type Split } from './menu.js';
import { zipf, type Seeded } from './world.js';

const MONTHS = CHOICES + YEAR - 1;
const KEYS = 2n ** 32n;

/** The month that is attacked, and its year: in the middle, where most windows tell of it. */
const TARGET = 23;
const LAST_OF_YEAR = 28;

/** Cells that a page shows, and the complaints that they add up to: those of some months, less those closed in some. */
interface Shown {
  readonly of: readonly number[];
  readonly less: readonly number[];
  readonly cells: readonly Cell[];
}

/**
 * Attacks on counts of all agencies together through the figures that the pages show and no others: the totals of months,
 * their codes, the windows of a year up to each month that can be chosen, and how many were open at the end of a month.
 * They are added up to the same counts in all those ways, and noise is averaged away as well as it can be.
 *
 * @param trials each with other complaints, some 400 a month
 */
export function menuAttacks(random: Seeded, mechanism: Mechanism, trials: number): Finding[] {
  const tried = Array.from({ length: trials }, () => attackOnce(random, mechanism));
  return [
    exactCounts(
      'exact count of a month, from its own figures',
      mechanism.name,
      tried.map(({ ownFigures }) => ownFigures),
    ),
    exactCounts(
      'exact count of a month, from the whole menu',
      mechanism.name,
      tried.map(({ month }) => month),
    ),
    exactCounts(
      'exact count of a year, from the whole menu',
      mechanism.name,
      tried.map(({ year }) => year),
    ),
  ];
}

type Guess = readonly [truth: number, guess: number];

function attackOnce(random: Seeded, mechanism: Mechanism): Readonly<Record<'ownFigures' | 'month' | 'year', Guess>> {
  const [came, gone] = [flow(random), flow(random)];
  // Whoever is closed is taken to stay so: it makes the stock tell more.
  const before: Cell = { n: 2_000 + random.below(100), keySum: BigInt(random.below(2 ** 32)) };
  const shown = [
    ...figuresOf(random, came, RECEIVED, 0),
    ...figuresOf(random, gone, CLOSED, MONTHS),
    ...stocks(before, came, gone),
  ];
  const seen = shown.flatMap((each) => seenSum(mechanism, each));
  const own = seen.filter(({ of, less }) => of.length === 1 && of[0] === TARGET && less.length === 0);
  const counts = leastSquares(seen, 2 * MONTHS + 1);
  const year = upTo(LAST_OF_YEAR);
  const truth = (months: readonly number[]): number => months.reduce((sum, month) => sum + (came[month]?.n ?? 0), 0);
  return {
    ownFigures: [
      truth([TARGET]),
      leastSquares(
        own.map((sum) => ({ ...sum, of: [0] })),
        1,
      )[0] ?? 0,
    ],
    month: [truth([TARGET]), counts[TARGET] ?? 0],
    year: [truth(year), year.reduce((sum, month) => sum + (counts[month] ?? 0), 0)],
  };
}

/** The twelve months of a window. */
function upTo(last: number): number[] {
  return Array.from({ length: YEAR }, (_, i) => last + 1 - YEAR + i);
}

function flow(random: Seeded): Cell[] {
  return Array.from({ length: MONTHS }, () => {
    return { n: 350 + random.below(100), keySum: BigInt(random.below(2 ** 32)) };
  });
}

/** @param first place of the first month's count among those that are looked for */
function figuresOf(random: Seeded, months: readonly Cell[], splits: readonly Split[], first: number): Shown[] {
  const windows = Array.from({ length: CHOICES }, (_, i) => upTo(i + YEAR - 1));
  const of = (which: readonly number[], cells: readonly Cell[]): Shown => {
    return { of: which.map((month) => first + month), less: [], cells };
  };
  const joinedOf = (cells: readonly Cell[], which: readonly number[]): Cell => {
    return joined(which.map((month) => cells[month] ?? EMPTY));
  };
  const totals = [
    ...months.map((cell, month) => of([month], [cell])),
    ...windows.map((window) => of(window, [joinedOf(months, window)])),
  ];
  const parts = splits.flatMap(({ codes, byMonth, byYear }) => {
    const byCode = transposed(months.map((cell) => parted(random, cell, zipf(codes, 1))));
    return [
      ...(byMonth
        ? months.map((_, month) =>
            of(
              [month],
              byCode.map((cells) => cells[month] ?? EMPTY),
            ),
          )
        : []),
      ...(byYear
        ? windows.map((window) =>
            of(
              window,
              byCode.map((cells) => joinedOf(cells, window)),
            ),
          )
        : []),
    ];
  });
  return [...totals, ...parts];
}

/** How many are open at the end of each month: those from before, and all that came, without all that were closed. */
function stocks(before: Cell, came: readonly Cell[], gone: readonly Cell[]): Shown[] {
  return came.map((_, last) => {
    const months = Array.from({ length: last + 1 }, (_, month) => month);
    const open = less(joined([before, ...came.slice(0, last + 1)]), joined(gone.slice(0, last + 1)));
    return { of: [...months, 2 * MONTHS], less: months.map((month) => MONTHS + month), cells: [open] };
  });
}

/** Nothing where a part is hidden: a split with a gap is left out. Every cell has noise of the same variance. */
function seenSum(mechanism: Mechanism, { of, less, cells }: Shown): SeenSum[] {
  let seen = 0;
  for (const cell of cells) {
    const count = mechanism.show(cell);
    if (count === null) return [];
    seen += count;
  }
  return [{ of, less, seen, variance: cells.length }];
}

/** A cell by code: each part is its share of it, rounded up or down by one draw for all. */
function parted(random: Seeded, whole: Cell, shares: readonly number[]): Cell[] {
  let reached = random.next();
  const others = shares.slice(1).map((share) => {
    const from = Math.floor(reached);
    reached += share * whole.n;
    const n = Math.floor(reached) - from;
    return { n, keySum: n === 0 ? 0n : BigInt(random.below(2 ** 32)) };
  });
  return [less(whole, joined(others)), ...others];
}

const EMPTY: Cell = { n: 0, keySum: 0n };

/** Sums of keys are kept modulo 2^32, so that the same complaints have the same by whichever way. */
function joined(cells: readonly Cell[]): Cell {
  const keySum = cells.reduce((sum, cell) => sum + cell.keySum, 0n) % KEYS;
  return { n: cells.reduce((sum, { n }) => sum + n, 0), keySum };
}

function less(whole: Cell, part: Cell): Cell {
  return { n: whole.n - part.n, keySum: (KEYS + whole.keySum - part.keySum) % KEYS };
}

function transposed(rows: readonly (readonly Cell[])[]): Cell[][] {
  return (rows[0] ?? []).map((_, i) => rows.map((row) => row[i] ?? EMPTY));
}
