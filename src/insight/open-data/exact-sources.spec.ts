import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';

/** What noise passes through on its way from the system's generator to a stored integer. */
const EXACT = [
  'exact-random.ts',
  'discrete-laplace.ts',
  'epsilon.ts',
  'margin.ts',
  'drawing/true-counts.ts',
  'drawing/draw-release.ts',
];

/** What rounds, or draws from what can be guessed (Mironov 2012: rounded noise gives counts away). */
const INEXACT: Readonly<Record<string, RegExp>> = {
  'Math.random or another function of Math': /\bMath\b/,
  'a number with a point': /[0-9]\.[0-9]/,
  'a number with an exponent': /\b\d+e-?\d/i,
  'a conversion to floating point': /\bNumber\s*\(|parseFloat|parseInt|asUintN|toFixed|Float(?:16|32|64)/,
  'a random number that is not of the cryptographic generator': /pseudoRandomBytes|getRandomValues|randomInt/,
};

describe.each(EXACT)('%s', (file) => {
  it.each(Object.entries(INEXACT))('is free of %s', async (_, pattern) => {
    const source = await readFile(new URL(file, import.meta.url), 'utf8');
    expect(source.split('\n').filter((line) => pattern.test(line))).toEqual([]);
  });
});

describe('the rules', () => {
  it('find what they are there to find', () => {
    for (const line of ['Math.random()', '0.5', '1e-3', 'Number(x)', "parseFloat('1')", 'randomInt(3)']) {
      expect(Object.values(INEXACT).some((pattern) => pattern.test(line))).toBe(true);
    }
  });
});
