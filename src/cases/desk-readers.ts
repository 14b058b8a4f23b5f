import type { EntityManager } from 'typeorm';
import { kidsBehindWalls } from '../staff/walls.js';
import { readEpochRecord } from '../vault/epochs.js';
import type { PublicKey } from '../vault/keys.js';
import type { Case } from './case.entity.js';
import { renewalsOf } from './sealed-parts.js';

/* What was granted before an epoch began says nothing of who may read on. */
const NEWEST_EPOCH = `(SELECT max(epoch) FROM case_epochs WHERE case_id = $1 AND key = 'case')`;

/**
 * Who reads what the agency keeps to itself about a case: those to whom its newest case key was granted, and nobody who
 * came later. Of a complaint it is the agency's complaints key of that time, in use or not; of a disclosure the members of
 * staff, without those who are kept out of it, and the recovery key on paper. The person never does.
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
  return (await byNameAt(manager, found)).readers;
}

/**
 * Those to whom a disclosure's newest key was granted and who are kept out of it since. Until the next epoch is begun
 * without them it is the server that keeps the words from them.
 */
export async function keptOut(manager: EntityManager, found: Case): Promise<readonly PublicKey[]> {
  return found.path === 'complaint' ? [] : (await byNameAt(manager, found)).keptOut;
}

async function byNameAt(
  manager: EntityManager,
  found: Case,
): Promise<Record<'readers' | 'keptOut', readonly PublicKey[]>> {
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
  const behindWalls = await kidsBehindWalls(manager, found.id);
  const named = await namedByNewest(manager, found.id);
  return {
    readers: granted.filter(({ kid }) => !behindWalls.has(kid) && named.has(kid)),
    keptOut: granted.filter(({ kid }) => behindWalls.has(kid)),
  };
}

/**
 * Who was granted it later, from paper or by a colleague, reads it; but who reads notes is what its maker signed. A key
 * that took the place of one which is named stands for it.
 */
async function namedByNewest(manager: EntityManager, caseId: string): Promise<ReadonlySet<string>> {
  const [newest] = await manager.query<{ epoch: number; record: string }[]>(
    `SELECT epoch, record FROM case_epochs WHERE case_id = $1 AND key = 'case' ORDER BY epoch DESC LIMIT 1`,
    [caseId],
  );
  if (!newest) return new Set();
  const named = new Set(readEpochRecord(newest.record).readers);
  const renewals = (await renewalsOf(manager, caseId)).filter(({ epoch }) => epoch === newest.epoch);
  // A key may have been renewed more than once, and the renewals come in no order.
  for (let before = 0; before < named.size;) {
    before = named.size;
    for (const { from, to } of renewals) if (named.has(from)) named.add(to);
  }
  return named;
}
