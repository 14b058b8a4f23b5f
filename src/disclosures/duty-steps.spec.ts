import { aMonthAfter } from '../clocks/months.js';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { plusDays } from '../clocks/holidays.js';
import { ACTIONS, DUTIES, STEP_KINDS, standingOf, type StepKind, type TakenStep } from './duty-steps.js';

// s 13 and s 15 of the Act, on whatever was done in whatever order on whatever day.

const LODGED = '2026-11-02';
const DUE = '2026-11-30';

/** What somebody tries to do, days after the step before. */
const tries = fc.array(
  fc.record({
    kind: fc.constantFrom(...STEP_KINDS),
    wait: fc.nat(20),
    longer: fc.integer({ min: 1, max: 90 }),
    actions: fc.oneof(
      fc.subarray([...ACTIONS].slice(0, 3), { minLength: 1 }),
      fc.constant<['no_action']>(['no_action']),
    ),
  }),
  { maxLength: 30 },
);

/** The steps that came of trying: those alone that might be taken, and taking it up again where all was done. */
const histories = tries.map((all) => {
  const steps: TakenStep[] = [];
  let day = LODGED;
  for (const { kind, wait, longer, actions } of all) {
    day = plusDays(day, wait);
    const standing = standingOf(steps, DUE, day, true);
    const may = kind === 'reopen' ? standing.outcome !== null : standing.may.includes(kind);
    if (!may) continue;
    const latest = [DUE, day, standing.expectedOn ?? ''].sort().at(-1) ?? day;
    steps.push({
      kind,
      takenOn: day,
      expectedOn: kind === 'extend' ? plusDays(latest, longer) : null,
      actions: kind === 'deal' ? actions : null,
    });
  }
  return { steps, day };
});

const historyAnd = fc.record({ history: histories, later: fc.nat(200) });

const kindsOf = (steps: readonly TakenStep[]): StepKind[] => steps.map(({ kind }) => kind);

describe('s 13: whatever was done in whatever order', () => {
  it('it can be closed when all five are done, and the person was told after what was done last', () => {
    fc.assert(
      fc.property(histories, ({ steps, day }) => {
        const { missing, outcome, next } = standingOf(steps, DUE, day, true);
        const since = kindsOf(steps).slice(kindsOf(steps).lastIndexOf('reopen') + 1);
        const all =
          (['acknowledge', 'consider', 'elsewhere'] as const).every((duty) => kindsOf(steps).includes(duty)) &&
          since.includes('deal') &&
          since.lastIndexOf('inform') > since.lastIndexOf('deal');
        expect(missing.length === 0).toBe(all);
        expect(outcome !== null).toBe(all);
        expect(next === null).toBe(all);
      }),
    );
  });

  it('the first three are never put off, nor is it said to take longer before them', () => {
    fc.assert(
      fc.property(historyAnd, ({ history: { steps, day }, later }) => {
        const { duties } = standingOf(steps, DUE, plusDays(day, later), true);
        for (const { by } of duties.slice(0, 3)) expect(by).toBe(DUE);
        const first = kindsOf(steps).indexOf('extend');
        if (first >= 0) expect(kindsOf(steps).slice(0, first)).toEqual(expect.arrayContaining(DUTIES.slice(0, 3)));
      }),
    );
  });

  it('what comes next may always be done, and whoever does just that comes to the end', () => {
    fc.assert(
      fc.property(histories, ({ steps, day }) => {
        const taken = [...steps];
        let today = day;
        // Each update is a month after the last.
        for (let left = 200; ; left--) {
          const { next, may } = standingOf(taken, DUE, today, true);
          if (!next) return;
          expect(left).toBeGreaterThan(0);
          expect(may).toContain(next.step);
          if (next.by !== null && next.by > today) today = next.by;
          taken.push({ kind: next.step, takenOn: today, expectedOn: null, actions: ['investigating'] });
        }
      }),
    );
  });

  it('nothing is late up to the last of the twenty days, nor up to the day that the person was told in time', () => {
    fc.assert(
      fc.property(historyAnd, ({ history: { steps, day }, later }) => {
        const today = plusDays(day, later);
        const { isLate, expectedOn, duties, missing } = standingOf(steps, DUE, today, true);
        if (today <= DUE) expect(isLate).toBe(false);
        const firstThreeDone = duties.slice(0, 3).every(({ doneOn }) => doneOn !== null);
        if (firstThreeDone && expectedOn !== null && today <= expectedOn) expect(isLate).toBe(false);
        const isFirstTime = !kindsOf(steps).some((kind) => kind === 'inform' || kind === 'reopen');
        if (isFirstTime)
          expect(isLate).toBe(missing.length > 0 && today > (firstThreeDone ? (expectedOn ?? DUE) : DUE));
      }),
    );
  });

  it('what was done late stays said so whatever is done later', () => {
    fc.assert(
      fc.property(histories, ({ steps, day }) => {
        const all = standingOf(steps, DUE, day, true).taken;
        for (const [at] of steps.entries()) {
          expect(standingOf(steps.slice(0, at + 1), DUE, day, true).taken).toEqual(all.slice(0, at + 1));
        }
      }),
    );
  });

  it('an update is for who was told that it takes longer; late with one is late with our aim and not with the law', () => {
    fc.assert(
      fc.property(historyAnd, ({ history: { steps, day }, later }) => {
        const today = plusDays(day, later);
        const { may, updateBy, next, expectedOn, isLate } = standingOf(steps, DUE, today, true);
        expect(may.includes('update')).toBe(expectedOn !== null);
        expect(updateBy !== null).toBe(expectedOn !== null);
        if (next?.step === 'update' && expectedOn !== null && today <= expectedOn) expect(isLate).toBe(false);
        if (next?.step === 'update') expect(next.by).toBe(updateBy);
      }),
    );
  });

  it('nothing is done with what is closed', () => {
    fc.assert(
      fc.property(histories, ({ steps, day }) => {
        expect(standingOf(steps, DUE, day, false).may).toEqual([]);
      }),
    );
  });
});

describe('s 15: the decision to take no action', () => {
  it('is the outcome where it was made last, and is none where something was done after it', () => {
    fc.assert(
      fc.property(histories, ({ steps, day }) => {
        const { outcome, isNoAction } = standingOf(steps, DUE, day, true);
        const since = steps.slice(kindsOf(steps).lastIndexOf('reopen') + 1);
        const last = since.findLast(({ kind }) => kind === 'deal')?.actions ?? [];
        expect(isNoAction).toBe(last.includes('no_action'));
        if (outcome !== null) expect(outcome === 'no_action').toBe(last.includes('no_action'));
      }),
    );
  });
});

describe('a month', () => {
  it('ends on the same day of the next, or on its last where that is shorter', () => {
    expect(['2026-11-30', '2027-01-31', '2028-01-30', '2026-12-15'].map(aMonthAfter)).toEqual([
      '2026-12-30',
      '2027-02-28',
      '2028-02-29',
      '2027-01-15',
    ]);
  });
});
