import type { EntityManager } from 'typeorm';
import { recoveryAtHand } from '../../agencies/recoveries.service.js';
import type { DisclosureOnPaper, RecoveryAtHand } from '../../agencies/recovery-at-hand.js';
import { append } from '../../audit/audit.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { kidsBehindWalls } from '../../staff/walls.js';
import { CASE_KEY_NAMES, type CaseKeyName } from '../../vault/suite.js';
import { Forbidden } from '../../web/errors.js';
import { wrapGrants } from '../begin-epoch.js';
import { Case } from '../case.entity.js';
import { CaseGrant } from '../case-grant.entity.js';
import { epochsOf, grantsTo, keepJoinings } from '../sealed-parts.js';

/** Disclosures in one answer. */
const AT_ONCE = 10;

/** Some disclosures as they are sealed to a recovery key, and after which one there are more. */
export interface DisclosuresOnPaper {
  readonly disclosures: readonly DisclosureOnPaper[];
  readonly next: string | null;
}

/**
 * The next disclosures that a recovery key opens, by id, for the browser in which it was put together.
 *
 * @throws {Forbidden} when there is no such recovery, or the actor may not
 * @throws {Conflict} `not_confirmed`
 */
export async function disclosuresOnPaper(
  manager: EntityManager,
  actor: StaffActor,
  recoveryId: string,
  after?: string,
): Promise<DisclosuresOnPaper> {
  const { key, to } = await disclosureRecovery(manager, actor, recoveryId);
  const rows = await manager.query<{ id: string }[]>(
    `SELECT DISTINCT c.id FROM case_grants g JOIN cases c ON c.id = g.case_id
      WHERE g.reader = $1 AND c.agency_id = $2 AND c.path = 'disclosure' AND ($3::uuid IS NULL OR c.id > $3)
      ORDER BY c.id LIMIT $4`,
    [key.kid, actor.agencyId, after ?? null, AT_ONCE + 1],
  );
  const page = rows.slice(0, AT_ONCE);
  const disclosures: DisclosureOnPaper[] = [];
  for (const { id } of page) {
    const behindWalls = await kidsBehindWalls(manager, id);
    disclosures.push({
      id,
      epochs: await epochsOf(manager, id, CASE_KEY_NAMES),
      grants: await grantsTo(manager, id, [key.kid]),
      notTo: to.map(({ agreement }) => agreement.kid).filter((kid) => behindWalls.has(kid)),
    });
  }
  await append(manager, { action: 'disclosures.recovery_read', actor, dayOnly: true });
  return { disclosures, next: rows.length > AT_ONCE ? (page.at(-1)?.id ?? null) : null };
}

/**
 * Stores the keys of a disclosure that were granted again from paper. Safe to repeat.
 *
 * @throws {Forbidden} when the disclosure is another agency's, or somebody is granted to on whom nobody agreed, or who is
 *   kept out of it
 * @throws {Conflict} `not_confirmed`, `case_closed`
 * @throws {Invalid} when a grant is not what it says
 */
export async function recoverDisclosure(
  manager: EntityManager,
  actor: StaffActor,
  recoveryId: string,
  caseId: string,
  grants: readonly {
    readonly key: CaseKeyName;
    readonly epoch: number;
    readonly reader: string;
    readonly jwe: string;
    readonly held: string;
  }[],
): Promise<void> {
  const { key, to } = await disclosureRecovery(manager, actor, recoveryId);
  const found = await manager.findOneBy(Case, { id: caseId, agencyId: actor.agencyId, path: 'disclosure' });
  if (!found) throw new Forbidden();
  const behindWalls = await kidsBehindWalls(manager, caseId);
  const agreed = new Set(to.map(({ agreement }) => agreement.kid));
  if (grants.some(({ reader }) => !agreed.has(reader) || behindWalls.has(reader))) throw new Forbidden();
  const onPaper = await grantsTo(manager, caseId, [key.kid]);
  const known = grants.every((grant) => onPaper.some((one) => one.key === grant.key && one.epoch === grant.epoch));
  if (!known) throw new Forbidden();
  const wrapped = await wrapGrants(manager, found, grants, 'grants');
  await manager.createQueryBuilder().insert().into(CaseGrant).values(wrapped).orIgnore().execute();
  const joinings = grants.filter((grant) => grant.key === 'case');
  await keepJoinings(
    manager,
    joinings.map(({ epoch, reader: kid, held }) => ({ caseId, epoch, kid, held })),
  );
  await append(manager, { action: 'case.granted_from_paper', actor, caseId, dayOnly: true });
}

async function disclosureRecovery(manager: EntityManager, actor: StaffActor, id: string): Promise<RecoveryAtHand> {
  const atHand = await recoveryAtHand(manager, actor, id);
  if (atHand.purpose !== 'disclosures') throw new Forbidden();
  return atHand;
}
