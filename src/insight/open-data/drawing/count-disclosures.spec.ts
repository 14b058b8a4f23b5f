import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cellsChanged, tablesOf } from '../../../../test/insight/cells-changed.js';
import { loadDirectory } from '../../../agencies/directory.js';
import { ACTIONS, DUTIES, STEP_KINDS } from '../../../disclosures/duty-steps.js';
import { WRONGDOING_KINDS } from '../../../disclosures/wrongdoing-kinds.js';
import { loadFacetCatalogue } from '../../../routing/facets.js';
import { declareDatasets } from '../datasets.js';
import { parsePeriod } from '../periods.js';
import { tallyDisclosures, type FoundDisclosure, type FoundStep, type ToldKind } from './count-disclosures.js';

const { disclosures } = declareDatasets(loadFacetCatalogue());
const directory = loadDirectory();
const period = parsePeriod('2026');

/** A disclosure with its steps, in whatever order and however many rounds, and the kind that is told at its closing. */
interface Made {
  readonly found: FoundDisclosure;
  readonly steps: readonly FoundStep[];
  readonly kind: (typeof WRONGDOING_KINDS)[number];
}

const day = fc.constantFrom('2025-12-31', '2026-01-01', '2026-03-02', '2026-06-30', '2026-12-31', '2027-01-01');
type Step = Omit<FoundStep, 'caseId'>;

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(...STEP_KINDS),
  round: fc.integer({ min: 1, max: 2 }),
  takenOn: day,
  expectedOn: fc.option(day),
  actions: fc.option(fc.subarray([...ACTIONS], { minLength: 1 })),
});
/* All steps of an agency, so that many are closed with an outcome. */
const dealtWith = fc.constantFrom(...ACTIONS).map((action) =>
  DUTIES.map((kind): Step => ({
    ...{ kind, round: 1, takenOn: '2026-03-02', expectedOn: null },
    actions: kind === 'deal' ? [action] : null,
  })),
);
const made: fc.Arbitrary<Made> = fc
  .record({
    id: fc.uuid(),
    agency: fc.option(fc.constantFrom(...directory.all().map(({ id }) => id), 'gone')),
    receivedOn: day,
    closedOn: fc.option(day),
    dueOn: fc.option(day),
    steps: fc.oneof(dealtWith, fc.array(step, { maxLength: 9 })),
    kind: fc.constantFrom(...WRONGDOING_KINDS),
  })
  .map(({ steps, kind, ...found }): Made => ({
    ...{ found, kind },
    steps: steps.map((one) => ({ ...one, caseId: found.id })).sort((a, b) => a.round - b.round),
  }));
const world = fc.uniqueArray(made, { selector: ({ found }) => found.id, minLength: 1, maxLength: 12 });

const inPeriod = (on: string | null): boolean => on !== null && on >= period.firstDay && on <= period.lastDay;

function count(all: readonly Made[]) {
  const closed = all.filter(({ found }) => inPeriod(found.closedOn));
  const kinds = WRONGDOING_KINDS.map((kind): ToldKind => ({
    kind,
    n: closed.filter((one) => one.kind === kind).length,
  }));
  const [found, steps] = [all.map((one) => one.found), all.flatMap((one) => one.steps)];
  return tallyDisclosures(disclosures, period, directory, found, steps, kinds);
}

const side = (of: 'received' | 'closed') => tablesOf(disclosures, of);

describe('disclosures in tables', () => {
  it('are each in one cell of two tables when they come, and in at most one of two others when they are closed', () => {
    fc.assert(
      fc.property(world, ([more, ...others]) => {
        if (!more) return;
        const { receivedOn, closedOn } = more.found;
        const by = cellsChanged(disclosures, count(others), count([...others, more]));
        for (const name of side('received'))
          expect([name, by.get(name)]).toEqual([name, inPeriod(receivedOn) ? [1] : []]);
        for (const name of side('closed')) {
          const most = inPeriod(closedOn) ? [[1], []] : [[]];
          expect(most).toContainEqual(by.get(name));
        }
      }),
    );
    expect([side('received').length, side('closed').length]).toEqual([2, 2]);
  });

  it('change nothing of what others are counted under, in whatever order they are found', () => {
    fc.assert(
      fc.property(world, (all) => {
        const [one, other] = [count(all), count(all.toReversed())];
        for (const { name } of disclosures.tables) expect(one.cells(name)).toEqual(other.cells(name));
      }),
    );
  });

  it('are not counted at all where one has a kind that is nowhere declared', () => {
    const kinds = [{ kind: 'arson', n: 1 }];
    expect(() => tallyDisclosures(disclosures, period, directory, [], [], kinds)).toThrow(RangeError);
  });
});
