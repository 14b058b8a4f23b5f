import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { inForceOn, inOrder, type Publication } from './in-force.js';

const day = fc.integer({ min: 1, max: 28 }).map((n) => `2027-02-${n.toString().padStart(2, '0')}`);
const list = (prefix: string): fc.Arbitrary<Publication[]> =>
  fc.array(day, { maxLength: 6 }).map((days) => days.map((from, n) => ({ version: `${prefix}${n.toString()}`, from })));
const baseline = fc
  .tuple(day, list('b'))
  .map(([from, more]) =>
    [{ version: 'first', from }, ...more].sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0)),
  );

describe('what is in force', () => {
  it('on any day is the one published last of those whose day has come', () => {
    fc.assert(
      fc.property(baseline, list('r'), day, (shipped, register, today) => {
        const begun = [...shipped, ...register].filter(({ from }) => from <= today);
        const latest = begun
          .map(({ from }) => from)
          .sort()
          .at(-1);
        const expected = begun.findLast(({ from }) => from === latest) ?? inOrder(shipped, register)[0];
        expect(inForceOn(inOrder(shipped, register), today)).toEqual(expected);
      }),
    );
  });

  it('on a day before all of them is the first', () => {
    fc.assert(
      fc.property(baseline, list('r'), (shipped, register) => {
        const all = inOrder(shipped, register);
        expect(inForceOn(all, '2020-01-01')).toBe(all[0]);
      }),
    );
  });

  it('never changes for the days gone by, whatever is published for today or later', () => {
    fc.assert(
      fc.property(baseline, list('r'), day, list('n'), day, (shipped, register, today, later, past) => {
        fc.pre(past < today);
        fc.pre(shipped.some(({ from }) => from <= past)); // before the first of all there was no server
        const added = later.filter(({ from }) => from >= today);
        const before = inForceOn(inOrder(shipped, register), past);
        expect(inForceOn(inOrder(shipped, [...register, ...added]), past)).toEqual(before);
      }),
    );
  });

  it('counts from this server’s own day where its people published what a newer copy ships as well', () => {
    const shipped = [
      { version: 'first', from: '2027-02-01' },
      { version: 'second', from: '2027-02-10' },
    ];
    const register = [{ version: 'second', from: '2027-02-20' }];
    expect(inForceOn(inOrder(shipped, register), '2027-02-15').version).toBe('first');
    expect(inForceOn(inOrder(shipped, register), '2027-02-20').version).toBe('second');
  });
});
