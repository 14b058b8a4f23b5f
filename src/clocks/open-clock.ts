import type { EntityManager } from 'typeorm';
import { addWorkingDays, complaintDueOn } from './calendar.js';
import { Clock } from './clock.entity.js';

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
 * under the Act, our aim.
 *
 * @param way which path the case is on, and by which way it comes
 * @param lodgedOn the day of receipt
 * @param standard working days that the agency publishes, where it does
 */
export function clockFor({ path, delivery }: Way, lodgedOn: string, standard?: number): NewClock {
  if (path === 'disclosure' && delivery === 'direct') {
    const dueOn = addWorkingDays('legislation', lodgedOn, 20);
    return { kind: 's13', basis: 'pda_s13', startedOn: lodgedOn, dueOn };
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
  await manager
    .createQueryBuilder()
    .insert()
    .into(Clock)
    .values({ caseId, round, ...clock })
    .orIgnore()
    .execute();
}
