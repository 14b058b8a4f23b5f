import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { DOMParser } from 'linkedom';
import { datasets, drawnRelease } from '../../../../test/support/drawn-release.js';
import { readJsonLd } from '../../../../test/support/read-json-ld.js';
import { describeFile } from '../files/checksums.js';
import { writeRelease } from '../files/write-release.js';
import { parsePeriod } from '../periods.js';
import type { DatasetId } from '../table-spec.js';
import { dataJson } from './data-json.js';
import { dcatCatalogue } from './dcat.js';
import { releaseFeed } from './feed.js';
import type { Catalogue, PublishedRelease } from './published-release.js';

const BASE = 'https://onedoor.example/open-data/v1';
const filesOf = { complaints: writeFiles('complaints'), disclosures: writeFiles('disclosures') };

function writeFiles(id: DatasetId) {
  return writeRelease(drawnRelease(id)).map(describeFile);
}

function published(id: DatasetId, period: string, number: number, releasedOn: string): PublishedRelease {
  return { dataset: datasets[id], period: parsePeriod(period), number, releasedOn, files: filesOf[id] };
}

const catalogue: Catalogue = {
  publisher: drawnRelease('complaints').publisher,
  baseUrl: 'https://onedoor.example/',
  releases: [
    published('disclosures', '2026', 1, '2027-02-10'),
    published('complaints', '2026-Q4', 1, '2027-01-20'),
    published('complaints', '2026-Q3', 2, '2027-03-01'),
    published('complaints', '2026-Q3', 1, '2026-10-20'),
  ],
};

