import { isDay } from '../../../web/day.js';
import { revision } from '../release-url.js';
import { checksums } from './checksums.js';
import { tableCsv } from './csv.js';
import { tableCsvw } from './csvw.js';
import { dataPackage } from './data-package.js';
import { dictionaryCsv, dictionaryMarkdown } from './dictionary.js';
import { fillTables } from './fill-table.js';
import { tableJsonStat } from './json-stat.js';
import { tableParquet } from './parquet.js';
import { qualityStatement } from './quality-statement.js';
import type { Release } from './release.js';
import type { ReleaseFile } from './release-file.js';

/**
 * Writes every file of a release: each table as CSV with its metadata, JSON-stat and Parquet, the dictionary, the quality
 * statement, `datapackage.json` over all of these, and last `SHA256SUMS` over all others. The same release makes the same
 * bytes.
 *
 * @throws RangeError when the release is not numbered from 1, was released before its period was over, or when what was
 *   drawn is not exactly what is declared
 */
export function writeRelease(release: Release): readonly ReleaseFile[] {
  revision(release.number);
  if (!isDay(release.releasedOn) || release.releasedOn <= release.period.lastDay) {
    throw new RangeError('A period is released on a day after its last one, written YYYY-MM-DD.');
  }
  const tables = fillTables(release.dataset, release.period, release.tables);
  const files = [
    ...tables.flatMap((table) => [
      tableCsv(table),
      tableCsvw(release, table),
      tableJsonStat(release, table),
      tableParquet(release, table),
    ]),
    dictionaryCsv(tables),
    dictionaryMarkdown(release, tables),
    qualityStatement(release, tables),
  ];
  const described = [...files, dataPackage(release, tables, files)];
  return [...described, checksums(described)];
}
