import { discreteLaplace } from '../../src/insight/open-data/discrete-laplace.js';
import { declareDatasets } from '../../src/insight/open-data/datasets.js';
import { exactEpsilon } from '../../src/insight/open-data/epsilon.js';
import type { Release } from '../../src/insight/open-data/files/release.js';
import { writeRelease } from '../../src/insight/open-data/files/write-release.js';
import { parsePeriod } from '../../src/insight/open-data/periods.js';
import { domainOf, type DatasetSpec, type DrawnTable } from '../../src/insight/open-data/table-spec.js';
import { loadFacetCatalogue } from '../../src/routing/facets.js';
import { latenciesOf, round } from './latencies.js';
import { say } from './machine.js';

const TIMES = 5;
const GOAL_SECONDS = 60;

/** How long the releases of a period take: noise drawn for every cell of every table, and every file written. */
export interface ReleaseFound {
  /** Of both datasets together, the slowest of a few. */
  readonly seconds: number;
  readonly met: boolean;
}

/** Draws and writes whole releases of both datasets: what is made of what was counted, without a database. */
export function measureRelease(): ReleaseFound {
  const datasets = declareDatasets(loadFacetCatalogue());
  let seconds = 0;
  for (const dataset of [datasets.complaints, datasets.disclosures]) {
    const times = { draw: [] as number[], write: [] as number[] };
    let [cells, files, bytes] = [0, 0, 0];
    for (let time = 0; time < TIMES; time++) {
      const began = performance.now();
      const release = draw(dataset);
      const drawn = performance.now();
      const written = writeRelease(release);
      times.draw.push(drawn - began);
      times.write.push(performance.now() - drawn);
      cells = release.tables.reduce((sum, table) => sum + table.cells.length, 0);
      [files, bytes] = [written.length, written.reduce((sum, { body }) => sum + body.length, 0)];
    }
    const [drawing, writing] = [latenciesOf(times.draw).p99, latenciesOf(times.write).p99];
    seconds += (drawing + writing) / 1000;
    say(
      `release      ${dataset.id}: ${cells.toString()} cells drawn in ${drawing.toFixed(1)} ms, ` +
        `${files.toString()} files (${Math.ceil(bytes / 1024).toString()} KiB) written in ${writing.toFixed(1)} ms, the slowest of ${TIMES.toString()}`,
    );
  }
  return { seconds: round(seconds), met: seconds <= GOAL_SECONDS };
}

function draw(dataset: DatasetSpec): Release {
  const period = parsePeriod(dataset.periodKind === 'quarter' ? '2026-Q3' : '2026');
  const tables = dataset.tables.map((table): DrawnTable => {
    const epsilon = exactEpsilon(table.epsilon);
    const cells = domainOf(table, period).map((codes) => ({ codes, countNoisy: Number(discreteLaplace(epsilon)) }));
    return { table: table.name, cells };
  });
  return {
    ...{ dataset, period, tables, number: 1, releasedOn: '2027-02-10', attacks: [] },
    publisher: { name: 'OneDoor', contactName: 'Open data', contactEmail: 'data@onedoor.example' },
    baseUrl: 'https://onedoor.example',
  };
}
