import { drawnRelease } from '../../support/drawn-release.js';
import { discreteLaplace } from '../../../src/insight/open-data/discrete-laplace.js';
import type { ExactRandom } from '../../../src/insight/open-data/exact-random.js';
import { writeRelease } from '../../../src/insight/open-data/files/write-release.js';
import { domainOf, type DrawnTable } from '../../../src/insight/open-data/table-spec.js';
import { EPSILON } from './samplers.js';

/** What differencing finds of two releases of a period. */
export interface Rewritten {
  /** Counts in the files of both. */
  readonly counts: number;
  /** How many of them are not the same. */
  readonly changed: number;
}

/**
 * Writes the files of a first and of a second release from the same draws, and takes the counts in the one from those in the
 * other. Whatever came in meanwhile is in no draw: it could show only in what is written beside them.
 */
export function rewriteRelease(random: ExactRandom): Rewritten {
  const declared = drawnRelease('complaints');
  const tables = declared.dataset.tables.map((table) => ({
    table: table.name,
    cells: domainOf(table, declared.period).map((codes) => {
      return { codes, countNoisy: Number(20n + discreteLaplace(EPSILON, random)) };
    }),
  }));
  const first = countsIn({ ...declared, number: 1, tables });
  const second = countsIn({ ...declared, number: 2, releasedOn: '2027-03-10', tables });
  if (first.length !== second.length) throw new Error('The two have other cells.');
  return { counts: first.length, changed: first.filter((count, i) => count !== second[i]).length };
}

/** The last column but one of every table's CSV. */
function countsIn(release: Parameters<typeof writeRelease>[0]): string[] {
  const isTable = ({ table }: DrawnTable, name: string): boolean => name === `${table}.csv`;
  return writeRelease(release)
    .filter(({ name }) => release.tables.some((table) => isTable(table, name)))
    .flatMap(({ body }) => new TextDecoder().decode(body).trim().split('\r\n').slice(1))
    .map((row) => row.split(',').at(-2) ?? '');
}
