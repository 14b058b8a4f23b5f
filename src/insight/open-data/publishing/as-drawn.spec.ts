import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { drawnRelease } from '../../../../test/support/drawn-release.js';
import { writeRelease } from '../files/write-release.js';
import { domainOf, type DatasetSpec, type DrawnTable } from '../table-spec.js';
import { asDrawn } from './as-drawn.js';

const release = drawnRelease('complaints');
const { dataset, period } = release;

/** The dataset as it is declared once a topic is offered no more, or under another name, in whatever order. */
function redeclared(keep: (code: string) => boolean, added: readonly string[]): DatasetSpec {
  const tables = dataset.tables.map((table) => ({
    ...table,
    dimensions: table.dimensions.map((dimension) => ({
      ...dimension,
      codes: (of: typeof period) =>
        dimension.role === 'time'
          ? dimension.codes(of)
          : [
              ...added.map((code) => ({ code, label: { en: `New: ${code}` } })),
              ...dimension.codes(of).filter(({ code }) => keep(code)),
            ].reverse(),
    })),
  }));
  return { ...dataset, tables };
}

const rowsOf = (of: DatasetSpec, name: string): string[] => {
  const file = writeRelease({ ...release, dataset: of }).find((one) => one.name === name);
  return new TextDecoder().decode(file?.body).trimEnd().split('\r\n');
};

describe('a period that was drawn under other codes than today’s', () => {
  it('is as it was declared where nothing changed', () => {
    expect(writeRelease({ ...release, dataset: asDrawn(dataset, release.tables) })).toEqual(writeRelease(release));
  });

  it('has the cells that were drawn, all and no others, whatever is offered by now', () => {
    const codes = dataset.tables.flatMap(({ dimensions }) =>
      dimensions.flatMap((dimension) => dimension.codes(period).map(({ code }) => code)),
    );
    fc.assert(
      fc.property(
        fc.subarray(codes),
        fc.uniqueArray(fc.stringMatching(/^new-[a-z]{1,8}$/), { maxLength: 3 }),
        (gone, added) => {
          const today = redeclared((code) => !gone.includes(code), added);
          for (const { name } of dataset.tables) {
            const csv = `${name}.csv`;
            expect(rowsOf(asDrawn(today, release.tables), csv).sort()).toEqual(rowsOf(dataset, csv).sort());
          }
        },
      ),
      { numRuns: 10 },
    );
  });

  it('says of a choice that is offered no more what it is', () => {
    const today = redeclared((code) => code !== 'delay', []);
    expect(rowsOf(asDrawn(today, release.tables), 'dictionary.csv')).toContain(
      'received-by-month-topic,topic,string,delay,delay,,"A choice when the figures were drawn, which is offered no more."',
    );
  });

  it('is refused where a cell of what was drawn is missing', () => {
    const torn = release.tables.map((table, at): DrawnTable => {
      return at === 0 ? { ...table, cells: table.cells.slice(1) } : table;
    });
    expect(domainOf(dataset.tables[0] ?? never(), period).length).toBeGreaterThan(3);
    expect(() => writeRelease({ ...release, dataset: asDrawn(dataset, torn), tables: torn })).toThrow(RangeError);
  });
});

function never(): never {
  throw new Error('There are tables.');
}
