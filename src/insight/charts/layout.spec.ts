import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { monthTicks, roundTicks } from './axes.js';
import { linesOf, widthOf } from './lines-of-text.js';
import { spread } from './spread.js';

describe('the layout of pictures', () => {
  it('has a few round ticks from below the least to above the most', () => {
    const some = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(some, some, fc.boolean(), (a, b, whole) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        const ticks = roundTicks(low, high, whole);
        const slack = (high - low) * 1e-6 + 1e-6;
        expect(ticks[0]).toBeLessThanOrEqual(low + slack);
        expect(ticks.at(-1)).toBeGreaterThanOrEqual(high - slack);
        expect(ticks.length).toBeGreaterThanOrEqual(2);
        expect(ticks.length).toBeLessThanOrEqual(8);
        if (whole) expect(ticks.every(Number.isInteger)).toBe(true);
      }),
      { numRuns: 1000, examples: [[-999_999.9999999983, -999_999.9999999981, false]] },
    );
    expect(roundTicks(0, 97, true)).toEqual([0, 20, 40, 60, 80, 100]);
    expect(roundTicks(0, 1, true)).toEqual([0, 1]);
  });

  it('writes the last month always, and no more months than there is room for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 2, max: 8 }), (months, most) => {
        const ticks = monthTicks(months, most);
        expect(ticks.at(-1)).toBe(months - 1);
        expect(ticks.length).toBeLessThanOrEqual(most);
      }),
    );
  });

  it('breaks a text into lines that fit and leaves out nothing of it', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), fc.integer({ min: 60, max: 360 }), (text, width) => {
        const lines = linesOf(text, width);
        for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width);
        expect(lines.join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
      }),
    );
  });

  it('is as wide for a vowel with a macron as for one without', () => {
    expect(widthOf('Kāinga')).toBe(widthOf('Kainga'));
  });

  it('keeps names apart and where they would stand when there is room', () => {
    const wanted = fc.array(
      fc.record({ y: fc.integer({ min: 0, max: 200 }), height: fc.integer({ min: 10, max: 40 }) }),
      {
        maxLength: 5,
      },
    );
    fc.assert(
      fc.property(wanted, (names) => {
        const middles = spread(names, 0, 200);
        const placed = names
          .map(({ height }, at) => ({ top: (middles[at] ?? 0) - height / 2, bottom: (middles[at] ?? 0) + height / 2 }))
          .sort((a, b) => a.top - b.top);
        placed.forEach(({ top, bottom }, at) => {
          expect(top).toBeGreaterThanOrEqual((placed[at - 1]?.bottom ?? 0) - 1e-9);
          expect(bottom).toBeLessThanOrEqual(200 + 1e-9);
        });
      }),
    );
    expect(
      spread(
        [
          { y: 50, height: 20 },
          { y: 90, height: 20 },
        ],
        0,
        200,
      ),
    ).toEqual([50, 90]);
  });
});
