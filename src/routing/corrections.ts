import type { EntityManager } from 'typeorm';
import { dayInAuckland } from '../web/day.js';
import type { CorrectionReason } from './routing-correction.entity.js';
import type { Ruleset } from './ruleset.js';

/** How often officers said of one rule that what it sent to one place should have gone to another. */
export interface CorrectionCount {
  readonly ruleset: string;
  /** Null where no rule settled it. */
  readonly rule: string | null;
  readonly decidedFor: string | null;
  readonly shouldBe: string;
  readonly whys: readonly CorrectionReason[];
  readonly count: number;
}

/** Most lines shown to the rules' owners. */
const MOST_CORRECTIONS = 200;
/** Older ones are left off: they were about rules of long ago. */
const DAYS = 400;
const DAY = 86_400_000;

/** The rule that settled where a complaint goes, of all that fired; null where none did. */
export function settlingRule(ruleset: Ruleset | undefined, fired: readonly string[]): string | null {
  return ruleset?.destinations.find(({ id }) => fired.includes(id))?.id ?? null;
}

/** Officers' corrections of the last 400 days by rule, the most frequent first; no case can be told from them. */
export async function countCorrections(manager: EntityManager): Promise<CorrectionCount[]> {
  return manager.query<CorrectionCount[]>(
    `SELECT ruleset, rule, decided_for AS "decidedFor", should_be AS "shouldBe",
            array_agg(DISTINCT why ORDER BY why) AS whys, count(*)::int AS count
       FROM routing_corrections WHERE made_on >= $1
      GROUP BY ruleset, rule, decided_for, should_be
      ORDER BY count DESC, ruleset DESC, rule, decided_for, should_be LIMIT $2`,
    [dayInAuckland(new Date(Date.now() - DAYS * DAY)), MOST_CORRECTIONS],
  );
}
