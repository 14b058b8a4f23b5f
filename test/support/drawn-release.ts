import { createHash } from 'node:crypto';
import { declareDatasets } from '../../src/insight/open-data/datasets.js';
import type { Release } from '../../src/insight/open-data/files/release.js';
import { parsePeriod, type Period } from '../../src/insight/open-data/periods.js';
import { domainOf, type DatasetId, type DatasetSpec, type DrawnTable } from '../../src/insight/open-data/table-spec.js';
import { loadFacetCatalogue } from '../../src/routing/facets.js';

export const datasets = declareDatasets(loadFacetCatalogue());

/** A release with a figure in every cell that follows from the cell's name: signed, and no two tables alike. */
export function drawnRelease(id: DatasetId): Release {
  const dataset = datasets[id];
  const period = parsePeriod(dataset.periodKind === 'quarter' ? '2026-Q3' : '2026');
  return {
    dataset,
    period,
    number: 1,
    releasedOn: '2027-02-10',
    tables: drawnTables(dataset, period),
    publisher: { name: 'OneDoor | “test” & <co>', contactName: 'Open data', contactEmail: 'data@onedoor.example' },
    baseUrl: 'https://onedoor.example',
    attacks: [
      { attack: 'differencing', mechanism: 'no noise', success: 1, baseline: 0.5, bound: null },
      { attack: 'optimal', mechanism: 'discrete Laplace, 8 | ε ¼', success: 0.635, baseline: 0.5, bound: 0.881 },
    ],
  };
}

function drawnTables(dataset: DatasetSpec, period: Period): readonly DrawnTable[] {
  return dataset.tables.map((table) => ({
    table: table.name,
    cells: domainOf(table, period).map((codes) => ({
      codes,
      countNoisy: createHash('sha256')
        .update([table.name, ...codes].join())
        .digest()
        .readInt8(0),
    })),
  }));
}
