import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { Database } from '../../../config/database.js';
import { Settings } from '../../../config/settings.js';
import { append } from '../../audit/audit.js';
import { isUuid } from '../../vault/form.js';
import { dayInAuckland } from '../../web/day.js';
import { Conflict, Forbidden, Invalid, NotFound } from '../../web/errors.js';
import {
  INVITATION_DAYS,
  putInvitation,
  requireRoom,
  requireTogether,
  type Invitation,
  type ToInvite,
} from '../invitations.js';
import { takesTwo } from '../role-changes/role-change.policy.js';
import { isThereASecond } from '../role-changes/second-person.js';
import type { Role } from '../roles.js';
import type { StaffActor } from '../staff-actor.js';
import { OverseeingAgencies } from '../overseeing-agencies.js';
import { mayAdminister, mayInvite } from '../staff.policy.js';
import { lockAgency } from '../places.js';
import { mayApproveInvitation, mayRefuseInvitation } from './asked-invitation.policy.js';

/** Most that wait at one agency at a time. */
const MOST_WAITING = 50;

/** An invitation that waits for a second person. */
export interface WaitingInvitation {
  readonly id: string;
  readonly agencyId: string;
  readonly roles: readonly Role[];
  readonly forWhom: string;
  readonly askedBy: string;
  /** YYYY-MM-DD */
  readonly askedOn: string;
  readonly mayApprove: boolean;
}

interface Row extends Omit<WaitingInvitation, 'mayApprove'> {
  readonly askedById: string;
  readonly askedByRoles: readonly Role[];
}

/* Of who asked and has left, or administers nothing any more, nothing waits. */
const STILL_WAITS = `a.id = i.asked_by AND a.active AND a.agency_id = $1 AND i.expires_at > now()`;
const COLUMNS = `i.id, i.agency_id AS "agencyId", i.roles, i.for_whom AS "forWhom", i.asked_by AS "askedById",
  a.display_name AS "askedBy", a.roles AS "askedByRoles", to_char(i.asked_on, 'YYYY-MM-DD') AS "askedOn"`;
const WAITING = `SELECT ${COLUMNS} FROM asked_invitations i, staff a WHERE ${STILL_WAITS}`;

/** Inviting people in an administrator's name: to grave roles it takes a second administrator, where there is one. */
@Injectable()
export class AskedInvitations {
  constructor(
    private readonly database: Database,
    private readonly settings: Settings,
    private readonly overseeing: OverseeingAgencies,
  ) {}

  /**
   * Makes a link that lets one person join; or asks for a second administrator, where a grave role is given and there is a
   * second at the actor's agency.
   *
   * @returns null where it waits
   * @throws {Forbidden} when the actor may not invite there
   * @throws {Invalid} when the agency is not connected, the roles cannot be held together, or it is not said who it is for
   * @throws {Conflict} `too_many_disclosure_officers`; `too_many_waiting`
   */
  ask(actor: StaffActor, to: ToInvite & { readonly forWhom?: string | undefined }): Promise<Invitation | null> {
    return this.database.asActor(actor, async (manager) => {
      requireTogether(to.roles);
      await this.#requireMay(manager, actor, to);
      if (!takesTwo([], to.roles) || !(await isThereASecond(manager, actor))) {
        return putInvitation(manager, this.settings, actor, to);
      }
      await this.#wait(manager, actor, to, to.forWhom?.trim() ?? '');
      return null;
    });
  }

  /** What waits at the actor's agency, for who may look at it; whoever lists it records that it was looked at. */
  async waiting(actor: StaffActor): Promise<readonly WaitingInvitation[]> {
    if (!mayAdminister(actor)) throw new Forbidden();
    const rows = await this.database.asActor(actor, (manager) =>
      manager.query<Row[]>(`${WAITING} ORDER BY i.asked_on, i.id`, [actor.agencyId]),
    );
    return rows.map((row) => ({
      ...row,
      mayApprove: mayApproveInvitation(actor, { askedBy: row.askedById, askedAt: actor.agencyId }),
    }));
  }

