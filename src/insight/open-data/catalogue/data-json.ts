import { catalogueUrl, datasetUrl, LICENCE_URL, releaseUrl } from '../release-url.js';
import { byDataset, lastOfEachPeriod, type Catalogue, type PublishedRelease } from './published-release.js';

const SCHEMA = 'https://project-open-data.cio.gov/v1.1/schema';

/** The catalogue as it is served. */
export interface DataJson {
  readonly conformsTo: string;
  readonly dataset: readonly object[];
  readonly [field: string]: unknown;
}

/**
 * `data.json` as data.govt.nz harvests it: Project Open Data metadata schema v1.1, without the fields that are the United
 * States' own (`bureauCode`, `programCode`). A dataset has the files of the last release of each period.
 */
export function dataJson(catalogue: Catalogue): DataJson {
  return {
    '@context': `${SCHEMA}/catalog.jsonld`,
    '@id': catalogueUrl(catalogue.baseUrl, 'data.json'),
    '@type': 'dcat:Catalog',
    conformsTo: SCHEMA,
    describedBy: `${SCHEMA}/catalog.json`,
    dataset: byDataset(catalogue.releases).flatMap((releases) => dataset(catalogue, lastOfEachPeriod(releases))),
  };
}

function dataset(catalogue: Catalogue, releases: readonly PublishedRelease[]): readonly object[] {
  const { baseUrl, publisher } = catalogue;
  const [first, last] = [releases[0], releases.at(-1)];
  if (!first || !last) return [];
  const { id, title, description, keywords, periodKind } = last.dataset;
  return [
    {
      '@type': 'dcat:Dataset',
      title: title.en,
      description,
      identifier: datasetUrl(baseUrl, id),
      keyword: keywords,
      issued: first.releasedOn,
      modified: releases.map(({ releasedOn }) => releasedOn).reduce((a, b) => (a > b ? a : b)),
      publisher: { '@type': 'org:Organization', name: publisher.name },
      contactPoint: {
        '@type': 'vcard:Contact',
        fn: publisher.contactName,
        hasEmail: `mailto:${publisher.contactEmail}`,
      },
      accessLevel: 'public',
      license: LICENCE_URL,
      language: ['en-NZ'],
      spatial: 'New Zealand',
      temporal: `${first.period.firstDay}/${last.period.lastDay}`,
      accrualPeriodicity: periodKind === 'quarter' ? 'R/P3M' : 'R/P1Y',
      landingPage: datasetUrl(baseUrl, id),
      describedBy: releaseUrl(
        baseUrl,
        { dataset: id, period: last.period.text, number: last.number },
        'dictionary.csv',
      ),
      describedByType: 'text/csv',
      distribution: releases.toReversed().flatMap((release) => distributions(baseUrl, release)),
    },
  ];
}

function distributions(baseUrl: string, { dataset, period, number, files }: PublishedRelease): readonly object[] {
  return files.map(({ name, mediaType }) => ({
    '@type': 'dcat:Distribution',
    title: `${name}, ${period.text}`,
    downloadURL: releaseUrl(baseUrl, { dataset: dataset.id, period: period.text, number }, name),
    mediaType,
    format: formatOf(name),
  }));
}

/** How people call the format of a file. */
function formatOf(name: string): string {
  if (name.endsWith('.csv-metadata.json')) return 'CSVW';
  if (name === 'datapackage.json') return 'Data Package';
  if (name.endsWith('.json')) return 'JSON-stat';
  if (name.endsWith('.csv')) return 'CSV';
  if (name.endsWith('.parquet')) return 'Parquet';
  return name.endsWith('.md') ? 'Markdown' : 'Text';
}
