import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { Database } from '../../../config/database.js';
import { Settings } from '../../../config/settings.js';
import { append } from '../../audit/audit.js';
import { isUuid } from '../../vault/form.js';
import { dayInAuckland } from '../../web/day.js';
import { Conflict, Forbidden, Invalid, NotFound } from '../../web/errors.js';
import { lockAgency, refuseOneTooMany } from '../places.js';
import { OverseeingAgencies } from '../overseeing-agencies.js';
import { mayBeHeldAt, ROLES, type Role, type RolePlace } from '../roles.js';
import type { StaffActor } from '../staff-actor.js';
import { giveRoles } from './give-roles.js';
import { isThereASecond } from './second-person.js';
import {
  canHave,
  mayApprove,
  mayChangeRoles,
  mayLookAtRoleChanges,
  mayRefuse,
  takesTwo,
} from './role-change.policy.js';

/** A person whose roles are looked at. */
export interface PersonWithRoles {
  readonly staffId: string;
  readonly agencyId: string;
  readonly displayName: string;
  readonly roles: readonly Role[];
  /** What is published of who they are; null where nothing is. */
  readonly publishedAs: string | null;
}

/** A change that waits for a second person. */
export interface WaitingChange {
  readonly id: string;
  readonly displayName: string;
  readonly before: readonly Role[];
  readonly roles: readonly Role[];
  readonly askedBy: string;
  /** YYYY-MM-DD */
  readonly askedOn: string;
  readonly mayApprove: boolean;
  readonly mayRefuse: boolean;
}

const NOT_THESE = [{ field: 'roles', code: 'roles', message: 'These roles cannot be held together, or not here.' }];

/** Changing what people may do. */
@Injectable()
export class RoleChanges {
  constructor(
    private readonly database: Database,
    private readonly settings: Settings,
    private readonly overseeing: OverseeingAgencies,
  ) {}

  /**
   * The person whose roles are to be changed, and which could be given at all.
   *
   * @throws {NotFound} to everybody who may not change them
   */
  person(actor: StaffActor, staffId: string): Promise<{ person: PersonWithRoles; roles: readonly Role[] }> {
    return this.database.asActor(actor, async (manager) => {
      const person = await this.#personFor(manager, actor, staffId);
      const place = this.#place(person.agencyId);
      return { person, roles: ROLES.filter((role) => mayBeHeldAt([role], place)) };
    });
  }

