import { isThere, monthNumber, type MonthValue } from './month-series.js';
import type { Limits } from './limits.js';
import { signalsOf, type Rule } from './signals.js';

/** Fewest months that limits are drawn from. */
const BASELINE = 12;

export interface PhaseOptions {
  /** How many months with a value the baseline has, 12 and more. @default 12 */
  readonly baseline?: number;
  /** The months, `YYYY-MM`, from which on a recorded decision says that a new baseline begins. Nothing else moves it. */
  readonly rebase?: readonly string[];
}

/** A month on a control chart. */
export interface ControlPoint extends MonthValue {
  /** Null where the phase has too few months for a baseline, or months that are all the same. */
  readonly limits: Limits | null;
  /** Whether the limits were drawn from this month. */
  readonly baseline: boolean;
  /** From 0; each rebase begins the next. */
  readonly phase: number;
  readonly signals: readonly Rule[];
}

/**
 * Judges each phase of a series by the limits of its own frozen baseline, which is its first months.
 *
 * A phase with fewer months than a baseline has no limits and no signals: the decision to rebase says that the old
 * limits hold no more, and limits of a few months are wrong more often than right.
 *
 * @param limitsOf what a baseline says of any month of its phase, null when it says nothing
 * @throws RangeError when the baseline is shorter than 12, or a month to rebase from is none
 */
export function judgePhases<T extends MonthValue>(
  series: readonly T[],
  { baseline = BASELINE, rebase = [] }: PhaseOptions,
  limitsOf: (baseline: readonly T[]) => (month: T) => Limits | null,
): ControlPoint[] {
  if (!(baseline >= BASELINE)) throw new RangeError(`A baseline has at least ${BASELINE.toString()} months.`);
  return phasesOf(series, rebase).flatMap((months, phase) => {
    const end = endOfBaseline(months, baseline);
    const limitsIn = end === 0 ? () => null : limitsOf(months.slice(0, end));
    const judged = months.map((one) => ({ value: one.value, limits: limitsIn(one) }));
    const signals = signalsOf(judged);
    return months.map(({ month, value }, at) => ({
      month,
      value,
      limits: judged[at]?.limits ?? null,
      baseline: at < end && value !== null,
      phase,
      signals: signals[at] ?? [],
    }));
  });
}

function phasesOf<T extends MonthValue>(series: readonly T[], rebase: readonly string[]): T[][] {
  const starts = new Set(rebase.map(monthNumber));
  const phases: T[][] = [];
  for (const one of series) {
    const current = phases.at(-1);
    if (current && !starts.has(monthNumber(one.month))) current.push(one);
    else phases.push([one]);
  }
  return phases;
}

/* The place after the last month of the baseline; 0 where there are too few. */
function endOfBaseline(months: readonly MonthValue[], wanted: number): number {
  let seen = 0;
  return months.findIndex((month) => isThere(month) && ++seen === wanted) + 1;
}
