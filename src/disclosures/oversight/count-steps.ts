import { DUTIES, standingOf, type TakenStep } from '../duty-steps.js';

/** By which law or promise the steps are due. */
export type OversightBasis = 'pda_s13' | 'our_aim';

/** One disclosure at one agency that received it. Days are YYYY-MM-DD. */
export interface CountedRound {
  readonly agencyId: string;
  readonly basis: OversightBasis;
  readonly startedOn: string;
  readonly dueOn: string;
  /** The day another agency took it over. */
  readonly stoppedOn: string | null;
  readonly isClosed: boolean;
  /** In the order in which they were taken. */
  readonly steps: readonly TakenStep[];
}

/** What is counted of an agency in a quarter. */
export interface Tally {
  readonly quarter: string;
  readonly agencyId: string;
  readonly basis: OversightBasis;
  received: number;
  /** Each with one figure for every duty, in their order. */
  readonly onTime: number[];
  readonly late: number[];
  readonly overdue: number[];
  longer: number;
  noAction: number;
}

/**
 * The first day of the quarter of a day.
 *
 * @param day YYYY-MM-DD
 */
export function quarterOf(day: string): string {
  const month = Math.floor((Number(day.slice(5, 7)) - 1) / 3) * 3 + 1;
  return `${day.slice(0, 4)}-${month.toString().padStart(2, '0')}-01`;
}

/** Counts disclosures, by agency and quarter of receipt. */
export class Tallies {
  readonly #all = new Map<string, Tally>();

  /** @param today the day in Auckland */
  constructor(private readonly today: string) {}

  /**
   * Adds one. What was done after it was taken up again has no day, and does not undo what was done before; at an agency
   * that handed it on, what was not done by then is not looked at after.
   */
  add({ agencyId, basis, startedOn, dueOn, stoppedOn, isClosed, steps }: CountedRound): void {
    const tally = this.#of(quarterOf(startedOn), agencyId, basis);
    const until = stoppedOn !== null && stoppedOn < this.today ? stoppedOn : this.today;
    const again = steps.findIndex(({ kind }) => kind === 'reopen');
    const first = again < 0 ? steps : steps.slice(0, again);
    tally.received += 1;
    for (const [at, { is }] of standingOf(first, dueOn, until, true).duties.entries()) {
      const figures = { done: tally.onTime, done_late: tally.late, late: tally.overdue, open: null }[is];
      if (figures) figures[at] = (figures[at] ?? 0) + 1;
    }
    if (steps.some(({ kind }) => kind === 'extend')) tally.longer += 1;
    if (isClosed && stoppedOn === null && standingOf(steps, dueOn, until, true).isNoAction) tally.noAction += 1;
  }

  all(): readonly Tally[] {
    return [...this.#all.values()];
  }

  #of(quarter: string, agencyId: string, basis: OversightBasis): Tally {
    const key = `${quarter} ${agencyId} ${basis}`;
    const none = (): number[] => DUTIES.map(() => 0);
    const known = this.#all.get(key) ?? {
      ...{ quarter, agencyId, basis, received: 0, longer: 0, noAction: 0 },
      ...{ onTime: none(), late: none(), overdue: none() },
    };
    this.#all.set(key, known);
    return known;
  }
}
