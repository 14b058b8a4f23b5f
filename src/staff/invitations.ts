import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database } from '../../config/database.js';
import { Settings } from '../../config/settings.js';
import { append } from '../audit/audit.js';
import { Invalid } from '../web/errors.js';
import { mayBeHeldTogether, type Role } from './roles.js';
import type { StaffActor, SystemActor } from './staff-actor.js';
import { lockAgency, refuseOneTooMany } from './places.js';
import { makeToken, tokenHash } from './token.js';

/** How long an invitation is good, and how long one waits for a second person. */
export const INVITATION_DAYS = 7;

const ROLES_APART =
  'Choose at least one role. An administrator or an auditor can hold no other, and an analyst none that reads cases.';

/** A one-time way in, shown once to whoever made it. */
export interface Invitation {
  readonly token: string;
  readonly link: string;
}

/** To which agency, and as what. */
export interface ToInvite {
  readonly agencyId: string;
  readonly roles: readonly Role[];
}

/** Invitations that the system makes: those of the first people. What people make is `asked-invitations/`. */
@Injectable()
export class Invitations {
  constructor(
    private readonly database: Database,
    private readonly settings: Settings,
  ) {}

  /**
   * Makes a link that lets one person join, once, within seven days.
   *
   * @throws {Invalid} when the agency is not connected or the roles cannot be held together
   * @throws {Conflict} `too_many_disclosure_officers` when the agency has as many as it may have
   */
  async invite(actor: SystemActor, to: ToInvite): Promise<Invitation> {
    return this.database.asActor(actor, async (manager) => {
      requireTogether(to.roles);
      await requireRoom(manager, await lockAgency(manager, to.agencyId), to);
      return putInvitation(manager, this.settings, actor, to);
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
      return putInvitation(manager, this.settings, actor, { agencyId, roles: ['admin'] });
    });
  }
}

/** @throws {Invalid} when roles cannot be held together */
export function requireTogether(roles: readonly Role[]): void {
  if (!mayBeHeldTogether(roles)) throw new Invalid([{ field: 'roles', code: 'roles', message: ROLES_APART }]);
}

/**
 * Whether somebody can come to an agency with these roles.
 *
 * @param agency as it is locked; null where it is not connected
 * @throws {Invalid} when it is not
 * @throws {Conflict} `too_many_disclosure_officers`
 */
export async function requireRoom(manager: EntityManager, agency: object | null, to: ToInvite): Promise<void> {
  if (!agency) {
    throw new Invalid([{ field: 'agencyId', code: 'unknown', message: 'Choose an agency that is connected.' }]);
  }
  await refuseOneTooMany(manager, to.agencyId, to.roles);
}

/** Makes the link, in the caller's transaction. Whether the actor may is for the caller to ask. */
export async function putInvitation(
  manager: EntityManager,
  { staffOrigin }: Pick<Settings, 'staffOrigin'>,
  actor: StaffActor | SystemActor,
  to: ToInvite,
): Promise<Invitation> {
  const token = makeToken();
  await manager.query('DELETE FROM staff_invitations WHERE expires_at <= now()');
  await manager.query(
    `INSERT INTO staff_invitations (token_hash, agency_id, roles, expires_at)
     VALUES ($1, $2, $3, now() + make_interval(days => $4))`,
    [tokenHash(token), to.agencyId, to.roles, INVITATION_DAYS],
  );
  await append(manager, { action: 'staff.invited', actor, agencyId: to.agencyId });
  // The token stands in the fragment: browsers send no fragment, so no proxy, log or Referer ever holds it.
  return { token, link: `${staffOrigin}/staff/join#${token}` };
}
