import type { Ruleset } from './ruleset.js';

/** A ruleset and the first day on which it is in force, YYYY-MM-DD in Pacific/Auckland. */
export interface Publication {
  readonly version: string;
  readonly from: string;
}

/** A ruleset with the time it is, was or will be in force. */
export interface Published extends Publication {
  /** The day on which the next one takes its place, or null where none is to. The same as `from`: replaced within the day. */
  readonly until: string | null;
  readonly ruleset: Ruleset;
}

/**
 * What is in force when: by day, and of one day the one published last.
 *
 * @param baseline what the project published, in order
 * @param register what two people of this server published, in the order of their approval; where it names a version of
 *   the baseline too, this server's own day counts
 */
export function inOrder(baseline: readonly Publication[], register: readonly Publication[]): readonly Publication[] {
  const own = new Set(register.map(({ version }) => version));
  const all = [...baseline.filter(({ version }) => !own.has(version)), ...register];
  // Sorting is stable: of one day, the order of publication stays.
  return all.sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
}

/**
 * The one in force on a day. Before the first day of all it is the first one: a clock that runs wrong must not leave
 * people without a decision.
 *
 * @param published in order, at least one
 */
export function inForceOn<T extends Publication>(published: readonly T[], day: string): T {
  const found = published.findLast(({ from }) => from <= day) ?? published[0];
  if (!found) throw new RangeError('no ruleset was published');
  return found;
}
