import type { EntityManager } from 'typeorm';
import { append } from '../../audit/audit.js';
import { colleagues, type Colleague } from '../../staff/colleagues.js';
import { lockAgency } from '../../staff/places.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { mayKeepNames, mayReadDisclosures } from '../../staff/staff.policy.js';
import { NotFound } from '../../web/errors.js';
import { addEvent } from '../case-events.js';
import { grantPlace, wrapGrant } from '../disposal.js';
import { requireFits } from '../renewal/renew-grants.js';
import { grantsTo, keepJoinings, kidsOf } from '../sealed-parts.js';
import type { ColleagueWaiting, DisclosuresToGrant, GrantToColleague } from './joining.js';
import { mayLetRead } from './joining.policy.js';

/** Disclosures in one answer, and in one batch. */
const AT_ONCE = 10;

/**
 * The colleagues who cannot open disclosures that the actor can, by name. What a colleague is kept out of is not counted.
 *
 * @throws {NotFound} to who is no disclosure officer
 */
export async function colleaguesWaiting(manager: EntityManager, actor: StaffActor): Promise<ColleagueWaiting[]> {
  if (!mayReadDisclosures(actor)) throw new NotFound();
  const rows = await manager.query<ColleagueWaiting[]>(
    `SELECT p.id AS "staffId", p.display_name AS "displayName", count(*)::int AS count
       FROM not_granted() n JOIN staff p ON p.id = n.staff_id
      GROUP BY p.id, p.display_name ORDER BY p.display_name, p.id`,
  );
  await append(manager, { action: 'disclosures.listed_for_colleague', actor, dayOnly: true });
  return rows;
}

/**
 * The next disclosures that the actor can open and a colleague cannot, by id, with their keys as they are sealed to the
 * actor. Each is gone from the list once it is granted.
 *
 * @param after id of the last that was seen, to pass by what did not open
 * @throws {NotFound} to who is no disclosure officer, and where there is no such colleague
 */
export async function disclosuresToGrant(
  manager: EntityManager,
  actor: StaffActor,
  staffId: string,
  after?: string,
): Promise<DisclosuresToGrant> {
  const colleague = await colleagueFor(manager, actor, staffId);
  const { agreement } = colleague;
  const rows = await manager.query<{ id: string; holdsName: boolean }[]>(
    `SELECT case_id AS id, holds_name(case_id) AS "holdsName" FROM not_granted($1) WHERE $2::uuid IS NULL OR case_id > $2 ORDER BY case_id LIMIT $3`,
    [staffId, after ?? null, AT_ONCE + 1],
  );
  const page = rows.slice(0, AT_ONCE);
  const own = await kidsOf(manager, actor, 'disclosure');
  const disclosures = [];
  for (const { id, holdsName } of page) {
    const grants = await grantsTo(manager, id, own);
    const withName = holdsName && mayKeepNames(colleague);
    disclosures.push({ id, grants: grants.filter(({ key }) => key !== 'identity' || withName) });
  }
  await append(manager, { action: 'disclosures.listed_for_colleague', actor, subject: staffId, dayOnly: true });
  return { to: { staffId, agreement }, disclosures, next: rows.length > AT_ONCE ? (page.at(-1)?.id ?? null) : null };
}

/**
 * Stores keys of disclosures that were granted to a colleague. What is not to be granted to them, or not any more, is left
 * out without a word: they are kept out of it since, another officer was faster, or it was disposed of. Safe to repeat. The
 * person sees on the timeline that somebody else reads it.
 *
 * @throws {NotFound} to who is no disclosure officer, and where there is no such colleague
 * @throws {Invalid} when a grant is not for the colleague's current key, or not what it must be
 */
