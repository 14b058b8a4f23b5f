import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { published, share } from './published.js';

describe('what is shown of a count', () => {
  it('is "<6" for every count below six, so that zero looks like five', () => {
    for (const n of [0, 3, 4, 5]) expect(published(n)).toEqual({ kind: 'under', below: 6 });
  });

  it('is the perturbed count from six on', () => {
    for (const n of [6, 7, 1_000_000]) expect(published(n)).toEqual({ kind: 'count', count: n });
  });
});

describe('a share', () => {
  it('is the quotient of what is shown', () => {
    expect(share(published(15), published(60))).toBe(0.25);
  });

  it('is not given of fewer than thirty, nor where the part is not shown', () => {
    expect(share(published(15), published(29))).toBeNull();
    expect(share(published(15), published(30))).toBe(0.5);
    expect(share(published(5), published(100))).toBeNull();
    expect(share(published(5), published(5))).toBeNull();
  });

  it('is never more than all', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.nat(500), (part, whole) => {
        const given = share(published(part), published(whole));
        expect(given === null || (given >= 0 && given <= 1)).toBe(true);
      }),
    );
    expect(share(published(34), published(31))).toBe(1);
  });
});
