import type { EntityManager } from 'typeorm';
import { WITNESSED_SIZE } from '../agencies/key-log/witnessed-size.js';
import { kidsBehindWalls } from '../staff/walls.js';
import { readConsent } from '../vault/consent.js';
import { readEpochRecord } from '../vault/epochs.js';
import type { PublicKey } from '../vault/keys.js';
import type { Case } from './case.entity.js';
import { vouchedAmong } from './joining/shown-joinings.js';
import type { KeyRenewal } from './renewal/renewed-keys.js';
import { consentsOf, epochsOf, joiningsOf, renewalsOf } from './sealed-parts.js';

/* What was granted before an epoch began says nothing of who may read on. */
const NEWEST_EPOCH = `(SELECT max(epoch) FROM case_epochs WHERE case_id = $1 AND key = 'case')`;

/**
 * Who reads what the agency keeps to itself about a case: those to whom its newest case key was granted and whom its record
 * names, or who joined the agency's readers after it was lodged. Of a complaint it is the agency's complaints key of that
 * time, in use or not; of a disclosure the members of staff, without those who are kept out of it, and the recovery key on
 * paper. The person never does.
 */
export async function deskReaders(manager: EntityManager, found: Case): Promise<readonly PublicKey[]> {
  if (found.path === 'complaint') {
    return manager.query<PublicKey[]>(
      `SELECT k.kid, k.jwk
         FROM case_grants g
         JOIN agency_keys k ON k.kid = g.reader AND k.purpose = 'complaints' AND k.agency_id = $2
        WHERE g.case_id = $1 AND g.key = 'case' AND g.epoch = ${NEWEST_EPOCH}
        ORDER BY k.kid`,
      [found.id, found.agencyId],
    );
  }
  const { behindWalls, granted } = await grantedByName(manager, found);
  const renewals = await renewalsOf(manager, found.id);
  const named = await namedByNewest(manager, found.id, renewals);
  const open = granted.filter(({ kid }) => !behindWalls.has(kid));
  const unnamed = open.map(({ kid }) => kid).filter((kid) => !named.has(kid));
  const joined = unnamed.length > 0 ? await believedLater(manager, found, unnamed, renewals) : new Set();
  return open.filter(({ kid }) => named.has(kid) || joined.has(kid));
}

/**
 * Those to whom a disclosure's newest key was granted and who are kept out of it since. Until the next epoch is begun
 * without them it is the server that keeps the words from them.
 */
export async function keptOut(manager: EntityManager, found: Case): Promise<readonly PublicKey[]> {
  if (found.path === 'complaint') return [];
  const { behindWalls, granted } = await grantedByName(manager, found);
  return granted.filter(({ kid }) => behindWalls.has(kid));
}

/** Members of staff and the recovery key to whom a disclosure's newest key was granted, and which are behind a wall. */
async function grantedByName(
  manager: EntityManager,
  found: Case,
): Promise<{ granted: readonly PublicKey[]; behindWalls: ReadonlySet<string> }> {
  const granted = await manager.query<PublicKey[]>(
    `SELECT k.kid, k.jwk
       FROM case_grants g
       JOIN staff_keys k ON k.kid = g.reader AND k.purpose = 'agreement' AND k.retired_at IS NULL
       JOIN staff p ON p.id = k.staff_id AND p.active AND p.agency_id = $2 AND 'disclosure_officer' = ANY (p.roles)
      WHERE g.case_id = $1 AND g.key = 'case'
        AND g.epoch = ${NEWEST_EPOCH}
     UNION ALL
     SELECT r.kid, r.jwk
       FROM case_grants g JOIN recovery_keys r ON r.kid = g.reader AND r.agency_id = $2 AND r.purpose = 'disclosures'
      WHERE g.case_id = $1 AND g.key = 'case' AND g.epoch = ${NEWEST_EPOCH}
      ORDER BY kid`,
    [found.id, found.agencyId],
  );
  return { granted, behindWalls: await kidsBehindWalls(manager, found.id) };
}

/**
 * Which of some keys are of members of staff who came to read disclosures after this one was lodged, or whom its person
 * named by another key: what `vault/joined-readers.ts` lets a browser believe, so that none refuses the key that is begun
 * for them. Whoever was there before and is not named was left out by the person. A key that no witnessed head has yet
 * waits until one does.
 */
async function believedLater(
  manager: EntityManager,
  found: Case,
  kids: readonly string[],
  renewals: readonly KeyRenewal[],
): Promise<ReadonlySet<string>> {
  const named = await namedByPerson(manager, found.id);
  const letIn = new Set((await joiningsOf(manager, found.id)).map(({ kid }) => kid));
  const by = { letIn, named: new Set(named), renewals };
  const vouched = vouchedAmong(kids, by);
  if (vouched.length === 0) return new Set();
  const rows = await manager.query<{ kid: string }[]>(JOINED, [vouched, named, found.agencyId, found.lodgedOn]);
  return new Set(rows.map(({ kid }) => kid));
}

const JOINED = `
  WITH added AS (
    SELECT e.kid, e.position, e.entry
      FROM key_log_entries e
     WHERE e.use = 'disclosures' AND e.act = 'added' AND e.agency_id = $3
       AND e.position < ${WITNESSED_SIZE}),
  logged AS (
    SELECT k.staff_id, min(e.position) AS first, bool_or(e.kid = ANY ($2)) AS named
      FROM staff_keys k JOIN added e ON e.kid = k.kid
     WHERE k.staff_id IN (SELECT staff_id FROM staff_keys WHERE kid = ANY ($1) OR kid = ANY ($2))
     GROUP BY k.staff_id)
  SELECT DISTINCT k.kid
    FROM staff_keys k JOIN added USING (kid) JOIN logged l USING (staff_id) JOIN added f ON f.position = l.first
   WHERE k.kid = ANY ($1)
     AND (l.named OR (f.entry::jsonb ->> 'on' > $4
                      AND l.first > (SELECT coalesce(max(first), -1) FROM logged WHERE named)))`;

/** Kids of those whom the person named: when they lodged it, and when they agreed that it goes on. */
async function namedByPerson(manager: EntityManager, caseId: string): Promise<readonly string[]> {
  const [first] = await epochsOf(manager, caseId, ['case']);
  const consents = await consentsOf(manager, caseId);
  return [
    ...(first ? readEpochRecord(first.record).readers : []),
    ...consents.flatMap((jws) => readConsent(jws).readers),
  ];
}

/**
 * Who was granted it later, from paper or by a colleague, reads it; but whom it names is what its maker signed. A key
 * that took the place of one which is named stands for it.
 */
async function namedByNewest(
  manager: EntityManager,
  caseId: string,
  renewals: readonly KeyRenewal[],
): Promise<ReadonlySet<string>> {
  const [newest] = await manager.query<{ epoch: number; record: string }[]>(
    `SELECT epoch, record FROM case_epochs WHERE case_id = $1 AND key = 'case' ORDER BY epoch DESC LIMIT 1`,
    [caseId],
  );
  if (!newest) return new Set();
  const named = new Set(readEpochRecord(newest.record).readers);
  const ofNewest = renewals.filter(({ epoch }) => epoch === newest.epoch);
  // A key may have been renewed more than once, and the renewals come in no order.
  for (let before = 0; before < named.size;) {
    before = named.size;
    for (const { from, to } of ofNewest) if (named.has(from)) named.add(to);
  }
  return named;
}