export async function letRead(
  manager: EntityManager,
  actor: StaffActor,
  staffId: string,
  sent: readonly GrantToColleague[],
): Promise<void> {
  // First, so that nothing is granted to who is just leaving.
  await lockAgency(manager, actor.agencyId);
  const colleague = await colleagueFor(manager, actor, staffId);
  const reader = colleague.agreement.kid;
  await Promise.all(sent.map((grant, at) => requireFits(grant, reader, at)));
  // A name goes to nobody but who keeps names, and by a release to whom it is released.
  const grants = sent.filter(({ key }) => key !== 'identity' || mayKeepNames(colleague));
  // Locked by whoever sets a wall too. So the next statement, and not this one, sees all walls that there are.
  const cases = await manager.query<{ id: string; disposal: Buffer }[]>(
    `SELECT c.id, d.key AS disposal FROM cases c JOIN disposal.keys d ON d.case_id = c.id
      WHERE c.id = ANY ($1) ORDER BY c.id FOR UPDATE OF c`,
    [[...new Set(grants.map(({ caseId }) => caseId))]],
  );
  const disposal = new Map(cases.map(({ id, disposal: key }) => [id, key]));
  const wrapped = grants.flatMap(({ caseId, key, epoch, jwe }) => {
    const by = disposal.get(caseId);
    return by ? [{ caseId, key, epoch, wrapped: wrapGrant(by, grantPlace(caseId, key, epoch, reader), jwe) }] : [];
  });
  const granted = await manager.query<{ caseId: string; isNew: boolean }[]>(GRANT, [
    staffId,
    reader,
    actor.staffId,
    wrapped.map(({ caseId }) => caseId),
    wrapped.map(({ key }) => key),
    wrapped.map(({ epoch }) => epoch),
    wrapped.map((grant) => grant.wrapped),
  ]);
  const newly = new Set(granted.map(({ caseId }) => caseId));
  const joinings = grants.filter(({ caseId, key }) => key === 'case' && newly.has(caseId));
  await keepJoinings(
    manager,
    joinings.map(({ caseId, epoch, held }) => ({ caseId, epoch, kid: reader, held })),
  );
  for (const { caseId, isNew } of granted) {
    if (isNew) await addEvent(manager, caseId, 'reader_joined');
    await append(manager, { action: 'case.granted_to_colleague', actor, caseId, subject: staffId, dayOnly: true });
  }
}

/* What the actor cannot open they have no key of to grant. Who had a key of it before is no new reader. */
const GRANT = `
  WITH granted AS (
    INSERT INTO case_grants (case_id, key, epoch, reader, wrapped)
    SELECT s.case_id, s.key, s.epoch, $2, s.wrapped
      FROM unnest($4::uuid[], $5::text[], $6::integer[], $7::bytea[]) AS s (case_id, key, epoch, wrapped)
     WHERE s.case_id IN (SELECT n.case_id FROM not_granted($1) n)
       AND EXISTS (SELECT FROM staff_keys k JOIN case_grants g ON g.reader = k.kid
                    WHERE k.staff_id = $3 AND k.purpose = 'agreement' AND k.retired_at IS NULL
                      AND g.case_id = s.case_id AND g.key = s.key AND g.epoch = s.epoch)
       AND (s.key <> 'identity' OR holds_name(s.case_id))
       AND EXISTS (SELECT FROM staff_keys k WHERE k.kid = $2 AND k.staff_id = $1 AND k.retired_at IS NULL)
    ON CONFLICT DO NOTHING
    RETURNING case_id)
  SELECT DISTINCT n.case_id AS "caseId", NOT EXISTS (
           SELECT FROM case_grants g JOIN staff_keys k ON k.kid = g.reader
            WHERE g.case_id = n.case_id AND g.key = 'case' AND k.staff_id = $1) AS "isNew"
    FROM granted n ORDER BY n.case_id`;

async function colleagueFor(manager: EntityManager, actor: StaffActor, staffId: string): Promise<Colleague> {
  const all = await colleagues(manager, actor.agencyId);
  const found = all.find((one) => one.staffId === staffId);
  if (!found || !mayLetRead(actor, { ...found, agencyId: actor.agencyId })) throw new NotFound();
  return found;
}