  /**
   * The second person says yes, and is shown the link.
   *
   * @throws {NotFound} also to those who may not say so, and once who asked could not invite there any more
   * @throws {Conflict} `too_many_disclosure_officers`
   */
  approve(actor: StaffActor, id: string): Promise<Invitation> {
    return this.database.asActor(actor, async (manager) => {
      const { row, asker } = await this.#decided(manager, actor, id);
      if (!mayApproveInvitation(actor, { askedBy: asker.staffId, askedAt: asker.agencyId })) throw new NotFound();
      // For both of them: whom either could not invite is invited by neither.
      for (const one of [asker, actor]) {
        await this.#requireMay(manager, one, row).catch((error: unknown) => {
          throw error instanceof Forbidden ? new NotFound() : error;
        });
      }
      await append(manager, { action: 'staff.invitation_approved', actor, subject: id, agencyId: row.agencyId });
      return putInvitation(manager, this.settings, actor, row);
    });
  }

  /** Says no, as the second or as who asked. @throws {NotFound} also to those who may not */
  refuse(actor: StaffActor, id: string): Promise<void> {
    return this.database.asActor(actor, async (manager) => {
      const { row, asker } = await this.#decided(manager, actor, id);
      if (!mayRefuseInvitation(actor, { askedAt: asker.agencyId })) throw new NotFound();
      await append(manager, { action: 'staff.invitation_refused', actor, subject: id, agencyId: row.agencyId });
    });
  }

  /** Takes it out of what waits, so that of two who decide at once one does. */
  async #decided(manager: EntityManager, actor: StaffActor, id: string): Promise<{ row: Row; asker: StaffActor }> {
    if (!isUuid(id)) throw new NotFound();
    const [rows] = await manager.query<[Row[], number]>(
      `DELETE FROM asked_invitations i USING staff a WHERE ${STILL_WAITS} AND i.id = $2 RETURNING ${COLUMNS}`,
      [actor.agencyId, id],
    );
    const [row] = rows;
    if (!row) throw new NotFound();
    const { askedById: staffId, askedBy: displayName, askedByRoles: roles } = row;
    return { row, asker: { kind: 'staff', staffId, displayName, roles, agencyId: actor.agencyId } };
  }

  async #requireMay(manager: EntityManager, actor: StaffActor, to: ToInvite): Promise<void> {
    const operatorAgency = this.settings.TRIAGE_AGENCY;
    const agency = await lockAgency(manager, to.agencyId);
    const hasPeople = agency?.hasPeople ?? false;
    // Before it is said whether the agency is connected, which is not for everybody to know.
    const oversees = this.overseeing.has(to.agencyId);
    if (!mayInvite(actor, { ...to, operatorAgency, oversees, hasPeople })) throw new Forbidden();
    await requireRoom(manager, agency, to);
  }

  async #wait(manager: EntityManager, actor: StaffActor, to: ToInvite, forWhom: string): Promise<void> {
    if (forWhom === '') {
      throw new Invalid([{ field: 'forWhom', code: 'required', message: 'Say who it is for.' }]);
    }
    const waiting = await manager.query<unknown[]>(WAITING, [actor.agencyId]);
    if (waiting.length >= MOST_WAITING) {
      throw new Conflict('too_many_waiting', 'Too many invitations wait already. Decide on those first.');
    }
    const id = randomUUID();
    await manager.query(
      `INSERT INTO asked_invitations (id, agency_id, roles, for_whom, asked_by, asked_on, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, now() + make_interval(days => $7))`,
      [id, to.agencyId, to.roles, forWhom, actor.staffId, dayInAuckland(), INVITATION_DAYS],
    );
    await append(manager, { action: 'staff.invitation_asked', actor, subject: id, agencyId: to.agencyId });
  }
}
