import { guessed, type Finding } from './finding.js';
import { cellOf, type Mechanism } from './mechanisms.js';
import type { Case, World } from './world.js';

/**
 * Looks for a disclosure in what is left when the ordinary figures are taken from those of everything. Where disclosures
 * are left out at the source there is no figure of everything: both are made of the same cases and are the same.
 *
 * @param atSource as the cubes are made; false to see what it would cost to count disclosures in totals only
 */
export function totalMinusOrdinary(world: World, mechanism: Mechanism, trials: number, atSource: boolean): Finding {
  const success = guessed(trials, (so) => {
    const ordinary = world.filtered(15, -1);
    const lodged: readonly Case[] = so ? [...ordinary, { ...world.another(), disclosure: true }] : ordinary;
    const counted = atSource ? lodged.filter(({ disclosure }) => !disclosure) : lodged;
    return mechanism.show(cellOf(counted)) !== mechanism.show(cellOf(ordinary));
  });
  const attack = atSource ? 'total minus ordinary' : 'the same, were disclosures in totals';
  return { attack, mechanism: mechanism.name, success, baseline: 0.5, bound: null, trials };
}
