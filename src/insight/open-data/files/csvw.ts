import type { Text } from '../../../agencies/data-file.js';
import { LICENCE_URL, releaseUrl } from '../release-url.js';
import { columnsOf, keyOf, type Column } from './columns.js';
import type { FilledTable } from './fill-table.js';
import type { Release } from './release.js';
import { jsonFile, type ReleaseFile } from './release-file.js';
import { notesOn } from './notes.js';

/**
 * Metadata of a table's CSV: W3C Metadata Vocabulary for Tabular Data (2015), found beside it by its name
 * (Model for Tabular Data § 5.3). The header is the first English title of each column, by which readers match them.
 */
export function tableCsvw(release: Release, table: FilledTable): ReleaseFile {
  const { dataset, period, number } = release;
  const csv = `${table.spec.name}.csv`;
  return jsonFile(`${csv}-metadata.json`, 'application/csvm+json', {
    '@context': ['http://www.w3.org/ns/csvw', { '@language': 'en' }],
    url: csv,
    'dc:identifier': releaseUrl(release.baseUrl, { dataset: dataset.id, period: period.text, number }, csv),
    'dc:title': inLanguages(table.spec.title),
    'dc:description': { '@value': table.spec.meaning, '@language': 'en' },
    'dc:publisher': { 'schema:name': { '@value': release.publisher.name } },
    'dc:license': { '@id': LICENCE_URL },
    'dc:issued': { '@value': release.releasedOn, '@type': 'xsd:date' },
    'dc:temporal': { '@value': `${period.firstDay}/${period.lastDay}` },
    notes: notesOn(table).map((note) => ({ '@value': note, '@language': 'en' })),
    tableSchema: { columns: columnsOf(table).map(described), primaryKey: keyOf(table) },
  });
}

function described(column: Column) {
  const { name, title, meaning, type, minimum } = column;
  return {
    name,
    titles: { en: [name, title.en], ...(title.mi !== undefined && { mi: title.mi }) },
    'dc:description': { '@value': meaning, '@language': 'en' },
    datatype: minimum === undefined ? { base: type } : { base: type, minimum },
    required: true,
  };
}

function inLanguages({ en, mi }: Text) {
  const english = { '@value': en, '@language': 'en' };
  return mi === undefined ? english : [english, { '@value': mi, '@language': 'mi' }];
}