// The fields that Project Open Data v1.1 requires, without those for agencies of the United States.
const distribution = {
  type: 'object',
  required: ['downloadURL', 'mediaType'],
  properties: {
    downloadURL: { type: 'string', format: 'uri' },
    mediaType: { type: 'string', pattern: '^[a-z]+/[\\w.+-]+$' },
    format: { type: 'string', minLength: 1 },
  },
};
const contactPoint = {
  type: 'object',
  required: ['fn', 'hasEmail'],
  properties: { fn: { type: 'string', minLength: 1 }, hasEmail: { type: 'string', pattern: '^mailto:\\S+@\\S+$' } },
};
const dataset = {
  type: 'object',
  required: [
    'title',
    'description',
    'keyword',
    'modified',
    'publisher',
    'contactPoint',
    'identifier',
    'accessLevel',
    'license',
    'distribution',
    'temporal',
    'accrualPeriodicity',
  ],
  properties: {
    title: { type: 'string', minLength: 1 },
    description: { type: 'string', minLength: 1 },
    keyword: { type: 'array', minItems: 1, items: { type: 'string', minLength: 1 } },
    modified: { type: 'string', format: 'date' },
    publisher: { type: 'object', required: ['name'], properties: { name: { type: 'string', minLength: 1 } } },
    contactPoint,
    identifier: { type: 'string', format: 'uri' },
    accessLevel: { const: 'public' },
    license: { type: 'string', format: 'uri' },
    temporal: { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\d/\\d{4}-\\d\\d-\\d\\d$' },
    accrualPeriodicity: { enum: ['R/P3M', 'R/P1Y'] },
    distribution: { type: 'array', minItems: 1, items: distribution },
  },
};
const schema = {
  type: 'object',
  required: ['conformsTo', 'dataset'],
  properties: {
    conformsTo: { const: 'https://project-open-data.cio.gov/v1.1/schema' },
    dataset: { type: 'array', items: dataset },
  },
};

describe('data.json', () => {
  const json = JSON.stringify(dataJson(catalogue));
  const read = JSON.parse(json) as { dataset: Record<string, unknown>[] };

  it('has what Project Open Data v1.1 requires', () => {
    const ajv = new Ajv({ allErrors: true });
    addFormats.default(ajv);
    ajv.validate(schema, read);
    expect(ajv.errors).toBeNull();
  });

  it('has a dataset with all its periods and the day of the last change', () => {
    expect(read.dataset.map((d) => [d.identifier, d.temporal, d.modified, d.accrualPeriodicity])).toEqual([
      [`${BASE}/complaints`, '2026-07-01/2026-12-31', '2027-03-01', 'R/P3M'],
      [`${BASE}/disclosures`, '2026-01-01/2026-12-31', '2027-02-10', 'R/P1Y'],
    ]);
  });

  it('offers the last release of each period, and nothing that another took the place of', () => {
    expect(json).toContain(`${BASE}/complaints/2026-Q3/r2/received-by-stage.csv"`);
    expect(json).toContain(`${BASE}/complaints/2026-Q4/r1/SHA256SUMS"`);
    expect(json).not.toContain('/2026-Q3/r1/');
  });

  it('is a catalogue before anything is published', () => {
    expect(dataJson({ ...catalogue, releases: [] }).dataset).toEqual([]);
  });
});

describe('the catalogue in DCAT', () => {
  it('states a series for each dataset, every release with its version, and the hash of each file', async () => {
    const quads = await readJsonLd(JSON.stringify(dcatCatalogue(catalogue)), `${BASE}/catalogue.jsonld`);
    const said = (predicate: string) => quads.filter((quad) => quad.predicate.value.endsWith(predicate));
    expect(said('dcat#inSeries').map(({ subject, object }) => [subject.value, object.value])).toEqual([
      [`${BASE}/complaints/2026-Q3/r1/`, `${BASE}/complaints`],
      [`${BASE}/complaints/2026-Q3/r2/`, `${BASE}/complaints`],
      [`${BASE}/complaints/2026-Q4/r1/`, `${BASE}/complaints`],
      [`${BASE}/disclosures/2026/r1/`, `${BASE}/disclosures`],
    ]);
    expect(said('dcat#previousVersion').map(({ subject, object }) => [subject.value, object.value])).toEqual([
      [`${BASE}/complaints/2026-Q3/r2/`, `${BASE}/complaints/2026-Q3/r1/`],
    ]);
    const hashes = [filesOf.complaints, filesOf.complaints, filesOf.complaints, filesOf.disclosures];
    expect(said('checksumValue').map(({ object }) => object.value)).toEqual(hashes.flat().map(({ sha256 }) => sha256));
    expect(said('terms/accrualPeriodicity').map(({ object }) => object.value.split('/').at(-1))).toEqual([
      'QUARTERLY',
      'ANNUAL',
    ]);
  });
});

describe('the feed of releases', () => {
  // linkedom has types of its own only for pages; what is read here is plain XML.
  const parse = (xml: string) => new DOMParser().parseFromString(xml, 'text/xml') as unknown as XmlDocument;
  const texts = (xml: XmlDocument, name: string) =>
    [...xml.querySelectorAll(name)].map(({ textContent }) => textContent);

  it('has every release, the newest first, under the address where it stays', () => {
    const xml = parse(releaseFeed(catalogue));
    expect(texts(xml, 'entry > id')).toEqual([
      `${BASE}/complaints/2026-Q3/r2/`,
      `${BASE}/disclosures/2026/r1/`,
      `${BASE}/complaints/2026-Q4/r1/`,
      `${BASE}/complaints/2026-Q3/r1/`,
    ]);
    expect(texts(xml, 'updated')[0]).toBe('2027-03-01T00:00:00Z');
    expect(texts(xml, 'entry > title')[0]).toBe('Complaints about public services, 2026-Q3, r2');
  });

  it('shows the name of a publisher as it is, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (name) => {
        const xml = releaseFeed({ ...catalogue, releases: [], publisher: { ...catalogue.publisher, name } });
        expect(xml).not.toMatch(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u);
        const writable = name.replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\uFFFD');
        expect(texts(parse(xml), 'name')).toEqual([writable]);
      }),
    );
  });

  it('is a feed before anything is published', () => {
    const xml = parse(releaseFeed({ ...catalogue, releases: [] }));
    expect(texts(xml, 'entry')).toEqual([]);
    expect(texts(xml, 'updated')).toHaveLength(1);
  });
});

interface XmlDocument {
  querySelectorAll(selector: string): Iterable<{ readonly textContent: string }>;
}
