import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cellsChanged, tablesOf } from '../../../../test/insight/cells-changed.js';
import { loadDirectory } from '../../../agencies/directory.js';
import { OUTCOMES } from '../../../cases/case-outcome.js';
import { loadFacetCatalogue } from '../../../routing/facets.js';
import { ACKNOWLEDGED, HAND_OFFS, RESOLVED, TAKEN_UP_AGAIN } from '../../cubes/cubes.js';
import { declareDatasets } from '../datasets.js';
import { parsePeriod } from '../periods.js';
import { domainOf } from '../table-spec.js';
import { tallyComplaints, type ClosedAlike, type ReceivedAlike } from './count-complaints.js';

const facets = loadFacetCatalogue();
const { complaints } = declareDatasets(facets);
const directory = loadDirectory();
const period = parsePeriod('2026-Q3');

/** Answers of today, and one that was an answer once. */
const answer = (name: 'topic' | 'stage' | 'channel') =>
  fc.constantFrom(...facets.codes(name).keys(), 'unknown', 'an_answer_of_old');
const agency = fc.constantFrom(...directory.all().map(({ id }) => id), 'gone');
const received: fc.Arbitrary<ReceivedAlike> = fc.record({
  month: fc.constantFrom(...period.months),
  topic: answer('topic'),
  stage: answer('stage'),
  channel: answer('channel'),
  agency,
  n: fc.integer({ min: 1, max: 50 }),
});
const closed: fc.Arbitrary<ClosedAlike> = fc.record({
  outcome: fc.constantFrom(...OUTCOMES, TAKEN_UP_AGAIN),
  acknowledged: fc.constantFrom(...ACKNOWLEDGED),
  resolved: fc.constantFrom(...RESOLVED),
  handOffs: fc.constantFrom(...HAND_OFFS),
  agency,
  n: fc.integer({ min: 1, max: 50 }),
});
const world = fc.tuple(fc.array(received, { maxLength: 20 }), fc.array(closed, { maxLength: 20 }));

type World = readonly [readonly ReceivedAlike[], readonly ClosedAlike[]];

const count = ([came, went]: World) => tallyComplaints(complaints, period, directory, came, went);

const side = (of: 'received' | 'closed') => tablesOf(complaints, of);

describe('complaints in tables', () => {
  it('are each in one cell of four tables when they come, and of four others when they are closed', () => {
    fc.assert(
      fc.property(world, received, closed, ([came, went], more, done) => {
        const before = count([came, went]);
        const cameOne = cellsChanged(complaints, before, count([[...came, { ...more, n: 1 }], went]));
        const wentOne = cellsChanged(complaints, before, count([came, [...went, { ...done, n: 1 }]]));
        for (const [name, by] of cameOne)
          expect([name, by]).toEqual([name, side('received').includes(name) ? [1] : []]);
        for (const [name, by] of wentOne) expect([name, by]).toEqual([name, side('closed').includes(name) ? [1] : []]);
      }),
    );
    expect([side('received').length, side('closed').length]).toEqual([4, 4]);
  });

  it('are all there in every table of their side, and have every cell of its domain', () => {
    fc.assert(
      fc.property(world, (made) => {
        const counts = count(made);
        for (const table of complaints.tables) {
          const cells = counts.cells(table.name);
          const all = made[table.side === 'received' ? 0 : 1].reduce((sum, { n }) => sum + n, 0);
          expect(cells.map(({ codes }) => codes)).toEqual(domainOf(table, period));
          expect(Number(cells.reduce((sum, cell) => sum + cell.count, 0n))).toBe(all);
        }
      }),
    );
  });

  it('are not counted at all where one has a code that is nowhere declared', () => {
    const wrong = { outcome: 'lost', acknowledged: '0-5', resolved: '0-5', handOffs: '0', agency: 'hdc', n: 1 };
    expect(() => count([[], [wrong]])).toThrow(RangeError);
  });
});
