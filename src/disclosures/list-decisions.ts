import type { EntityManager } from 'typeorm';
import { append } from '../audit/audit.js';
import { isGrantedTo } from '../cases/granted-to.js';
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

export interface DecisionPage {
  readonly rows: readonly Decision[];
  /** Id of the decision after which there are more; null on the last page. */
  readonly after: string | null;
}

/**
 * The decisions of the actor's agency that no action is required, the newest first, on the disclosures that they may read.
 * Looking is audited.
 *
 * @param after id of the last decision already seen
 * @throws {NotFound} to those who have no such list
 */
export async function listNoAction(manager: EntityManager, actor: StaffActor, after?: string): Promise<DecisionPage> {
  if (!mayListDuties(actor)) throw new NotFound();
  await append(manager, { action: 'disclosures.decisions_listed', actor, subject: 'no_action', dayOnly: true });
  const found = await manager.query<Decision[]>(
    `SELECT s.id, c.id AS "caseId", c.reference, to_char(s.taken_on, 'YYYY-MM-DD') AS "takenOn", s.reason
       FROM disclosure_steps s JOIN cases c ON c.id = s.case_id AND c.agency_id = s.agency_id
      WHERE s.agency_id = $1 AND s.reason IS NOT NULL AND ${noWall('c', '$2')} AND ${isGrantedTo('c', '$2')}
        AND ($3::uuid IS NULL OR (s.taken_on, s.id) < (SELECT l.taken_on, l.id FROM disclosure_steps l WHERE l.id = $3))
      ORDER BY s.taken_on DESC, s.id DESC LIMIT $4`,
    [actor.agencyId, actor.staffId, after ?? null, PAGE + 1],
  );
  const rows = found.slice(0, PAGE);
  return { rows, after: found.length > PAGE ? (rows.at(-1)?.id ?? null) : null };
}
