import type { Directory } from '../../../src/agencies/directory.js';
import { decide } from '../../../src/routing/decide.js';
import type { FacetCatalogue } from '../../../src/routing/facets.js';
import type { Ruleset } from '../../../src/routing/ruleset.js';
import { Space } from './walk-space.js';

/** How many different combinations are decided in turn; not a divisor of any number of codes, so that all codes occur. */
const COMBINATIONS = 10_007;

/**
 * Measures `decide` alone, on the core it runs on, over combinations taken evenly from all that nothing stops.
 *
 * @param seconds how long to measure, after as long again to warm up
 * @returns decisions a second
 */
export function decisionsPerSecond(
  ruleset: Ruleset,
  directory: Directory,
  catalogue: FacetCatalogue,
  seconds: number,
): number {
  const space = new Space(catalogue, directory);
  const facets = Array.from({ length: COMBINATIONS }, (_, index) => ({
    ...space.nth((space.size(space.whole) / BigInt(COMBINATIONS)) * BigInt(index)),
    danger: 'none',
    classified: 'no',
  }));
  const run = (): number => {
    const began = performance.now();
    let [decided, passed] = [0, 0];
    while (passed < seconds * 1000) {
      for (const each of facets) decide(ruleset, directory, each);
      decided += facets.length;
      passed = performance.now() - began;
    }
    return decided / (passed / 1000);
  };
  run();
  return Math.round(run());
}
