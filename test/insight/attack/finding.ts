/** How well an attack did. */
export interface Finding {
  readonly attack: string;
  readonly mechanism: string;
  /** What share of trials was guessed right, or of counts was found to the last case. */
  readonly success: number;
  /** The share that whoever sees no figures at all guesses right. */
  readonly baseline: number;
  /** What nobody can do better than, where that is proven. */
  readonly bound: number | null;
  readonly trials: number;
}

/** A guess at whether something is so, in as many trials where it is as where it is not. */
export function guessed(trials: number, guess: (so: boolean) => boolean): number {
  let right = 0;
  for (let i = 0; i < trials; i += 1) right += Number(guess(i % 2 === 0) === (i % 2 === 0));
  return right / trials;
}

/** The share of the commonest: what somebody who knows only how things usually are guesses right. */
export function commonest(values: readonly number[]): number {
  const times = new Map<number, number>();
  for (const value of values) times.set(value, (times.get(value) ?? 0) + 1);
  return Math.max(...times.values()) / values.length;
}

/**
 * How often a count was found to the last case.
 *
 * @param tried the true count of each trial, and what was guessed, which is rounded
 */
export function exactCounts(
  attack: string,
  mechanism: string,
  tried: readonly (readonly [truth: number, guess: number])[],
): Finding {
  const right = tried.filter(([truth, guess]) => Math.round(guess) === truth).length;
  const baseline = commonest(tried.map(([truth]) => truth));
  return { attack, mechanism, success: right / tried.length, baseline, bound: null, trials: tried.length };
}

/** How far a share of trials may be from what it should be by chance: passed once in two million runs. */
export function slack(trials: number): number {
  return 5 * Math.sqrt(0.25 / trials);
}
