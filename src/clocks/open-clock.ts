import type { EntityManager } from 'typeorm';
import { addWorkingDays, complaintDueOn } from './calendar.js';
import type { Clock } from './clock.entity.js';

interface Way {
  readonly path: 'complaint' | 'disclosure';
  readonly delivery: 'direct' | 'triage_desk';
}

/** What a new case is due for. Days are `YYYY-MM-DD` in Pacific/Auckland. */
export type NewClock = Pick<Clock, 'kind' | 'basis' | 'startedOn' | 'dueOn'>;

/**
 * The clock that a new case starts. A complaint: an answer within the agency's published standard, else within 20
 * working days, which is our aim and no legal limit. A disclosure: the steps of the Protected Disclosures (Protection
 * of Whistleblowers) Act 2022, section 13, within 20 working days of receipt; at the triage desk, which is no receiver
 * under the Act, the same as our aim.
 *
 * @param way which path the case is on, and by which way it comes
 * @param lodgedOn the day of receipt
 * @param standard working days that the agency publishes, where it does
 */
export function clockFor({ path, delivery }: Way, lodgedOn: string, standard?: number): NewClock {
  if (path === 'disclosure') {
    const dueOn = addWorkingDays('legislation', lodgedOn, 20);
    return { kind: 's13', basis: delivery === 'direct' ? 'pda_s13' : 'our_aim', startedOn: lodgedOn, dueOn };
  }
  return {
    kind: 'answer',
    basis: standard === undefined ? 'our_aim' : 'published_standard',
    startedOn: lodgedOn,
    dueOn: complaintDueOn(standard, lodgedOn),
  };
}

/** Starts a clock on a case; one of each kind and round at most, so that doing it twice changes nothing. */
export async function openClock(manager: EntityManager, caseId: string, clock: NewClock, round = 0): Promise<void> {
  const { kind, basis, startedOn, dueOn } = clock;
  await manager.query(
    `INSERT INTO clocks (case_id, kind, round, basis, started_on, due_on, agency_id, next_on)
     SELECT c.id, $2::text, $3::integer, $4::text, $5::date, $6::date,
            CASE WHEN $2 = 's13' THEN c.agency_id END, CASE WHEN $2 = 's13' THEN $6::date END
       FROM cases c WHERE c.id = $1
     ON CONFLICT DO NOTHING`,
    [caseId, kind, round, basis, startedOn, dueOn],
  );
}
