import { Injectable } from '@nestjs/common';
import { Database } from '../../config/database.js';
import { Settings } from '../../config/settings.js';
import { append } from '../audit/audit.js';
import { Forbidden, Invalid } from '../web/errors.js';
import { mayBeHeldTogether, type Role } from './roles.js';
import type { StaffActor, SystemActor } from './staff-actor.js';
import { mayInvite } from './staff.policy.js';
import { makeToken, tokenHash } from './token.js';

const DAYS = 7;

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
   */
  async invite(
    actor: StaffActor | SystemActor,
    to: { readonly agencyId: string; readonly roles: readonly Role[] },
  ): Promise<Invitation> {
    if (!mayBeHeldTogether(to.roles)) {
      throw new Invalid([
        { field: 'roles', code: 'roles', message: 'Choose at least one role. An administrator can hold no other.' },
      ]);
    }
    const operatorAgency = this.settings.TRIAGE_AGENCY;
    if (actor.kind === 'staff' && !mayInvite(actor, { ...to, operatorAgency })) throw new Forbidden();
    const token = makeToken();
    await this.database.asActor(actor, async (manager) => {
      const connected = await manager.query<unknown[]>('SELECT 1 FROM agencies WHERE id = $1', [to.agencyId]);
      if (connected.length === 0) {
        throw new Invalid([{ field: 'agencyId', code: 'unknown', message: 'Choose an agency that is connected.' }]);
      }
      await manager.query('DELETE FROM staff_invitations WHERE expires_at <= now()');
      await manager.query(
        `INSERT INTO staff_invitations (token_hash, agency_id, roles, expires_at)
         VALUES ($1, $2, $3, now() + make_interval(days => $4))`,
        [tokenHash(token), to.agencyId, to.roles, DAYS],
      );
      await append(manager, { action: 'staff.invited', actor, agencyId: to.agencyId });
    });
    // The token stands in the fragment: browsers send no fragment, so no proxy, log or Referer ever holds it.
    return { token, link: `${this.settings.staffOrigin}/staff/join#${token}` };
  }
}
