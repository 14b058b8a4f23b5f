import type { EntityManager } from 'typeorm';
import { append } from '../../audit/audit.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { noWall } from '../../staff/walls.js';
import { NotFound } from '../../web/errors.js';
import type { CasePath } from '../case.entity.js';
import { mayList } from '../case.policy.js';
import { readCursor, writeCursor } from '../list-cursor.js';
import type { ReferralReason } from './referral-reasons.js';
import type { ReferralState } from './referral-status.js';

/** Referrals on one page. */
const REFERRALS_A_PAGE = 25;

/** Which referrals are asked for, and after which one. */
export interface ReferralQuestion {
  /** Those that come to the actor's agency and wait for it, or those it has under way. */
  readonly direction: 'coming' | 'going';
  readonly path: CasePath;
  readonly after?: string | undefined;
}

/** A line of the list: all in clear, none of it anybody's words. Days are YYYY-MM-DD in Pacific/Auckland. */
interface ReferralRow {
  readonly id: string;
  readonly caseId: string;
  readonly reference: string;
  readonly state: ReferralState;
  readonly fromAgency: string;
  readonly toAgency: string;
  readonly reason: ReferralReason;
  readonly proposedOn: string;
  /** Name of who accepted it, or null. */
  readonly acceptedBy: string | null;
  readonly mine: boolean;
}

export interface ReferralPage {
  /** Longest waiting first. */
  readonly rows: readonly ReferralRow[];
  /** Where the next page begins; null on the last. */
  readonly next: string | null;
}

const LISTS = {
  coming: `r.to_agency = $1 AND r.state IN ('consulted', 'granted')`,
  going: `r.from_agency = $1 AND r.state IN ('held', 'proposed', 'consulted', 'grant_again', 'granted')`,
} as const;

const GRANTED = `EXISTS (
  SELECT FROM case_grants g
   WHERE g.case_id = r.case_id AND g.key = 'referral' AND g.epoch = r.number AND g.reader = ANY (ARRAY(
     SELECT kid FROM staff_keys WHERE staff_id = $2 AND purpose = 'agreement' AND retired_at IS NULL))
  OFFSET 0)`;

/**
 * A page of the referrals of the actor's agency, in one statement that an index answers. A disclosure's is listed for those
 * of its disclosure officers who can read its note. Looking is audited.
 *
 * @throws {NotFound} to those who have no such list
 * @throws {Invalid} when `after` is none of ours
 */
export async function listReferrals(
  manager: EntityManager,
  actor: StaffActor,
  { direction, path, after }: ReferralQuestion,
): Promise<ReferralPage> {
  if (!mayList(actor, path)) throw new NotFound();
  const values: unknown[] = [actor.agencyId, actor.staffId, path];
  const value = (given: unknown): string => `$${values.push(given).toString()}`;
  const conditions = [LISTS[direction], 'c.path = $3', noWall('c', '$2')];
  if (path === 'disclosure') conditions.push(GRANTED);
  if (after !== undefined) {
    const { day, id } = readCursor(after);
    conditions.push(`(r.proposed_on, r.id) > (${value(day)}::date, ${value(id)}::uuid)`);
  }
  const found = await manager.query<ReferralRow[]>(
    `SELECT r.id, r.case_id AS "caseId", c.reference, r.state, r.from_agency AS "fromAgency", r.to_agency AS "toAgency",
            r.reason, to_char(r.proposed_on, 'YYYY-MM-DD') AS "proposedOn",
            name_of_staff(r.accepted_by) AS "acceptedBy",
            coalesce(r.accepted_by = $2::uuid, false) AS mine
       FROM referrals r JOIN cases c ON c.id = r.case_id
      WHERE ${conditions.join(' AND ')}
      ORDER BY r.proposed_on, r.id
      LIMIT ${(REFERRALS_A_PAGE + 1).toString()}`,
    values,
  );
  await append(manager, { action: 'referrals.listed', actor, dayOnly: path === 'disclosure' });
  const rows = found.slice(0, REFERRALS_A_PAGE);
  const last = rows.at(-1);
  const next = found.length > REFERRALS_A_PAGE && last ? writeCursor({ day: last.proposedOn, id: last.id }) : null;
  return { rows, next };
}
