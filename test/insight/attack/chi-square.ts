/**
 * How far counts are from what was expected: the sum of (seen - expected)^2 / expected.
 *
 * @param expected how many the i-th should be, at least five or so
 */
export function chiSquare(seen: readonly number[], expected: (i: number) => number): number {
  return seen.reduce((sum, count, i) => sum + (count - expected(i)) ** 2 / expected(i), 0);
}

/** The value that chi-square passes once in a million times by chance (Wilson and Hilferty 1931). */
export function critical(degrees: number): number {
  const part = 2 / (9 * degrees);
  return degrees * (1 - part + 4.7534 * Math.sqrt(part)) ** 3;
}

/** How often each whole number below `size` comes up. */
export function tally(size: number, drawn: Iterable<number>): number[] {
  const seen = new Float64Array(size);
  for (const i of drawn) seen[i] = (seen[i] ?? Number.NaN) + 1;
  return [...seen];
}
