import { exactEpsilon } from '../epsilon.js';
import { p95Margin } from '../margin.js';
import type { Period } from '../periods.js';
import {
  domainOf,
  type Code,
  type DatasetSpec,
  type Dimension,
  type DrawnCell,
  type DrawnTable,
  type TableSpec,
} from '../table-spec.js';

/** A table with a figure in every cell of its domain, as all formats write it. */
export interface FilledTable {
  readonly spec: TableSpec;
  readonly dimensions: readonly { readonly dimension: Dimension; readonly codes: readonly Code[] }[];
  /** Every cell of the domain once, in its order. */
  readonly cells: readonly DrawnCell[];
  readonly margin: number;
}

// What a column of 32 bits holds: all readers of Parquet have that type, and no count of ours comes near it.
const MOST = 2 ** 31 - 1;

/**
 * Puts what was drawn into the declared tables. Nothing may be missing: a cell left out would tell that nobody is in it.
 *
 * @param drawn every table of the dataset once, its cells in any order
 * @throws RangeError when a table or cell is missing, twice, or not declared, when a count is no whole number of 32 bits, or
 *   when the dataset is not published by such periods
 */
export function fillTables(dataset: DatasetSpec, period: Period, drawn: readonly DrawnTable[]): readonly FilledTable[] {
  if (period.kind !== dataset.periodKind)
    throw new RangeError(`${dataset.id} is published by the ${dataset.periodKind}.`);
  const given = new Map(drawn.map((table) => [table.table, table]));
  if (given.size !== drawn.length) throw new RangeError('A table was drawn twice.');
  if (given.size !== dataset.tables.length) throw new RangeError(`Not exactly the tables of ${dataset.id} were drawn.`);
  return dataset.tables.map((spec) => {
    const table = given.get(spec.name);
    if (!table) throw new RangeError(`${spec.name} was not drawn.`);
    const dimensions = spec.dimensions.map((dimension) => ({ dimension, codes: dimension.codes(period) }));
    const margin = Number(p95Margin(exactEpsilon(spec.epsilon)));
    return { spec, dimensions, cells: inOrder(spec, period, table.cells), margin };
  });
}

function inOrder(spec: TableSpec, period: Period, cells: readonly DrawnCell[]): readonly DrawnCell[] {
  const counts = new Map<string, number>();
  for (const { codes, countNoisy } of cells) {
    const cell = codes.join(' × ');
    if (counts.has(cell)) throw new RangeError(`${spec.name} has the cell ${cell} twice.`);
    if (!Number.isInteger(countNoisy) || Math.abs(countNoisy) > MOST) {
      throw new RangeError(`${spec.name} has no whole number of 32 bits in the cell ${cell}.`);
    }
    counts.set(cell, countNoisy);
  }
  const filled = domainOf(spec, period).map((codes) => {
    const countNoisy = counts.get(codes.join(' × '));
    if (countNoisy === undefined) throw new RangeError(`${spec.name} lacks the cell ${codes.join(' × ')}.`);
    return { codes, countNoisy };
  });
  if (filled.length !== counts.size) throw new RangeError(`${spec.name} has a cell that is not in its domain.`);
  return filled;
}
