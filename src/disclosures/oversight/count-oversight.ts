import { monthsAfter } from '../../clocks/months.js';
import type { EntityManager } from 'typeorm';
import type { OutboxJob } from '../../queue/outbox.js';
import { promiseDaily } from '../../queue/daily-work.js';
import { todayInAuckland } from '../../clocks/calendar.js';
import { type TakenStep } from '../duty-steps.js';
import { quarterOf, Tallies, type CountedRound } from './count-steps.js';

/*
 * Once a month: whoever looked every day at figures of every night would see on which day somebody spoke up. In the night:
 * its minute says nothing about anybody.
 */
const COUNTING = { queue: 'clocks', name: 'count_oversight', hour: 5, monthly: true } as const;

/** Any number; whoever holds this advisory lock of the database in a transaction counts until its end. */
const COUNTING_LOCK = 7_263_118_211;

/** Quarters before the current one that are counted anew; older ones stay as they were counted last. */
const QUARTERS_BACK = 8;

/** Disclosures read at a time. */
const BATCH = 500;

interface FoundRound extends Omit<CountedRound, 'steps'> {
  readonly caseId: string;
  readonly round: number;
}

/** Promises the next month's count. @see promiseDaily */
export async function planCounting(manager: EntityManager, now = new Date(), job?: OutboxJob): Promise<void> {
  await promiseDaily(manager, COUNTING, now, job);
}

/**
 * The first day of the oldest quarter that is still counted anew.
 *
 * @param today YYYY-MM-DD
 */
export function countedSince(today: string): string {
  return monthsAfter(quarterOf(today), -3 * QUARTERS_BACK);
}

/**
 * Counts anew, for those who oversee it, how each agency kept to the steps of the law on the disclosures of the last two
 * years, and how many it handed on. Runs as `oversight`, which alone sees the steps and writes the figures. Run twice it
 * comes to the same; of two at once the second waits. Nothing of a case is kept but that it was one more.
 */
export async function countOversight(manager: EntityManager, today = todayInAuckland()): Promise<void> {
  await manager.query('SELECT pg_advisory_xact_lock($1)', [COUNTING_LOCK]);
  const since = countedSince(today);
  const tallies = new Tallies(today);
  for (let last: FoundRound | undefined; ;) {
    const batch = await readRounds(manager, since, last);
    const steps = await stepsOf(manager, batch);
    for (const round of batch) tallies.add({ ...round, steps: steps.get(keyOf(round)) ?? [] });
    if (batch.length < BATCH) break;
    last = batch.at(-1);
  }
  await manager.query('DELETE FROM oversight_counts WHERE quarter >= $1', [since]);
  for (const { quarter, agencyId, basis, received, onTime, late, overdue, longer, noAction } of tallies.all()) {
    await manager.query(
      `INSERT INTO oversight_counts
         (quarter, agency_id, basis, received, on_time, late, overdue, longer, no_action, counted_on)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [quarter, agencyId, basis, received, onTime, late, overdue, longer, noAction, today],
    );
  }
  await countReferrals(manager, since);
}

function readRounds(manager: EntityManager, since: string, last: FoundRound | undefined): Promise<FoundRound[]> {
  return manager.query<FoundRound[]>(
    `SELECT k.case_id AS "caseId", k.round, k.agency_id AS "agencyId", k.basis,
            to_char(k.started_on, 'YYYY-MM-DD') AS "startedOn", to_char(k.due_on, 'YYYY-MM-DD') AS "dueOn",
            to_char(k.stopped_on, 'YYYY-MM-DD') AS "stoppedOn", c.status = 'closed' AS "isClosed"
       FROM clocks k JOIN cases c ON c.id = k.case_id AND c.path = 'disclosure'
      WHERE k.kind = 's13' AND k.started_on >= $1
        AND ($2::uuid IS NULL OR (k.started_on, k.case_id, k.round) > ($3::date, $2::uuid, $4::int))
      ORDER BY k.started_on, k.case_id, k.round LIMIT $5`,
    [since, last?.caseId ?? null, last?.startedOn ?? null, last?.round ?? null, BATCH],
  );
}

async function stepsOf(
  manager: EntityManager,
  rounds: readonly FoundRound[],
): Promise<ReadonlyMap<string, readonly TakenStep[]>> {
  const found = await manager.query<(TakenStep & { caseId: string; round: number })[]>(
    `SELECT case_id AS "caseId", round, kind, to_char(taken_on, 'YYYY-MM-DD') AS "takenOn",
            to_char(expected_on, 'YYYY-MM-DD') AS "expectedOn", actions
       FROM disclosure_steps WHERE case_id = ANY ($1) ORDER BY case_id, round, number`,
    [[...new Set(rounds.map(({ caseId }) => caseId))]],
  );
  const steps = new Map<string, TakenStep[]>();
  for (const step of found) {
    const key = keyOf(step);
    const known = steps.get(key);
    if (known) known.push(step);
    else steps.set(key, [step]);
  }
  return steps;
}

function keyOf({ caseId, round }: { readonly caseId: string; readonly round: number }): string {
  return `${caseId} ${round.toString()}`;
}

/* A clock that was stopped is one that was handed on, to whoever has the next. */
async function countReferrals(manager: EntityManager, since: string): Promise<void> {
  await manager.query('DELETE FROM oversight_referrals WHERE quarter >= $1', [since]);
  await manager.query(
    `INSERT INTO oversight_referrals (quarter, from_agency, to_agency, made)
     SELECT date_trunc('quarter', k.stopped_on::timestamp)::date, k.agency_id, n.agency_id, count(*)
       FROM clocks k JOIN clocks n ON n.case_id = k.case_id AND n.kind = k.kind AND n.round = k.round + 1
      WHERE k.kind = 's13' AND k.stopped_on IS NOT NULL AND k.stopped_on >= $1
      GROUP BY 1, 2, 3`,
    [since],
  );
}
