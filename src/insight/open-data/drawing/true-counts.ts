import type { Period } from '../periods.js';
import { domainOf, type DatasetSpec, type TableSpec } from '../table-spec.js';

/** A cell before its noise. */
export interface TrueCell {
  readonly codes: readonly string[];
  readonly count: bigint;
}

/**
 * What is true of a period, cell by cell: held in memory for as long as it takes to put noise on it, and written nowhere. All
 * cells of the domain are there from the beginning, and no other can be.
 */
export class TrueCounts {
  private readonly tables = new Map<string, Map<string, bigint>>();
  private readonly specs: ReadonlyMap<string, TableSpec>;

  constructor(
    dataset: DatasetSpec,
    private readonly period: Period,
  ) {
    this.specs = new Map(dataset.tables.map((table) => [table.name, table]));
    for (const table of dataset.tables) {
      const cells = domainOf(table, period).map((codes): [string, bigint] => [keyOf(codes), 0n]);
      this.tables.set(table.name, new Map(cells));
    }
  }

  /**
   * Adds lodgings to one cell of a table.
   *
   * @param codes one of every dimension, in their order
   * @param count how many; 1 unless said
   * @throws RangeError when there is no such table or cell, without saying which: then nothing may be published
   */
  add(table: string, codes: readonly string[], count = 1): void {
    const cells = this.tables.get(table);
    const before = cells?.get(keyOf(codes));
    if (!cells || before === undefined) throw new RangeError(`A lodging is in no cell of ${table}.`);
    cells.set(keyOf(codes), before + BigInt(count));
  }

  /** Every cell of a table, in the order of its domain. */
  cells(table: string): readonly TrueCell[] {
    const [cells, spec] = [this.tables.get(table), this.specs.get(table)];
    if (!cells || !spec) throw new RangeError(`There is no table ${table}.`);
    return domainOf(spec, this.period).map((codes) => ({ codes, count: cells.get(keyOf(codes)) ?? 0n }));
  }
}

function keyOf(codes: readonly string[]): string {
  return codes.join('\n');
}
