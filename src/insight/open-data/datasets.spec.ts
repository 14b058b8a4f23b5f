import { describe, expect, it } from '@jest/globals';
import { DISCLOSURE_OUTCOMES, OUTCOMES } from '../../cases/case-outcome.js';
import { FACET_NAMES, loadFacetCatalogue } from '../../routing/facets.js';
import { TAKEN_UP_AGAIN } from '../cubes/cubes.js';
import { declareDatasets } from './datasets.js';
import { parsePeriod } from './periods.js';
import { GROUPED_SECTORS, SECTOR_GROUP_CODES, sectorGroup } from './sector-groups.js';
import { domainOf, type DatasetSpec } from './table-spec.js';

const facets = loadFacetCatalogue();
const datasets = declareDatasets(facets);
const all: readonly DatasetSpec[] = [datasets.complaints, datasets.disclosures];
const periodOf = ({ periodKind }: DatasetSpec) => parsePeriod(periodKind === 'quarter' ? '2026-Q3' : '2026');
const tables = all.flatMap((dataset) =>
  dataset.tables.map((table) => ({ table, name: table.name, period: periodOf(dataset) })),
);
const codesOf = (name: string, dimension: number) => {
  const found = tables.find(({ table }) => table.name === name);
  return found?.table.dimensions[dimension]?.codes(found.period).map(({ code }) => code);
};

describe('the datasets', () => {
  it.each(all)('spend on $id no more than its cap, to the last decimal', ({ tables: its, cap }) => {
    const tenThousandths = its.reduce((sum, { epsilon }) => sum + BigInt(epsilon.replace('.', '')), 0n);
    expect(tenThousandths).toBe(BigInt(cap.replace('.', '')));
  });

  it('have eight tables for complaints and four for disclosures, each name once', () => {
    expect(datasets.complaints.tables.map(({ side }) => side)).toEqual([
      ...Array<string>(4).fill('received'),
      ...Array<string>(4).fill('closed'),
    ]);
    expect(datasets.disclosures.tables).toHaveLength(4);
    expect(new Set(tables.map(({ name }) => name)).size).toBe(12);
  });

  it('count disclosures by one thing at a time, and never by agency, month or place', () => {
    expect(datasets.disclosures.tables.map(({ dimensions }) => dimensions.map(({ name }) => name))).toEqual([
      ['kind'],
      ['sector'],
      ['timeliness'],
      ['outcome'],
    ]);
  });

  it.each(tables)('name every cell of $name once, as many as its codes multiply to', ({ table, period }) => {
    const domain = domainOf(table, period);
    const size = table.dimensions.reduce((product, dimension) => product * dimension.codes(period).length, 1);
    expect(domain).toHaveLength(size);
    expect(new Set(domain.map((codes) => codes.join('\n'))).size).toBe(size);
  });

  it.each(tables)('have codes for $name that no spreadsheet takes for a formula', ({ table, period }) => {
    const texts = table.dimensions.flatMap((dimension) => [
      dimension.name,
      ...dimension.codes(period).map((c) => c.code),
    ]);
    expect(texts.filter((text) => !/^[a-z0-9][a-z0-9_-]*$/.test(text))).toEqual([]);
  });

  it('take up every answer that a complaint can have, and the one that was not given', () => {
    for (const [name, index] of [
      ['received-by-month-topic', 1],
      ['received-by-month-sector', 1],
      ['received-by-stage', 0],
      ['received-by-channel', 0],
    ] as const) {
      const facet = FACET_NAMES.find((each) => name.endsWith(each));
      const answers = facet ? [...facets.codes(facet).keys()] : [];
      expect(new Set(codesOf(name, index))).toEqual(new Set([...answers, 'unknown']));
      expect(answers.length).toBeGreaterThan(3);
    }
  });

  it('take up every way in which a case can end', () => {
    expect(codesOf('closed-by-outcome-sector', 0)).toEqual([...OUTCOMES, TAKEN_UP_AGAIN]);
    expect(codesOf('by-outcome', 0)).toEqual(DISCLOSURE_OUTCOMES);
  });

  it('put every sector into one of five groups', () => {
    expect([...GROUPED_SECTORS].sort()).toEqual([...new Set([...facets.codes('sector').keys(), 'unknown'])].sort());
    expect(SECTOR_GROUP_CODES).toHaveLength(5);
    expect(codesOf('by-sector', 0)).toEqual(
      expect.arrayContaining([sectorGroup('police'), sectorGroup('not a sector')]),
    );
  });

  it('name months as the pages do', () => {
    const inWords = (language: string) => new Intl.DateTimeFormat(`${language}-NZ`, { month: 'long', timeZone: 'UTC' });
    const months = ['2026-Q1', '2026-Q2', '2026-Q3', '2026-Q4'].flatMap((quarter) =>
      datasets.complaints.tables[0]?.dimensions[0]?.codes(parsePeriod(quarter)),
    );
    expect(months.map((month) => month?.label)).toEqual(
      Array.from({ length: 12 }, (_, month) => ({
        en: `${inWords('en').format(Date.UTC(2026, month))} 2026`,
        mi: `${inWords('mi').format(Date.UTC(2026, month))} 2026`,
      })),
    );
  });
});
