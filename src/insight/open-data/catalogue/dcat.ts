import type { Text } from '../../../agencies/data-file.js';
import type { DescribedFile } from '../files/checksums.js';
import { catalogueUrl, datasetUrl, LICENCE_URL, releaseUrl, revision } from '../release-url.js';
import type { DatasetSpec } from '../table-spec.js';
import { byDataset, inOrder, type Catalogue, type PublishedRelease } from './published-release.js';

const CONTEXT = {
  dcat: 'http://www.w3.org/ns/dcat#',
  dct: 'http://purl.org/dc/terms/',
  foaf: 'http://xmlns.com/foaf/0.1/',
  spdx: 'http://spdx.org/rdf/terms#',
  vcard: 'http://www.w3.org/2006/vcard/ns#',
  xsd: 'http://www.w3.org/2001/XMLSchema#',
};
const FREQUENCY = 'http://publications.europa.eu/resource/authority/frequency/';
const IANA = 'https://www.iana.org/assignments/media-types/';

/**
 * The catalogue in DCAT 3 as JSON-LD: a series for each dataset (§ 11), in it a dataset for each release with its version
 * (§ 12), and a distribution with its checksum for each file. Releases that were followed by another stay in it.
 */
export function dcatCatalogue(catalogue: Catalogue): Readonly<Record<string, unknown>> {
  const datasets = byDataset(catalogue.releases).map(inOrder);
  const { baseUrl, publisher } = catalogue;
  return {
    '@context': CONTEXT,
    '@id': catalogueUrl(baseUrl, 'catalogue.jsonld'),
    '@type': 'dcat:Catalog',
    'dct:title': english('OneDoor open data'),
    'dct:description': english('Figures on complaints and protected disclosures, with differentially private noise.'),
    'dct:publisher': { '@type': 'foaf:Agent', 'foaf:name': publisher.name },
    'dct:license': { '@id': LICENCE_URL },
    'dcat:dataset': datasets.flatMap((releases) => [
      ...releases.slice(0, 1).map(({ dataset }) => series(catalogue, dataset)),
      ...releases.map((release) => ofRelease(catalogue, release)),
    ]),
  };
}

function series({ baseUrl, publisher }: Catalogue, { id, title, description, keywords, periodKind }: DatasetSpec) {
  return {
    '@id': datasetUrl(baseUrl, id),
    '@type': 'dcat:DatasetSeries',
    'dct:title': inLanguages(title),
    'dct:description': english(description),
    'dct:publisher': { '@type': 'foaf:Agent', 'foaf:name': publisher.name },
    'dcat:contactPoint': contact(publisher),
    'dcat:keyword': keywords.map(english),
    'dct:accrualPeriodicity': { '@id': `${FREQUENCY}${periodKind === 'quarter' ? 'QUARTERLY' : 'ANNUAL'}` },
  };
}

function ofRelease(
  { baseUrl, publisher }: Catalogue,
  { dataset, period, number, releasedOn, files }: PublishedRelease,
) {
  const name = { dataset: dataset.id, period: period.text, number };
  const before =
    number > 1 ? { 'dcat:previousVersion': { '@id': releaseUrl(baseUrl, { ...name, number: number - 1 }) } } : {};
  return {
    '@id': releaseUrl(baseUrl, name),
    '@type': 'dcat:Dataset',
    'dct:identifier': releaseUrl(baseUrl, name),
    'dct:title': english(`${dataset.title.en}, ${period.text}`),
    'dct:description': english(dataset.description),
    'dct:publisher': { '@type': 'foaf:Agent', 'foaf:name': publisher.name },
    'dcat:contactPoint': contact(publisher),
    'dcat:keyword': dataset.keywords.map(english),
    'dcat:inSeries': { '@id': datasetUrl(baseUrl, dataset.id) },
    'dcat:version': revision(number),
    ...before,
    'dct:issued': date(releasedOn),
    'dct:license': { '@id': LICENCE_URL },
    'dct:temporal': {
      '@type': 'dct:PeriodOfTime',
      'dcat:startDate': date(period.firstDay),
      'dcat:endDate': date(period.lastDay),
    },
    'dcat:distribution': files.map((file) => distribution(releaseUrl(baseUrl, name, file.name), file)),
  };
}

function distribution(url: string, { name, mediaType, bytes, sha256 }: DescribedFile) {
  return {
    '@id': url,
    '@type': 'dcat:Distribution',
    'dct:title': english(name),
    'dcat:downloadURL': { '@id': url },
    'dcat:accessURL': { '@id': url },
    'dcat:mediaType': { '@id': `${IANA}${mediaType}` },
    'dcat:byteSize': { '@value': bytes.toString(), '@type': 'xsd:nonNegativeInteger' },
    'dct:license': { '@id': LICENCE_URL },
    'spdx:checksum': {
      '@type': 'spdx:Checksum',
      'spdx:algorithm': { '@id': 'spdx:checksumAlgorithm_sha256' },
      'spdx:checksumValue': { '@value': sha256, '@type': 'xsd:hexBinary' },
    },
  };
}

function contact({ contactName, contactEmail }: Catalogue['publisher']) {
  return { '@type': 'vcard:Kind', 'vcard:fn': contactName, 'vcard:hasEmail': { '@id': `mailto:${contactEmail}` } };
}

function date(day: string) {
  return { '@value': day, '@type': 'xsd:date' };
}

function english(text: string) {
  return { '@value': text, '@language': 'en' };
}

function inLanguages({ en, mi }: Text) {
  return mi === undefined ? english(en) : [english(en), { '@value': mi, '@language': 'mi' }];
}
