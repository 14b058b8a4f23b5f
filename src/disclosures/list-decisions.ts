import type { EntityManager } from 'typeorm';
import { append } from '../audit/audit.js';
import { isGrantedTo } from '../cases/granted-to.js';
import { pageOf, readCursor, type ListPage } from '../cases/list-cursor.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { noWall } from '../staff/walls.js';
import { NotFound } from '../web/errors.js';
import { mayListDuties } from './disclosure.policy.js';
import type { NoActionReason } from './no-action.js';

/** Lines of one page. */
const PAGE = 50;

/** A decision that no action is required (section 15). */
interface Decision {
  readonly id: string;
  readonly caseId: string;
  readonly reference: string;
  /** YYYY-MM-DD */
  readonly takenOn: string;
  readonly reason: NoActionReason;
}

export type DecisionPage = ListPage<Decision>;

/**
 * The decisions of the actor's agency that no action is required, the newest first, on the disclosures that they may read.
 * Looking is audited.
 *
 * @param after what the page before said of where it ends
 * @throws {NotFound} to those who have no such list
 * @throws {Invalid} when `after` is none of ours
 */
export async function listNoAction(manager: EntityManager, actor: StaffActor, after?: string): Promise<DecisionPage> {
  if (!mayListDuties(actor)) throw new NotFound();
  await append(manager, { action: 'disclosures.decisions_listed', actor, subject: 'no_action', dayOnly: true });
  const from = after === undefined ? null : readCursor(after);
  const found = await manager.query<Decision[]>(
    `SELECT s.id, c.id AS "caseId", c.reference, to_char(s.taken_on, 'YYYY-MM-DD') AS "takenOn", s.reason
       FROM disclosure_steps s JOIN cases c ON c.id = s.case_id AND c.agency_id = s.agency_id
      WHERE s.agency_id = $1 AND s.reason IS NOT NULL AND ${noWall('c', '$2')} AND ${isGrantedTo('c', '$2')}
        AND ($3::date IS NULL OR (s.taken_on, s.id) < ($3::date, $4::uuid))
      ORDER BY s.taken_on DESC, s.id DESC LIMIT $5`,
    [actor.agencyId, actor.staffId, from?.day ?? null, from?.id ?? null, PAGE + 1],
  );
  return pageOf(found, PAGE, ({ takenOn, id }) => ({ day: takenOn, id }));
}
