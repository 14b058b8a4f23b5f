import type { Limits } from './limits.js';

/**
 * Why a month is no chance variation (NHS England, Making data count, Strengthening your decisions, rules of special
 * cause; the same four that the R package NHSRplotthedots draws):
 *
 * - `outside` a limit
 * - `same_side`: one of seven or more months in a row on one side of the centre. On the centre is on no side
 * - `trend`: one of seven or more in a row that each lie above, or each below, the one before
 * - `near_limit`: one of two or three, of three months in a row, beyond two thirds of the way to the same limit
 */
export type Rule = 'outside' | 'same_side' | 'trend' | 'near_limit';

/** A month as the rules see it: null where there is no value or are no limits. */
export interface Judged {
  readonly value: number | null;
  readonly limits: Limits | null;
}

const RUN = 7;

/**
 * The rules that each month breaks.
 *
 * A month that is missing breaks a run, a trend and a group of three: nobody knows on which side it was, and a false
 * alarm costs more than a late one. Months before and after a rebase are to be given separately.
 *
 * @param months one after another
 * @returns for each month its rules, in the order in which {@link Rule} names them
 */
export function signalsOf(months: readonly Judged[]): Rule[][] {
  const found: Record<Rule, Set<number>> = {
    outside: outside(months),
    same_side: runs(months.map(side), 0),
    trend: runs(months.map(step(months)), 1),
    near_limit: nearLimit(months),
  };
  const rules = Object.keys(found) as Rule[];
  return months.map((_, at) => rules.filter((rule) => found[rule].has(at)));
}

function outside(months: readonly Judged[]): Set<number> {
  return places(months, ({ value, limits }) =>
    value === null || !limits ? false : value > limits.upper || value < limits.lower,
  );
}

function places(months: readonly Judged[], is: (month: Judged) => boolean): Set<number> {
  return new Set(months.flatMap((month, at) => (is(month) ? [at] : [])));
}

/* -1 below the centre, 1 above it; 0 on it or not known. */
function side({ value, limits }: Judged): number {
  return value === null || !limits ? 0 : Math.sign(value - limits.centre);
}

function step(months: readonly Judged[]) {
  return ({ value, limits }: Judged, at: number): number => {
    const before = months[at - 1]?.value ?? null;
    return value === null || before === null || !limits ? 0 : Math.sign(value - before);
  };
}

/* Places of the same sign, 0 excepted, that with the `more` months before them make seven or more in a row. */
function runs(signs: readonly number[], more: number): Set<number> {
  const found = new Set<number>();
  let start = 0;
  for (let at = 1; at <= signs.length; at++) {
    if (at < signs.length && signs[at] === signs[start]) continue;
    const first = start - more;
    if (signs[start] !== 0 && at - first >= RUN) for (let one = first; one < at; one++) found.add(one);
    start = at;
  }
  return found;
}

/* -1 or 1 in the outer third towards a limit, but not outside it; 0 elsewhere. */
function outerThird({ value, limits }: Judged): number {
  if (value === null || !limits || value > limits.upper || value < limits.lower) return 0;
  if (value > limits.centre + (2 / 3) * (limits.upper - limits.centre)) return 1;
  return value < limits.centre - (2 / 3) * (limits.centre - limits.lower) ? -1 : 0;
}

function nearLimit(months: readonly Judged[]): Set<number> {
  const thirds = months.map(outerThird);
  const found = new Set<number>();
  for (let at = 0; at + 3 <= months.length; at++) {
    if (months.slice(at, at + 3).some(({ value }) => value === null)) continue;
    for (const way of [-1, 1]) {
      const near = [at, at + 1, at + 2].filter((one) => thirds[one] === way);
      if (near.length >= 2) for (const one of near) found.add(one);
    }
  }
  return found;
}
