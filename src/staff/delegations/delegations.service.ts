import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { Database } from '../../../config/database.js';
import { append } from '../../audit/audit.js';
import { isUuid } from '../../vault/form.js';
import { dayInAuckland } from '../../web/day.js';
import { Conflict, Forbidden, Invalid, NotFound } from '../../web/errors.js';
import type { Role } from '../roles.js';
import type { StaffActor } from '../staff-actor.js';
import { MOST_DAYS_LENT, mayBeLentTo, mayEndDelegation, mayLend, maySeeDelegations } from './delegation.policy.js';

/** Most colleagues to whom one person's role is lent at once. */
const MOST_AT_ONCE = 10;
const DAY = 86_400_000;

/** A role that is lent, as a page shows it. */
export interface LentNow {
  readonly id: string;
  readonly role: Role;
  readonly from: string;
  readonly to: string;
  readonly toId: string;
  /** YYYY-MM-DD, the last day. */
  readonly untilDay: string;
  readonly mayEnd: boolean;
}

/** What is lent at an agency, and to whom more could be. */
export interface Delegations {
  readonly standing: readonly LentNow[];
  /** Empty for who may lend nothing. */
  readonly colleagues: readonly { readonly staffId: string; readonly displayName: string }[];
  /** The first and the last day that may be chosen. */
  readonly days: { readonly first: string; readonly last: string };
}

interface Person {
  readonly staffId: string;
  readonly agencyId: string;
  readonly displayName: string;
  readonly roles: readonly Role[];
}

/** Lending a role for an absence. */
@Injectable()
export class DelegationsService {
  constructor(private readonly database: Database) {}

  /**
   * What is lent at the actor's agency. Looking is audited.
   *
   * @throws {Forbidden} to those whose business it is not
   */
  async read(actor: StaffActor): Promise<Delegations> {
    if (!maySeeDelegations(actor)) throw new Forbidden();
    return this.database.asActor(actor, async (manager) => {
      await append(manager, { action: 'staff.delegations_viewed', actor });
      const people = mayLend(actor) ? await peopleOf(manager, actor.agencyId) : [];
      return {
        standing: await lentAt(manager, actor),
        colleagues: people.filter((person) => mayBeLentTo(actor, person)),
        days: daysAhead(),
      };
    });
  }

  /**
   * Lends the actor's role to a colleague until the end of a day. Lent again to the same colleague, the newer day counts.
   *
   * @param untilDay YYYY-MM-DD in Pacific/Auckland
   * @throws {Forbidden} to who has no role to lend
   * @throws {Invalid} when it cannot be lent to this person, or not for so long
   * @throws {Conflict} `too_many_delegations`
   */
  async lend(actor: StaffActor, toId: string, untilDay: string): Promise<void> {
    if (!mayLend(actor)) throw new Forbidden();
    const { first, last } = daysAhead();
    if (untilDay < first || untilDay > last) {
      const message = `Choose a day from today on, at most ${MOST_DAYS_LENT.toString()} days ahead.`;
      throw new Invalid([{ field: 'untilDay', code: 'until_day', message }]);
    }
    await this.database.asActor(actor, async (manager) => {
      await manager.query('SELECT FROM staff WHERE id = $1 FOR NO KEY UPDATE', [actor.staffId]);
      const colleague = (await peopleOf(manager, actor.agencyId)).find(({ staffId }) => staffId === toId);
      if (!colleague || !mayBeLentTo(actor, colleague)) {
        throw new Invalid([{ field: 'toId', code: 'not_one_of', message: 'Choose a colleague it can be lent to.' }]);
      }
      await manager.query(
        `UPDATE delegations SET ended_by = $1, ended_on = $3 WHERE from_id = $1 AND to_id = $2 AND ended_on IS NULL`,
        [actor.staffId, toId, first],
      );
      const standing = await manager.query<unknown[]>(
        `SELECT FROM delegations WHERE from_id = $1 AND ended_on IS NULL AND until_day >= $2`,
        [actor.staffId, first],
      );
      if (standing.length >= MOST_AT_ONCE) {
        throw new Conflict(
          'too_many_delegations',
          'Your role is lent to as many colleagues as it can be. End one first.',
        );
      }
      await manager.query(
        `INSERT INTO delegations (id, role, from_id, to_id, until_day) VALUES ($1, 'lead', $2, $3, $4)`,
        [randomUUID(), actor.staffId, toId, untilDay],
      );
      await append(manager, { action: 'staff.role_lent', actor, subject: toId });
    });
  }

  /**
   * Ends what is lent before its last day. Ended twice it is answered as the first time.
   *
   * @throws {NotFound} also to those whose business it is not
   */
  async end(actor: StaffActor, id: string): Promise<void> {
    if (!isUuid(id)) throw new NotFound();
    await this.database.asActor(actor, async (manager) => {
      const [lent] = await manager.query<{ agencyId: string; fromId: string; toId: string }[]>(
        `SELECT f.agency_id AS "agencyId", d.from_id AS "fromId", d.to_id AS "toId"
           FROM delegations d JOIN staff f ON f.id = d.from_id WHERE d.id = $1`,
        [id],
      );
      if (!lent || !mayEndDelegation(actor, lent)) throw new NotFound();
      const [, ended] = await manager.query<[unknown[], number]>(
        `UPDATE delegations SET ended_by = $2, ended_on = $3 WHERE id = $1 AND ended_on IS NULL`,
        [id, actor.staffId, dayInAuckland()],
      );
      if (ended > 0) await append(manager, { action: 'staff.role_taken_back', actor, subject: lent.toId });
    });
  }
}

/** What is lent now at the actor's agency, by the name of who lent it. */
export async function lentAt(manager: EntityManager, actor: StaffActor): Promise<LentNow[]> {
  const rows = await manager.query<(Omit<LentNow, 'mayEnd'> & { fromId: string })[]>(
    `SELECT d.id, d.role, f.display_name AS "from", t.display_name AS "to", d.from_id AS "fromId", d.to_id AS "toId",
            to_char(d.until_day, 'YYYY-MM-DD') AS "untilDay"
       FROM delegations d
       JOIN staff f ON f.id = d.from_id AND f.active AND f.agency_id = $1 AND d.role = ANY (f.roles)
       JOIN staff t ON t.id = d.to_id AND t.active AND t.agency_id = $1
      WHERE d.ended_on IS NULL AND d.until_day >= $2
      ORDER BY f.display_name, t.display_name, d.id`,
    [actor.agencyId, dayInAuckland()],
  );
  return rows.map(({ fromId, ...lent }) => ({
    ...lent,
    mayEnd: mayEndDelegation(actor, { agencyId: actor.agencyId, fromId, toId: lent.toId }),
  }));
}

function peopleOf(manager: EntityManager, agencyId: string): Promise<Person[]> {
  return manager.query<Person[]>(
    `SELECT id AS "staffId", agency_id AS "agencyId", display_name AS "displayName", roles
       FROM staff WHERE agency_id = $1 AND active ORDER BY display_name, id`,
    [agencyId],
  );
}

function daysAhead(): Delegations['days'] {
  const now = new Date();
  return { first: dayInAuckland(now), last: dayInAuckland(new Date(now.getTime() + MOST_DAYS_LENT * DAY)) };
}
