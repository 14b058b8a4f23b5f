import { stringify } from 'csv-stringify/sync';
import { columnsOf } from './columns.js';
import type { FilledTable } from './fill-table.js';
import { textFile, type ReleaseFile } from './release-file.js';

/** What a spreadsheet may take for a formula at the beginning of a text (OWASP, "CSV Injection"). */
const FORMULA = /^[=+\-@\t\r\n]/;

/**
 * A table as comma-separated values: RFC 4180 with a header, UTF-8, lines ended by CR LF. Columns of codes, then
 * `count_noisy`, a signed whole number, and `p95_margin`.
 *
 * @throws RangeError when a code could be taken for a formula
 */
export function tableCsv(table: FilledTable): ReleaseFile {
  const rows = table.cells.map(({ codes, countNoisy }) => [...codes, countNoisy, table.margin]);
  const header = columnsOf(table).map(({ name }) => name);
  return textFile(`${table.spec.name}.csv`, 'text/csv', writeCsv([header, ...rows]));
}

/**
 * Rows as RFC 4180 has them. A number may begin with a minus and is one; a text may not.
 *
 * @throws RangeError when a text could be taken for a formula
 */
export function writeCsv(rows: readonly (readonly (string | number)[])[]): string {
  for (const value of rows.flat()) {
    if (typeof value === 'string' && FORMULA.test(value)) {
      throw new RangeError(`A spreadsheet could take this for a formula: ${JSON.stringify(value)}`);
    }
  }
  return stringify(
    rows.map((row) => [...row]),
    { record_delimiter: 'windows' },
  );
}
