import { datasetUrl, LICENCE_URL, releaseUrl } from '../release-url.js';
import { describeFile } from './checksums.js';
import { columnsOf, keyOf, type Column } from './columns.js';
import type { FilledTable } from './fill-table.js';
import type { Release } from './release.js';
import { jsonFile, type ReleaseFile } from './release-file.js';

/**
 * `datapackage.json`: Data Package v1 with a resource for every other file, and Table Schema v1 for the tables' CSVs.
 *
 * @param files all that the package describes, tables and texts
 */
export function dataPackage(
  release: Release,
  tables: readonly FilledTable[],
  files: readonly ReleaseFile[],
): ReleaseFile {
  const { dataset, period, number, publisher } = release;
  return jsonFile('datapackage.json', 'application/vnd.datapackage+json', {
    profile: 'data-package',
    name: `${dataset.id}-${period.text.toLowerCase()}`,
    id: releaseUrl(release.baseUrl, { dataset: dataset.id, period: period.text, number }),
    title: `${dataset.title.en}, ${period.text}`,
    description: dataset.description,
    homepage: datasetUrl(release.baseUrl, dataset.id),
    version: `${number.toString()}.0.0`,
    // The day is all that is told: midnight UTC is the same day in New Zealand.
    created: `${release.releasedOn}T00:00:00Z`,
    keywords: dataset.keywords,
    licenses: [{ name: 'CC-BY-4.0', path: LICENCE_URL, title: 'Creative Commons Attribution 4.0 International' }],
    contributors: [{ title: publisher.name, email: publisher.contactEmail, role: 'publisher' }],
    resources: files.map((file) => {
      const table = tables.find(({ spec }) => file.name === `${spec.name}.csv`);
      return { ...resource(file), ...(table && tabular(table)) };
    }),
  });
}

function resource(file: ReleaseFile) {
  const { name, mediaType, bytes, sha256 } = describeFile(file);
  const ending = name.slice(name.lastIndexOf('.') + 1);
  const encoding = mediaType === 'application/vnd.apache.parquet' ? {} : { encoding: 'utf-8' };
  return { name, path: name, format: ending, mediatype: mediaType, ...encoding, bytes, hash: `sha256:${sha256}` };
}

function tabular(table: FilledTable) {
  return {
    profile: 'tabular-data-resource',
    title: table.spec.title.en,
    description: table.spec.meaning,
    dialect: { lineTerminator: '\r\n' },
    schema: { fields: columnsOf(table).map(field), primaryKey: keyOf(table) },
  };
}

function field({ name, type, title, meaning, codes, minimum }: Column) {
  const among = codes.length > 0 ? { enum: codes.map(({ code }) => code) } : {};
  const least = minimum === undefined ? {} : { minimum };
  return { name, type, title: title.en, description: meaning, constraints: { required: true, ...among, ...least } };
}
