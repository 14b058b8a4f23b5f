import type { TrueCounts } from '../../src/insight/open-data/drawing/true-counts.js';
import type { DatasetSpec } from '../../src/insight/open-data/table-spec.js';

/** By how much each table of a dataset changed, as the changes of its cells that did. */
export function cellsChanged({ tables }: DatasetSpec, before: TrueCounts, after: TrueCounts): Map<string, number[]> {
  return new Map(
    tables.map(({ name }) => {
      const then = before.cells(name).map((cell) => cell.count);
      const by = after.cells(name).map((cell, at) => Number(cell.count - (then[at] ?? 0n)));
      return [name, by.filter((change) => change !== 0)];
    }),
  );
}

/** Names of the tables of one side of a lodging's life. */
export function tablesOf({ tables }: DatasetSpec, side: 'received' | 'closed'): string[] {
  return tables.filter((table) => table.side === side).map(({ name }) => name);
}
