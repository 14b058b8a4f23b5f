import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drawnRelease } from '../../../../test/support/drawn-release.js';
import { readCsvw, readJsonStat, readParquetRows } from '../../../../test/support/read-tables.js';
import type { DrawnCell, DrawnTable } from '../table-spec.js';
import { writeCsv } from './csv.js';
import type { Release } from './release.js';
import type { ReleaseFile } from './release-file.js';
import { writeRelease } from './write-release.js';

const complaints = drawnRelease('complaints');
const disclosures = drawnRelease('disclosures');
const releases = [complaints, disclosures];

const bodyOf = (files: readonly ReleaseFile[], name: string) =>
  files.find((file) => file.name === name)?.body ?? new Uint8Array();
const textOf = (files: readonly ReleaseFile[], name: string) => new TextDecoder().decode(bodyOf(files, name));
const withCells = (release: Release, change: (cells: readonly DrawnCell[]) => readonly DrawnCell[]): Release => ({
  ...release,
  tables: release.tables.map((table, index): DrawnTable => {
    return index === 0 ? { ...table, cells: change(table.cells) } : table;
  }),
});

describe('a release', () => {
  it('has four files for each table, the dictionary, the statement, the package, and the checksums last', () => {
    const names = writeRelease(disclosures).map(({ name }) => name);
    expect(names.slice(0, 4)).toEqual(['by-kind.csv', 'by-kind.csv-metadata.json', 'by-kind.json', 'by-kind.parquet']);
    expect(names.slice(16)).toEqual([
      'dictionary.csv',
      'dictionary.md',
      'quality-statement.md',
      'datapackage.json',
      'SHA256SUMS',
    ]);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(releases)(
    'of $dataset.id is the same bytes from the same figures, in whatever order they come',
    (release) => {
      const turned = release.tables.map(({ table, cells }) => ({ table, cells: cells.toReversed() })).toReversed();
      expect(writeRelease({ ...release, tables: turned })).toEqual(writeRelease(release));
    },
  );

  it.each(releases)('of $dataset.id is found whole by sha256sum', (release) => {
    const files = writeRelease(release);
    const folder = mkdtempSync(join(tmpdir(), 'onedoor-release-'));
    try {
      for (const { name, body } of files) writeFileSync(join(folder, name), body);
      const found = execFileSync('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: folder, encoding: 'utf8' });
      const whole = files.slice(0, -1).map(({ name }) => `${name}: OK\n`);
      expect(found).toBe(whole.join(''));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each(releases)('of $dataset.id tells in datapackage.json the length and hash of every other file', (release) => {
    const files = writeRelease(release);
    const { resources } = JSON.parse(textOf(files, 'datapackage.json')) as {
      resources: { path: string; mediatype: string; bytes: number; hash: string }[];
    };
    expect(resources.map(({ path, mediatype, bytes, hash }) => ({ path, mediatype, bytes, hash }))).toEqual(
      files.slice(0, -2).map(({ name, mediaType, body }) => ({
        path: name,
        mediatype: mediaType,
        bytes: body.length,
        hash: `sha256:${createHash('sha256').update(body).digest('hex')}`,
      })),
    );
  });

  it('says in datapackage.json which codes a column can have', () => {
    const { resources } = JSON.parse(textOf(writeRelease(disclosures), 'datapackage.json')) as {
      resources: { name: string; schema?: { primaryKey: string[]; fields: { name: string; constraints: object }[] } }[];
    };
    const schema = resources.find(({ name }) => name === 'by-outcome.csv')?.schema;
    expect(schema?.primaryKey).toEqual(['outcome']);
    expect(schema?.fields.map(({ name, constraints }) => [name, constraints])).toEqual([
      ['outcome', { required: true, enum: ['addressed', 'investigated', 'referred', 'no_action'] }],
      ['count_noisy', { required: true }],
      ['p95_margin', { required: true, minimum: 0 }],
    ]);
  });

  it('has every table, column and code in its dictionary', () => {
    const files = writeRelease(complaints);
    const [csv, markdown] = [textOf(files, 'dictionary.csv'), textOf(files, 'dictionary.md')];
    for (const table of complaints.dataset.tables) {
      for (const dimension of table.dimensions) {
        for (const { code } of dimension.codes(complaints.period)) {
          expect(csv).toContain(`\r\n${table.name},${dimension.name},string,${code},`);
          expect(markdown).toContain(`| \`${code}\` |`);
        }
      }
      expect(csv).toContain(`\r\n${table.name},count_noisy,integer,,`);
    }
  });

  it('reads the same in every format, whatever was drawn', async () => {
    const { name } = disclosures.dataset.tables[3] ?? { name: '' };
    const counts = fc.array(fc.oneof(fc.integer({ min: -2_147_483_647 }), fc.constant(-0)), {
      minLength: 4,
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(counts, async (drawn) => {
        const tables = disclosures.tables.map(({ table, cells }) =>
          table === name
            ? { table, cells: cells.map((cell, index) => ({ ...cell, countNoisy: drawn[index] ?? 0 })) }
            : { table, cells },
        );
        const files = writeRelease({ ...disclosures, tables });
        const metadata = textOf(files, `${name}.csv-metadata.json`);
        const csvw = await readCsvw(textOf(files, `${name}.csv`), metadata, 'https://onedoor.example/t.csv');
        const parquet = readParquetRows(bodyOf(files, `${name}.parquet`)).rows;
        const jsonStat = readJsonStat(textOf(files, `${name}.json`));
        const expected = drawn.map((count) => (count === 0 ? '0' : count.toString()));
        expect(csvw.map((row) => row.count_noisy?.value)).toEqual(expected);
        expect(parquet.map((row) => row.count_noisy?.value)).toEqual(expected);
        expect(csvw.map((row) => jsonStat.Data({ outcome: row.outcome?.value ?? '' })?.value.toString())).toEqual(
          expected,
        );
      }),
      { numRuns: 20 },
    );
  });
});

describe('a release is refused', () => {
  const one = { codes: ['offence'], countNoisy: 1 };
  it.each<[string, Release]>([
    ['without a cell', withCells(disclosures, (cells) => cells.slice(1))],
    ['with a cell twice', withCells(disclosures, (cells) => [...cells, ...cells.slice(0, 1)])],
    ['with a cell that is not declared', withCells(disclosures, (cells) => [...cells, { ...one, codes: ['arson'] }])],
    ['with half a count', withCells(disclosures, (cells) => [{ ...one, countNoisy: 0.5 }, ...cells.slice(1)])],
    ['with more than 32 bits hold', withCells(disclosures, (c) => [{ ...one, countNoisy: 2 ** 31 }, ...c.slice(1)])],
    ['without a table', { ...disclosures, tables: disclosures.tables.slice(1) }],
    ['with a table twice', { ...disclosures, tables: [...disclosures.tables, ...disclosures.tables.slice(0, 1)] }],
    ['with the tables of another', { ...disclosures, tables: complaints.tables }],
    ['for a period of another kind', { ...disclosures, period: complaints.period }],
    ['before its period is over', { ...disclosures, releasedOn: '2026-12-31' }],
    ['on no day', { ...disclosures, releasedOn: '2027-02-30' }],
    ['as number 0', { ...disclosures, number: 0 }],
  ])('%s', (_, release) => {
    expect(() => writeRelease(release)).toThrow(RangeError);
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1'])('that a spreadsheet would compute: %j', (text) => {
    expect(() => writeCsv([['code'], [text]])).toThrow(RangeError);
    expect(writeCsv([['code'], [-1]])).toBe('code\r\n-1\r\n');
  });
});
