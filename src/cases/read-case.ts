import type { EntityManager } from 'typeorm';
import { append } from '../audit/audit.js';
import { todayInAuckland } from '../clocks/calendar.js';
import type { ClockBasis, ClockKind } from '../clocks/clock.entity.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { caseFor, timeKept } from './case-access.js';
import type { CaseEventKind } from './case-event.entity.js';
import type { Case } from './case.entity.js';
import { mayRead } from './case.policy.js';

/** Steps of a timeline shown; older ones are left off, and the page says so. */
const MOST_EVENTS = 200;

/** A case as its page shows it: all that is in clear. Days are YYYY-MM-DD in Pacific/Auckland. */
export interface CaseInClear {
  readonly found: Case;
  readonly overruled: boolean;
  readonly clocks: readonly {
    readonly kind: ClockKind;
    readonly basis: ClockBasis;
    readonly dueOn: string;
    readonly metOn: string | null;
    readonly overdue: boolean;
  }[];
  readonly events: readonly { readonly kind: CaseEventKind; readonly happenedOn: string; readonly agencyId: string }[];
  readonly eventsLeftOff: boolean;
  readonly heldBy: { readonly staffId: string; readonly displayName: string; readonly mine: boolean } | null;
}

/**
 * Reads what is in clear of a case. Reading is audited in the same transaction.
 *
 * @throws {NotFound} also to those who may not know of it
 */
export async function readCase(manager: EntityManager, actor: StaffActor, id: string): Promise<CaseInClear> {
  const found = await caseFor(manager, actor, id, mayRead);
  const clocks = await manager.query<CaseInClear['clocks']>(
    `SELECT kind, basis, to_char(due_on, 'YYYY-MM-DD') AS "dueOn", to_char(met_on, 'YYYY-MM-DD') AS "metOn",
            met_on IS NULL AND due_on < $2::date AND $3 <> 'closed' AS overdue
       FROM clocks WHERE case_id = $1 AND stopped_on IS NULL ORDER BY due_on, kind`,
    [found.id, todayInAuckland(), found.status],
  );
  const events = await manager.query<CaseInClear['events'][number][]>(
    `SELECT kind, to_char(happened_on, 'YYYY-MM-DD') AS "happenedOn", agency_id AS "agencyId"
       FROM case_events WHERE case_id = $1 ORDER BY position DESC LIMIT $2`,
    [found.id, MOST_EVENTS + 1],
  );
  const heldBy = await holderOf(manager, found);
  await append(manager, { action: 'case.read', actor, caseId: found.id, ...timeKept(found) });
  return {
    found,
    overruled: found.chosen !== null && found.chosen !== found.decidedFor,
    clocks,
    events: events.slice(0, MOST_EVENTS).reverse(),
    eventsLeftOff: events.length > MOST_EVENTS,
    heldBy: heldBy && { ...heldBy, mine: heldBy.staffId === actor.staffId },
  };
}

async function holderOf(manager: EntityManager, found: Case): Promise<{ staffId: string; displayName: string } | null> {
  if (found.assignedTo === null) return null;
  const [holder] = await manager.query<{ staffId: string; displayName: string }[]>(
    `SELECT id AS "staffId", display_name AS "displayName" FROM staff WHERE id = $1`,
    [found.assignedTo],
  );
  return holder ?? null;
}
