import type { EntityManager } from 'typeorm';
import { append } from '../audit/audit.js';
import { isGrantedTo } from '../cases/granted-to.js';
import { pageOf, readCursor, type ListPage } from '../cases/list-cursor.js';
import type { Days } from '../cases/register/days.dto.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { noWall } from '../staff/walls.js';
import { NotFound } from '../web/errors.js';
import { mayListDuties } from './disclosure.policy.js';

/** Lines of one page. */
const PAGE = 50;

/** A disclosure that the register of complaints leaves out. */
interface Withheld {
  readonly id: string;
  readonly reference: string;
  /** YYYY-MM-DD */
  readonly lodgedOn: string;
}

export type WithheldPage = ListPage<Withheld>;

/**
 * What is left out where the agency hands out its register of some days, for review under section 19: the disclosures of
 * those days that were granted to the actor and from which no wall keeps them, the oldest first. Looking is audited.
 *
 * @param after what the page before said of where it ends: the last one of it may not be theirs to read any more
 * @throws {NotFound} to those who have no such list
 * @throws {Invalid} when `after` is none of ours
 */
export async function listWithheld(
  manager: EntityManager,
  actor: StaffActor,
  { from, to }: Days,
  after?: string,
): Promise<WithheldPage> {
  if (!mayListDuties(actor)) throw new NotFound();
  await append(manager, { action: 'disclosures.withheld_listed', actor, dayOnly: true });
  const seen = after === undefined ? null : readCursor(after);
  const found = await manager.query<Withheld[]>(
    `SELECT c.id, c.reference, to_char(c.lodged_on, 'YYYY-MM-DD') AS "lodgedOn"
       FROM cases c
      WHERE c.agency_id = $1 AND c.path = 'disclosure' AND c.lodged_on BETWEEN $2 AND $3
        AND ${noWall('c', '$4')} AND ${isGrantedTo('c', '$4')}
        AND ($5::date IS NULL OR (c.lodged_on, c.id) > ($5::date, $6::uuid))
      ORDER BY c.lodged_on, c.id LIMIT $7`,
    [actor.agencyId, from, to, actor.staffId, seen?.day ?? null, seen?.id ?? null, PAGE + 1],
  );
  return pageOf(found, PAGE, ({ lodgedOn, id }) => ({ day: lodgedOn, id }));
}
