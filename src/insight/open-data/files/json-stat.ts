import { LICENCE_URL } from '../release-url.js';
import type { FilledTable } from './fill-table.js';
import { notesOn } from './notes.js';
import type { Release } from './release.js';
import { jsonFile, type ReleaseFile } from './release-file.js';

/** A table as a dataset of JSON-stat 2.0: values are the noisy counts, the last dimension runs fastest. Labels are English. */
export function tableJsonStat(release: Release, table: FilledTable): ReleaseFile {
  const { spec, dimensions, cells, margin } = table;
  const times = dimensions.filter(({ dimension }) => dimension.role === 'time').map(({ dimension }) => dimension.name);
  return jsonFile(`${spec.name}.json`, 'application/json', {
    version: '2.0',
    class: 'dataset',
    label: `${spec.title.en}, ${release.period.text}`,
    source: release.publisher.name,
    updated: release.releasedOn,
    note: notesOn(table),
    link: { license: [{ href: LICENCE_URL }], describedby: [{ href: 'quality-statement.md', type: 'text/markdown' }] },
    id: dimensions.map(({ dimension }) => dimension.name),
    size: dimensions.map(({ codes }) => codes.length),
    ...(times.length > 0 && { role: { time: times } }),
    dimension: Object.fromEntries(
      dimensions.map(({ dimension, codes }) => [
        dimension.name,
        {
          label: dimension.title.en,
          category: {
            index: codes.map(({ code }) => code),
            label: Object.fromEntries(codes.map(({ code, label }) => [code, label.en])),
          },
        },
      ]),
    ),
    value: cells.map(({ countNoisy }) => countNoisy),
    extension: { period: release.period.text, epsilon: spec.epsilon, p95_margin: margin },
  });
}
