import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { Database, isUniqueViolation } from '../../../config/database.js';
import { Settings } from '../../../config/settings.js';
import { append } from '../../audit/audit.js';
import type { Role } from '../../staff/roles.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { makeToken, tokenHash } from '../../staff/token.js';
import { Conflict, Forbidden } from '../../web/errors.js';
import { mayApproveRecovery, mayBeginRecovery, mayHelpRecover, mayStopRecovery } from './account-recovery.policy.js';

/** From beginning to approval at most, and from approval to taking it up. */
const HOURS = 24;

interface Row {
  readonly id: string;
  readonly staffId: string;
  readonly agencyId: string;
  readonly displayName: string;
  readonly begunBy: string;
  readonly begunByName: string;
  readonly begunByRoles: readonly Role[];
  readonly approved: boolean;
}

/** A recovery under way, as a colleague sees it. */
export interface OpenRecovery {
  readonly id: string;
  readonly displayName: string;
  readonly begunByName: string;
  readonly approved: boolean;
  readonly mayApprove: boolean;
}

const SELECT = `
  SELECT r.id, r.staff_id AS "staffId", r.agency_id AS "agencyId", p.display_name AS "displayName",
         r.begun_by AS "begunBy", b.display_name AS "begunByName",
         CASE WHEN b.active THEN b.roles ELSE '{}' END AS "begunByRoles", r.token_hash IS NOT NULL AS approved
    FROM account_recoveries r
    JOIN staff p ON p.id = r.staff_id AND p.active
    JOIN staff b ON b.id = r.begun_by`;

/**
 * Letting somebody in again who lost every way in. Two different colleagues each say that they have checked who it is; only
 * then is there a link, shown once to the second of them. Mail alone lets nobody in.
 */
@Injectable()
export class AccountRecoveries {
  constructor(
    private readonly database: Database,
    private readonly settings: Settings,
  ) {}

  /**
   * The recoveries under way at the actor's agency.
   *
   * @throws {Forbidden} when the actor may not help
   */
  async list(actor: StaffActor): Promise<OpenRecovery[]> {
    if (!mayHelpRecover(actor)) throw new Forbidden();
    return this.database.asActor(actor, async (manager) => {
      await append(manager, { action: 'staff.recoveries_viewed', actor });
      const rows = await manager.query<Row[]>(
        `${SELECT} WHERE r.agency_id = $1 AND r.expires_at > now() ORDER BY p.display_name, r.id`,
        [actor.agencyId],
      );
      return rows.map((row) => ({
        id: row.id,
        displayName: row.displayName,
        begunByName: row.begunByName,
        approved: row.approved,
        mayApprove: !row.approved && mayApproveRecovery(actor, row, begunBy(row)),
      }));
    });
  }

  /**
   * Says as the first of two that this person is to be let in again.
   *
   * @throws {Forbidden} when the actor may not, or there is no such colleague
   * @throws {Conflict} `recovery_open` when it was begun before
   */
  async begin(actor: StaffActor, staffId: string): Promise<void> {
    try {
      await this.database.asActor(actor, async (manager) => {
        const [person] = await manager.query<{ staffId: string; agencyId: string }[]>(
          'SELECT id AS "staffId", agency_id AS "agencyId" FROM staff WHERE id = $1 AND active',
          [staffId],
        );
        if (!person || !mayBeginRecovery(actor, person)) throw new Forbidden();
        await manager.query('DELETE FROM account_recoveries WHERE staff_id = $1 AND expires_at <= now()', [staffId]);
        await manager.query(
          `INSERT INTO account_recoveries (id, staff_id, agency_id, begun_by, expires_at)
           VALUES ($1, $2, $3, $4, now() + make_interval(hours => $5))`,
          [randomUUID(), staffId, person.agencyId, actor.staffId, HOURS],
        );
        await append(manager, { action: 'staff.recovery_begun', actor, subject: staffId });
      });
    } catch (error) {
      if (isUniqueViolation(error, 'uq_account_recoveries_staff_id')) {
        throw new Conflict('recovery_open', 'Somebody has begun to let this person in again already.');
      }
      throw error;
    }
  }

  /**
   * Says it as the second. Of two at once one gets the link.
   *
   * @returns the one-time link, shown nowhere else
   * @throws {Forbidden} when the actor may not, or it was stopped or is too old
   * @throws {Conflict} `recovery_approved` when somebody else was faster
   */
  async approve(actor: StaffActor, id: string): Promise<string> {
    const token = makeToken();
    await this.database.asActor(actor, async (manager) => {
      const row = await held(manager, id);
      if (!row || !mayApproveRecovery(actor, row, begunBy(row))) throw new Forbidden();
      if (row.approved) throw new Conflict('recovery_approved', 'A colleague has approved this already.');
      await manager.query(
        `UPDATE account_recoveries
            SET approved_by = $2, token_hash = $3, expires_at = now() + make_interval(hours => $4) WHERE id = $1`,
        [id, actor.staffId, tokenHash(token), HOURS],
      );
      await append(manager, { action: 'staff.recovery_approved', actor, subject: row.staffId });
    });
    // In the fragment, which browsers do not send.
    return `${this.settings.staffOrigin}/staff/recover#${token}`;
  }

  /**
   * Stops it: no link is made, and one that was is good no longer.
   *
   * @throws {Forbidden} when the actor may not, or it is over already
   */
  async stop(actor: StaffActor, id: string): Promise<void> {
    await this.database.asActor(actor, async (manager) => {
      const row = await held(manager, id);
      if (!row || !mayStopRecovery(actor, row)) throw new Forbidden();
      await manager.query('DELETE FROM account_recoveries WHERE id = $1', [id]);
      await append(manager, { action: 'staff.recovery_stopped', actor, subject: row.staffId });
    });
  }
}

/** Locks a recovery until the transaction ends: approving, stopping and taking up come one after the other. */
async function held(manager: EntityManager, id: string): Promise<Row | undefined> {
  const [row] = await manager.query<Row[]>(`${SELECT} WHERE r.id = $1 AND r.expires_at > now() FOR UPDATE OF r`, [id]);
  return row;
}

function begunBy({ begunBy: staffId, begunByRoles: roles }: Row): { staffId: string; roles: readonly Role[] } {
  return { staffId, roles };
}