  /**
   * Changes a person's roles at once, and ends their sessions; or asks for a second person, where a grave role is given and
   * there is a second.
   *
   * @returns whether it waits for somebody
   * @throws {NotFound} to everybody who may not change them
   * @throws {Invalid} when the roles cannot be had
   * @throws {Conflict} `too_many_disclosure_officers`, `change_waiting`
   */
  ask(actor: StaffActor, staffId: string, roles: readonly Role[]): Promise<'changed' | 'waiting'> {
    return this.database.asActor(actor, async (manager) => {
      await lockAgency(manager, actor.agencyId);
      const person = await this.#personFor(manager, actor, staffId);
      if (!canHave(roles, this.#place(person.agencyId))) throw new Invalid(NOT_THESE);
      if (takesTwo(person.roles, roles) && (await isThereASecond(manager, actor, staffId))) {
        await this.#wait(manager, actor, person, roles);
        return 'waiting';
      }
      await this.#give(manager, actor, person, roles);
      return 'changed';
    });
  }

  /**
   * The changes that wait at the actor's agency. Looking is audited.
   *
   * @throws {Forbidden} to those whose business it is not
   */
  async waiting(actor: StaffActor): Promise<readonly WaitingChange[]> {
    if (!mayLookAtRoleChanges(actor)) throw new Forbidden();
    return this.database.asActor(actor, async (manager) => {
      await append(manager, { action: 'staff.role_changes_viewed', actor });
      const rows = await manager.query<(WaitingChange & { staffId: string; askedById: string })[]>(
        `SELECT c.id, c.staff_id AS "staffId", p.display_name AS "displayName", p.roles AS before, c.roles,
                c.asked_by AS "askedById", a.display_name AS "askedBy", to_char(c.asked_on, 'YYYY-MM-DD') AS "askedOn"
           FROM role_changes c JOIN staff p ON p.id = c.staff_id AND p.active JOIN staff a ON a.id = c.asked_by
          WHERE c.decided_on IS NULL AND p.agency_id = $1 ORDER BY c.asked_on, c.id`,
        [actor.agencyId],
      );
      return rows.map(({ staffId, askedById, ...row }) => {
        const change = { staffId, agencyId: actor.agencyId, askedBy: askedById };
        return { ...row, mayApprove: mayApprove(actor, change), mayRefuse: mayRefuse(actor, change) };
      });
    });
  }

  /**
   * The second person says yes or no. Said twice it is answered as not there any more.
   *
   * @throws {NotFound} also to those who may not decide it
   * @throws {Conflict} `too_many_disclosure_officers`
   */
  async decide(actor: StaffActor, id: string, approved: boolean): Promise<void> {
    if (!isUuid(id)) throw new NotFound();
    await this.database.asActor(actor, async (manager) => {
      await lockAgency(manager, actor.agencyId);
      const [change] = await manager.query<(PersonWithRoles & { askedBy: string; wanted: Role[] })[]>(
        `SELECT p.id AS "staffId", p.agency_id AS "agencyId", p.display_name AS "displayName", p.roles,
                p.published_as AS "publishedAs", c.asked_by AS "askedBy", c.roles AS wanted
           FROM role_changes c JOIN staff p ON p.id = c.staff_id AND p.active
          WHERE c.id = $1 AND c.decided_on IS NULL`,
        [id],
      );
      const may = approved ? mayApprove : mayRefuse;
      if (!change || !may(actor, change)) throw new NotFound();
      await manager.query(`UPDATE role_changes SET decided_by = $2, decided_on = $3, approved = $4 WHERE id = $1`, [
        id,
        actor.staffId,
        dayInAuckland(),
        approved,
      ]);
      const action = approved ? 'staff.role_change_approved' : 'staff.role_change_refused';
      await append(manager, { action, actor, subject: change.staffId });
      if (approved) await this.#give(manager, actor, change, change.wanted);
    });
  }

  async #give(
    manager: EntityManager,
    actor: StaffActor,
    person: PersonWithRoles,
    roles: readonly Role[],
  ): Promise<void> {
    if (!person.roles.includes('disclosure_officer')) await refuseOneTooMany(manager, person.agencyId, roles);
    await giveRoles(manager, actor, person, roles);
  }

  async #wait(
    manager: EntityManager,
    actor: StaffActor,
    { staffId }: PersonWithRoles,
    roles: readonly Role[],
  ): Promise<void> {
    const made = await manager.query<unknown[]>(
      `INSERT INTO role_changes (id, staff_id, roles, asked_by, asked_on) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT DO NOTHING RETURNING id`,
      [randomUUID(), staffId, roles, actor.staffId, dayInAuckland()],
    );
    if (made.length === 0) {
      throw new Conflict('change_waiting', 'A change of this person’s roles waits already. Decide on that one first.');
    }
    await append(manager, { action: 'staff.role_change_asked', actor, subject: staffId });
  }

  #place(agencyId: string): RolePlace {
    return { isOperator: agencyId === this.settings.TRIAGE_AGENCY, oversees: this.overseeing.has(agencyId) };
  }

  async #personFor(manager: EntityManager, actor: StaffActor, staffId: string): Promise<PersonWithRoles> {
    if (!isUuid(staffId)) throw new NotFound();
    const [person] = await manager.query<PersonWithRoles[]>(
      `SELECT id AS "staffId", agency_id AS "agencyId", display_name AS "displayName", roles,
              published_as AS "publishedAs"
         FROM staff WHERE id = $1 AND active`,
      [staffId],
    );
    if (!person || !mayChangeRoles(actor, person)) throw new NotFound();
    return person;
  }
}
