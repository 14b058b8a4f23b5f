import { guessed, type Finding } from './finding.js';
import { cellOf, type Mechanism } from './mechanisms.js';
import type { World } from './world.js';

/**
 * What it would cost to count disclosures in totals only: looks for one in what is left when ordinary figures are taken from
 * those of everything. Cubes leave disclosures out at the source, so that there is no figure of everything to take from.
 * That is no attack's to show; it is held by the tests that count and draw them with a disclosure and without.
 */
export function totalMinusOrdinary(world: World, mechanism: Mechanism, trials: number): Finding {
  const success = guessed(trials, (so) => {
    const ordinary = world.filtered(15, -1);
    const everything = so ? [...ordinary, { ...world.another(), disclosure: true }] : ordinary;
    return mechanism.show(cellOf(everything)) !== mechanism.show(cellOf(ordinary));
  });
  const attack = 'total minus ordinary, were disclosures in totals';
  return { attack, mechanism: mechanism.name, success, baseline: 0.5, bound: null, trials };
}
