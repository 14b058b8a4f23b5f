import { parquetWriteBuffer } from 'hyparquet-writer';
import { LICENCE_URL } from '../release-url.js';
import type { FilledTable } from './fill-table.js';
import type { Release } from './release.js';
import type { ReleaseFile } from './release-file.js';

/**
 * A table as Apache Parquet: the columns of its CSV, codes as strings and numbers as 32-bit integers, none of them
 * nullable. Title, period, ε and licence are in its key-value metadata.
 */
export function tableParquet(release: Release, table: FilledTable): ReleaseFile {
  const { spec, dimensions, cells, margin } = table;
  const body = parquetWriteBuffer({
    columnData: [
      ...dimensions.map(({ dimension }, index) => ({
        name: dimension.name,
        data: cells.map(({ codes }) => codes[index]),
        type: 'STRING' as const,
        nullable: false,
      })),
      { name: 'count_noisy', data: cells.map((cell) => cell.countNoisy), type: 'INT32', nullable: false },
      { name: 'p95_margin', data: cells.map(() => margin), type: 'INT32', nullable: false },
    ],
    // A few kilobytes: not worth bytes that would change with the version of a compressor.
    codec: 'UNCOMPRESSED',
    createdBy: 'OneDoor',
    kvMetadata: [
      { key: 'title', value: spec.title.en },
      { key: 'period', value: release.period.text },
      { key: 'epsilon', value: spec.epsilon },
      { key: 'license', value: LICENCE_URL },
    ],
  });
  return { name: `${spec.name}.parquet`, mediaType: 'application/vnd.apache.parquet', body: new Uint8Array(body) };
}
