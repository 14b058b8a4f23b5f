import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database } from '../../../config/database.js';
import { append } from '../../audit/audit.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { noWall } from '../../staff/walls.js';
import { readGrantHeader } from '../../vault/grants.js';
import type { CaseKeyName } from '../../vault/suite.js';
import { Conflict, Invalid } from '../../web/errors.js';
import { wellFormed } from '../../web/well-formed.js';
import { grantPlace, unwrapGrant, wrapGrant } from '../disposal.js';
import type { GrantsToRenew, RenewedGrant } from './renewal.js';

/** Grants in one answer, and in one batch that is stored whole or not at all. */
export const RENEWED_AT_ONCE = 100;

/** Longer than any transaction lasts in which somebody, told of the old key, still grants to it. */
const STRAGGLERS_MINUTES = 10;

/* Own old keys whose private part still lies sealed, so that what was granted to them can be opened. */
const OLD_KIDS = `
  SELECT k.kid FROM staff_keys k
   WHERE k.staff_id = $1 AND k.purpose = 'agreement' AND k.retired_at IS NOT NULL
     AND EXISTS (SELECT FROM staff_sealed_keys s WHERE s.kid = k.kid)`;

/* What a person is kept out of waits until they are let in again; what was disposed of, nobody opens. */
const TO_RENEW = `
  FROM case_grants g JOIN cases c ON c.id = g.case_id JOIN disposal.keys d ON d.case_id = g.case_id
 WHERE g.reader IN (${OLD_KIDS}) AND ${noWall('c', '$1')}`;

interface Row {
  readonly caseId: string;
  readonly key: CaseKeyName;
  readonly epoch: number;
  readonly reader: string;
  readonly wrapped: Buffer;
  readonly disposal: Buffer;
}

/**
 * Grants to a person's new key what their old one opens: their browser opens and seals again, batch by batch. What was not
 * done when it stopped is what is still granted to the old key, so it goes on from there by itself.
 */
@Injectable()
export class RenewGrants {
  constructor(private readonly database: Database) {}

  /**
   * The next of a person's grants to their old keys.
   *
   * @param skip how many of them their browser could not open: they stay as they are
   */
  async next(actor: StaffActor, skip: number): Promise<GrantsToRenew> {
    return this.database.asActor(actor, async (manager) => {
      const rows = await manager.query<Row[]>(
        `SELECT g.case_id AS "caseId", g.key, g.epoch, g.reader, g.wrapped, d.key AS disposal ${TO_RENEW}
          ORDER BY g.case_id, g.key, g.epoch, g.reader LIMIT $2 OFFSET $3`,
        [actor.staffId, RENEWED_AT_ONCE, skip],
      );
      const [count] = await manager.query<{ n: number }[]>(`SELECT count(*)::int AS n ${TO_RENEW}`, [actor.staffId]);
      await append(manager, { action: 'staff.old_grants_read', actor, subject: actor.staffId });
      const grants = rows.map(({ caseId, key, epoch, reader, wrapped, disposal }) => ({
        caseId,
        key,
        epoch,
        reader,
        jwe: unwrapGrant(disposal, grantPlace(caseId, key, epoch, reader), wrapped),
      }));
      return { grants, left: count?.n ?? 0 };
    });
  }

  /**
   * Puts new grants in the place of old ones, all or none. Those that are not there any more are left out: a case may have
   * been disposed of meanwhile, or another tab was faster.
   *
   * @throws {Invalid} when one is not for the person's current key, or not what it must be
   */
  async renew(actor: StaffActor, renewed: readonly RenewedGrant[]): Promise<void> {
    await this.database.asActor(actor, async (manager) => {
      const to = await currentKid(manager, actor.staffId);
      await Promise.all(renewed.map((grant, at) => requireFits(grant, to, at)));
      const disposal = await lockCases(manager, actor.staffId, renewed);
      for (const grant of renewed) await replace(manager, actor.staffId, grant, to, disposal.get(grant.caseId));
      await append(manager, { action: 'staff.grants_renewed', actor, subject: to });
    });
  }

