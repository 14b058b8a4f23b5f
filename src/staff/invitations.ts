import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database } from '../../config/database.js';
import { Settings } from '../../config/settings.js';
import { append } from '../audit/audit.js';
import { Forbidden, Invalid } from '../web/errors.js';
import { mayBeHeldTogether, type Role } from './roles.js';
import type { StaffActor, SystemActor } from './staff-actor.js';
import { mayInvite } from './staff.policy.js';
import { lockAgency, refuseOneTooMany } from './places.js';
import { makeToken, tokenHash } from './token.js';

const DAYS = 7;
const ROLES_APART =
  'Choose at least one role. An administrator or an auditor can hold no other, and an analyst none that reads cases.';

/** A one-time way in, shown once to whoever made it. */
export interface Invitation {
  readonly token: string;
  readonly link: string;
}

/** Invitations to join an agency. */
@Injectable()
export class Invitations {
  constructor(
    private readonly database: Database,
    private readonly settings: Settings,
  ) {}

  /**
   * Makes a link that lets one person join, once, within seven days.
   *
   * @throws {Forbidden} when the actor may not invite there
   * @throws {Invalid} when the agency is not connected or the roles cannot be held together
   * @throws {Conflict} `too_many_disclosure_officers` when the agency has as many as it may have
   */
  async invite(
    actor: StaffActor | SystemActor,
    to: { readonly agencyId: string; readonly roles: readonly Role[] },
  ): Promise<Invitation> {
    if (!mayBeHeldTogether(to.roles)) {
      throw new Invalid([{ field: 'roles', code: 'roles', message: ROLES_APART }]);
    }
    const operatorAgency = this.settings.TRIAGE_AGENCY;
    return this.database.asActor(actor, async (manager) => {
      const agency = await lockAgency(manager, to.agencyId);
      const hasPeople = agency?.hasPeople ?? false;
      // Before it is said whether the agency is connected, which is not for everybody to know.
      if (actor.kind === 'staff' && !mayInvite(actor, { ...to, operatorAgency, hasPeople })) throw new Forbidden();
      if (!agency) {
        throw new Invalid([{ field: 'agencyId', code: 'unknown', message: 'Choose an agency that is connected.' }]);
      }
      await refuseOneTooMany(manager, to.agencyId, to.roles);
      return this.put(manager, actor, to);
    });
  }

  /**
   * Makes the link for the first administrator of all. Earlier links for an administrator of that agency are good no
   * longer, so that however often the server starts there is one.
   *
   * @returns null once there is any member of staff
   */
  async inviteFirst(actor: SystemActor, agencyId: string): Promise<Invitation | null> {
    return this.database.asActor(actor, async (manager) => {
      // Whoever joins takes the same lock: no link is made beside the first to join.
      await lockAgency(manager, agencyId);
      const settled = await manager.query<unknown[]>('SELECT FROM staff LIMIT 1');
      if (settled.length > 0) return null;
      await manager.query(`DELETE FROM staff_invitations WHERE agency_id = $1 AND 'admin' = ANY (roles)`, [agencyId]);
      return this.put(manager, actor, { agencyId, roles: ['admin'] });
    });
  }

  private async put(
    manager: EntityManager,
    actor: StaffActor | SystemActor,
    to: { readonly agencyId: string; readonly roles: readonly Role[] },
  ): Promise<Invitation> {
    const token = makeToken();
    await manager.query('DELETE FROM staff_invitations WHERE expires_at <= now()');
    await manager.query(
      `INSERT INTO staff_invitations (token_hash, agency_id, roles, expires_at)
       VALUES ($1, $2, $3, now() + make_interval(days => $4))`,
      [tokenHash(token), to.agencyId, to.roles, DAYS],
    );
    await append(manager, { action: 'staff.invited', actor, agencyId: to.agencyId });
    // The token stands in the fragment: browsers send no fragment, so no proxy, log or Referer ever holds it.
    return { token, link: `${this.settings.staffOrigin}/staff/join#${token}` };
  }
}
