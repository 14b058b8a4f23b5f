import { describe, expect, it } from '@jest/globals';
import { drawnRelease } from '../../../../test/support/drawn-release.js';
import { readJsonLd } from '../../../../test/support/read-json-ld.js';
import { readCsvw, readJsonStat, readParquetRows } from '../../../../test/support/read-tables.js';
import { releaseUrl } from '../release-url.js';
import { domainOf } from '../table-spec.js';
import { writeRelease } from './write-release.js';

const DC = 'http://purl.org/dc/terms/';

const tables = (['complaints', 'disclosures'] as const).flatMap((id) => {
  const release = drawnRelease(id);
  const files = new Map(writeRelease(release).map(({ name, body }) => [name, body]));
  return release.dataset.tables.map((spec) => {
    const bytes = (ending: string) => files.get(`${spec.name}${ending}`) ?? new Uint8Array();
    return {
      name: spec.name,
      names: spec.dimensions.map((dimension) => dimension.name),
      spec,
      release,
      bytes,
      text: (ending: string) => new TextDecoder('utf-8', { fatal: true }).decode(bytes(ending)),
      url: releaseUrl(release.baseUrl, { dataset: id, period: release.period.text, number: 1 }, `${spec.name}.csv`),
      drawn: new Map(
        release.tables.find(({ table }) => table === spec.name)?.cells.map((c) => [c.codes.join(), c.countNoisy]),
      ),
      domain: domainOf(spec, release.period),
    };
  });
});
type Published = (typeof tables)[number];

/** What every format must say of a table, row by row. */
function expected({ names, domain, drawn }: Published, string: string, integer: string) {
  return domain.map((codes) => ({
    ...Object.fromEntries(names.map((name, index) => [name, { type: string, value: codes[index] }])),
    count_noisy: { type: integer, value: String(drawn.get(codes.join())) },
    p95_margin: { type: integer, value: '12' },
  }));
}

describe('independent readers find in every file what was drawn', () => {
  it.each(tables)('$name as CSV on the Web, by its metadata', async (table) => {
    const rows = await readCsvw(table.text('.csv'), table.text('.csv-metadata.json'), table.url);
    expect(rows).toEqual(expected(table, 'string', 'integer'));
  });

  it.each(tables)('$name as Parquet', (table) => {
    const { rows, metadata, nullable } = readParquetRows(table.bytes('.parquet'));
    expect(rows).toEqual(expected(table, 'Utf8', 'Int32'));
    expect(nullable).toEqual([]);
    expect(metadata.get('epsilon')).toBe('0.2500');
    expect(metadata.get('license')).toBe('https://creativecommons.org/licenses/by/4.0/');
  });

  it.each(tables)('$name as JSON-stat', ({ text, spec, names, domain, drawn, release }) => {
    const read = readJsonStat(text('.json'));
    expect([read.class, read.n]).toEqual(['dataset', domain.length]);
    expect(read.id).toEqual(names);
    const found = domain.map((codes) => {
      const cell = Object.fromEntries(names.map((name, index) => [name, codes[index] ?? '']));
      return read.Data(cell)?.value;
    });
    expect(found).toEqual(domain.map((codes) => drawn.get(codes.join())));
    for (const dimension of spec.dimensions) {
      const its = read.Dimension(dimension.name);
      // Where no dimension has a role the file says nothing of roles, and none is told.
      expect(its?.role ?? 'classification').toBe(dimension.role);
      expect(its?.id.map((code) => [code, its.Category(code)?.label])).toEqual(
        dimension.codes(release.period).map(({ code, label }) => [code, label.en]),
      );
    }
  });
});

describe('the metadata of a table', () => {
  it.each(tables)('is found beside $name and names its file, key, licence and day', async (table) => {
    const quads = await readJsonLd(table.text('.csv-metadata.json'), `${table.url}-metadata.json`);
    const said = (predicate: string) =>
      quads.filter((quad) => quad.predicate.value === predicate).map(({ object }) => object.value);
    expect(said('http://www.w3.org/ns/csvw#url')).toEqual([table.url]);
    expect(said('http://www.w3.org/ns/csvw#primaryKey')).toEqual(table.names);
    expect(said(`${DC}license`)).toEqual(['https://creativecommons.org/licenses/by/4.0/']);
    expect(said(`${DC}issued`)).toEqual(['2027-02-10']);
    expect(said(`${DC}title`)).toEqual([table.spec.title.en]);
  });

  it.each(tables)('has the header of $name among the titles, by which readers match the columns', ({ text }) => {
    const { tableSchema } = JSON.parse(text('.csv-metadata.json')) as {
      tableSchema: { columns: { name: string; titles: { en: string[] }; required: boolean }[] };
    };
    expect(tableSchema.columns.map(({ titles }) => titles.en[0]).join()).toBe(text('.csv').split('\r\n')[0]);
    expect(tableSchema.columns.every(({ required }) => required)).toBe(true);
  });
});
