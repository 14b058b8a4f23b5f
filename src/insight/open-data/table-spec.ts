import type { Text } from '../../agencies/data-file.js';
import type { Period, PeriodKind } from './periods.js';

/** One value of a dimension. Codes are stable and never begin with what a spreadsheet takes for a formula. */
export interface Code {
  readonly code: string;
  readonly label: Text;
  /** What counts under it, in plain English, where the label does not say it all. */
  readonly meaning?: string;
}

/** What a table is counted by. Its codes are the whole domain: they follow from the rules, never from the data. */
export interface Dimension {
  /** Name of the column. */
  readonly name: string;
  readonly title: Text;
  readonly meaning: string;
  /** `time` for months, which readers of JSON-stat and charts treat apart. */
  readonly role: 'time' | 'classification';
  codes(period: Period): readonly Code[];
}

/** At which of the two moments of its life a lodging is counted: its first receipt or its first closing. */
export type Side = 'received' | 'closed';

/** A share of the privacy-loss budget, an exact decimal with four places; never a float. */
export type WrittenEpsilon = '0.2500';

/** One published table: every lodging is in at most one of its cells, once in its life. */
export interface TableSpec {
  /** Its name in files, addresses and the ledger. */
  readonly name: string;
  readonly title: Text;
  /** What is counted, in plain English. */
  readonly meaning: string;
  readonly dimensions: readonly Dimension[];
  readonly epsilon: WrittenEpsilon;
  readonly side: Side;
}

export type DatasetId = 'complaints' | 'disclosures';

/** A dataset: tables that are drawn together once for every period. */
export interface DatasetSpec {
  readonly id: DatasetId;
  readonly title: Text;
  readonly description: string;
  readonly keywords: readonly string[];
  readonly tables: readonly TableSpec[];
  readonly periodKind: PeriodKind;
  /** Upper bound of what one lodging can cost over all tables in its life. */
  readonly cap: '2.0000' | '1.0000';
}

/** One cell as it was drawn. */
export interface DrawnCell {
  /** A code of every dimension, in the order of the dimensions. */
  readonly codes: readonly string[];
  /** The count with its noise: a whole number that may be negative. */
  readonly countNoisy: number;
}

/** A table as it was drawn, its cells in any order. */
export interface DrawnTable {
  /** Name of the table. */
  readonly table: string;
  readonly cells: readonly DrawnCell[];
}

/**
 * Every cell of a table, those that nobody is in too, in the one order that all files keep: the last dimension runs
 * fastest.
 *
 * @returns for each cell a code of every dimension, in the order of the dimensions
 */
export function domainOf(table: TableSpec, period: Period): readonly (readonly string[])[] {
  return table.dimensions.reduce<readonly (readonly string[])[]>(
    (cells, dimension) =>
      cells.flatMap((cell) => dimension.codes(period).map(({ code }) => [...cell, code] as readonly string[])),
    [[]],
  );
}
