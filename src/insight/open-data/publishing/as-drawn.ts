import type { Code, DatasetSpec, DrawnTable } from '../table-spec.js';

const OFFERED_NO_MORE = 'A choice when the figures were drawn, which is offered no more.';

/**
 * A dataset with the codes that its figures were drawn under, which for an older period may be others than today's. They have
 * today's order and labels where they are still declared; those that are not come last, and their label is the code itself.
 *
 * @param drawn its tables as they were drawn, every cell of each: a code that no cell has is not in the domain
 */
export function asDrawn(dataset: DatasetSpec, drawn: readonly DrawnTable[]): DatasetSpec {
  const cellsOf = new Map(drawn.map(({ table, cells }) => [table, cells]));
  const tables = dataset.tables.map((table) => ({
    ...table,
    dimensions: table.dimensions.map((dimension, at) => ({
      ...dimension,
      codes: (...of: Parameters<typeof dimension.codes>) => {
        const used = new Set((cellsOf.get(table.name) ?? []).map(({ codes }) => codes[at] ?? ''));
        return codesOf(used, dimension.codes(...of));
      },
    })),
  }));
  return { ...dataset, tables };
}

function codesOf(used: ReadonlySet<string>, declared: readonly Code[]): readonly Code[] {
  const known = new Set(declared.map(({ code }) => code));
  const gone = [...used].filter((code) => !known.has(code)).sort();
  return [
    ...declared.filter(({ code }) => used.has(code)),
    ...gone.map((code): Code => ({ code, label: { en: code }, meaning: OFFERED_NO_MORE })),
  ];
}