  /**
   * Lets go of the old keys once nothing is left that they open. A little later than at once: whoever was told of an old
   * key just before may still be granting to it.
   */
  async finish(actor: StaffActor): Promise<void> {
    await this.database.asActor(actor, async (manager) => {
      await manager.query(
        `DELETE FROM staff_sealed_keys WHERE kid IN (
           SELECT k.kid FROM staff_keys k
            WHERE k.staff_id = $1 AND k.purpose = 'agreement' AND k.retired_at < now() - make_interval(mins => $2)
              AND NOT is_still_granted(k.kid))`,
        [actor.staffId, STRAGGLERS_MINUTES],
      );
      await append(manager, { action: 'staff.old_keys_let_go', actor, subject: actor.staffId });
    });
  }
}

async function currentKid(manager: EntityManager, staffId: string): Promise<string> {
  const [key] = await manager.query<{ kid: string }[]>(
    `SELECT kid FROM staff_keys WHERE staff_id = $1 AND purpose = 'agreement' AND retired_at IS NULL`,
    [staffId],
  );
  if (!key) throw new Conflict('keys_changed', 'Your keys have changed meanwhile. Load the page again.');
  return key.kid;
}

/** By its form alone, a grant of this key of this case to this reader. @throws {Invalid} */
export async function requireFits(
  { caseId, key, epoch, jwe }: Pick<RenewedGrant, 'caseId' | 'key' | 'epoch' | 'jwe'>,
  to: string,
  at: number,
): Promise<void> {
  const refusal = (): Invalid =>
    new Invalid([
      { field: `grants.${at.toString()}.jwe`, code: 'malformed', message: 'This is not the grant it must be.' },
    ]);
  const header = await wellFormed(() => readGrantHeader(jwe), refusal);
  if (header.case !== caseId || header.key !== key || header.epoch !== epoch || header.kid !== to) throw refusal();
}

/** Keeps everybody else from changing these cases, in the order of their ids. @returns their disposal keys */
async function lockCases(
  manager: EntityManager,
  staffId: string,
  renewed: readonly RenewedGrant[],
): Promise<ReadonlyMap<string, Buffer>> {
  const ids = [...new Set(renewed.map(({ caseId }) => caseId))];
  const rows = await manager.query<{ id: string; key: Buffer }[]>(
    `SELECT c.id, d.key FROM cases c JOIN disposal.keys d ON d.case_id = c.id
      WHERE c.id = ANY ($2) AND ${noWall('c', '$1')} ORDER BY c.id FOR UPDATE OF c`,
    [staffId, ids],
  );
  return new Map(rows.map(({ id, key }) => [id, key]));
}

async function replace(
  manager: EntityManager,
  staffId: string,
  { caseId, key, epoch, from, jwe, held }: RenewedGrant,
  to: string,
  disposal: Buffer | undefined,
): Promise<void> {
  if (!disposal) return;
  const wrapped = wrapGrant(disposal, grantPlace(caseId, key, epoch, to), jwe);
  const place = [staffId, caseId, key, epoch, from];
  const rows = await manager.query<unknown[]>(
    `SELECT FROM case_grants WHERE case_id = $2 AND key = $3 AND epoch = $4 AND reader = $5 AND reader IN (${OLD_KIDS})`,
    place,
  );
  if (rows.length === 0) return;
  await manager.query(
    `INSERT INTO case_grants (case_id, key, epoch, reader, wrapped) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
    [caseId, key, epoch, to, wrapped],
  );
  // A referral that may yet be called back calls back by its reader's key.
  await manager.query(
    `UPDATE referral_grants w SET reader = $5, wrapped = $6 FROM referrals r
      WHERE r.id = w.referral_id AND r.case_id = $1 AND w.key = $2 AND w.epoch = $3 AND w.reader = $4`,
    [caseId, key, epoch, from, to, wrapped],
  );
  await manager.query('DELETE FROM case_grants WHERE case_id = $1 AND key = $2 AND epoch = $3 AND reader = $4', [
    caseId,
    key,
    epoch,
    from,
  ]);
  if (key !== 'case') return;
  await manager.query(
    `INSERT INTO case_key_renewals (case_id, epoch, from_kid, to_kid, held) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT DO NOTHING`,
    [caseId, epoch, from, to, held],
  );
}
