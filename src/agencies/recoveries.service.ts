import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { IsNull, Not, type EntityManager } from 'typeorm';
import { Database } from '../../config/database.js';
import { append } from '../audit/audit.js';
import { colleagues, type Colleague } from '../staff/colleagues.js';
import { lockAgency } from '../staff/places.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { readKeyStatement } from '../vault/key-statements.js';
import { Conflict, Forbidden, Invalid } from '../web/errors.js';
import { AgencyKey } from './agency-key.entity.js';
import { mayBeRecoveredTo, mayMakeRecoveryKey } from './agency.policy.js';
import { checkStatement } from './check-statement.js';
import type { RecoveryAtHand } from './recovery-at-hand.js';
import { Recovery } from './recovery.entity.js';
import { RecoveryKey } from './recovery-key.entity.js';
import { checkGrantHeader } from './store-agency-key.js';

/** Hours in which what two officers agreed on may be done. */
const HOURS = 24;

/** A recovery as those see it who may agree to it. */
export interface RecoveryAsked {
  readonly id: string;
  readonly kid: string;
  readonly askedBy: string;
  readonly mine: boolean;
  /** Whether the actor is one of the two who agreed to it, and so may do it. */
  readonly agreed: boolean;
  /** Those it is for. */
  readonly to: readonly Pick<Colleague, 'staffId' | 'displayName'>[];
  readonly confirmed: boolean;
}

/** Granting keys again with a recovery key from paper, which takes two officers and two sheets. */
@Injectable()
export class RecoveriesService {
  constructor(private readonly database: Database) {}

  /**
   * Asks for a recovery. Nothing is granted before another officer has agreed to the same.
   *
   * @throws {Forbidden} when the actor may not, or there is no such recovery key in use
   * @throws {Invalid} when the statement names somebody who may not have what the key gives back
   */
  async ask(actor: StaffActor, { kid, statement }: { kid: string; statement: string }): Promise<void> {
    await this.database.asActor(actor, async (manager) => {
      await lockAgency(manager, actor.agencyId);
      const key = await provenKey(manager, actor, kid);
      const { to = [] } = await checkStatement(manager, actor, statement, { key: kid, said: ['recovers'] });
      const people = (await colleagues(manager, actor.agencyId)).filter((one) => mayBeRecoveredTo(one, key.purpose));
      if (!to.every((reader) => people.some(({ agreement }) => agreement.kid === reader))) {
        throw new Invalid([{ field: 'statement', code: 'to', message: 'Choose people who may read this.' }]);
      }
      const askedAt = new Date();
      const none = { confirmedBy: null, confirmedAt: null, confirmation: null };
      await manager.insert(Recovery, { id: randomUUID(), kid, askedBy: actor.staffId, askedAt, statement, ...none });
      await append(manager, { action: 'agency.recovery_asked', actor, subject: kid });
    });
  }

  /** The recovery keys that the actor may use, those that are not in use any more as well; the newest first. */
  async usable(actor: StaffActor): Promise<Pick<RecoveryKey, 'kid' | 'purpose' | 'madeOn' | 'retiredAt'>[]> {
    return this.database.asActor(actor, async (manager) => {
      await append(manager, { action: 'agency.keys_viewed', actor });
      const keys = await manager.find(RecoveryKey, {
        where: { agencyId: actor.agencyId, provenOn: Not(IsNull()) },
        order: { purpose: 'ASC', madeOn: 'DESC' },
      });
      return keys.filter(({ purpose }) => mayMakeRecoveryKey(actor, purpose));
    });
  }

  /** What was asked for within the last day, newest first, of the keys that the actor may recover. */
  async asked(actor: StaffActor): Promise<RecoveryAsked[]> {
    return this.database.asActor(actor, async (manager) => {
      await append(manager, { action: 'agency.keys_viewed', actor });
      const people = await colleagues(manager, actor.agencyId);
      const rows = await manager.query<(Recovery & { name: string; purpose: RecoveryKey['purpose'] })[]>(
        `SELECT r.id, r.kid, r.asked_by AS "askedBy", r.statement, r.confirmed_by AS "confirmedBy",
                r.confirmed_at AS "confirmedAt", k.purpose,
                p.display_name AS name
           FROM recoveries r JOIN recovery_keys k ON k.kid = r.kid JOIN staff p ON p.id = r.asked_by
          WHERE k.agency_id = $1
            AND coalesce(r.confirmed_at, r.asked_at) > now() - make_interval(hours => $2)
          ORDER BY r.asked_at DESC LIMIT 20`,
        [actor.agencyId, HOURS],
      );
      return rows
        .filter(({ purpose }) => mayMakeRecoveryKey(actor, purpose))
        .map(({ id, kid, askedBy, statement, confirmedBy, confirmedAt, name }) => ({
          id,
          kid,
          askedBy: name,
          mine: askedBy === actor.staffId,
          agreed: confirmedBy !== null && [askedBy, confirmedBy].includes(actor.staffId),
          to: people.filter(({ agreement }) => readKeyStatement(statement).to?.includes(agreement.kid)),
          confirmed: confirmedAt !== null,
        }));
    });
  }

  /**
   * Agrees to what another officer asked for.
   *
   * @throws {Forbidden} when the actor may not, asked for it themself, or there is nothing like that
   * @throws {Invalid} when the statement names others than the one that asked
   */
  async confirm(actor: StaffActor, id: string, statement: string): Promise<void> {
    await this.database.asActor(actor, async (manager) => {
      await lockAgency(manager, actor.agencyId);
      const found = await recoveryFor(manager, actor, id);
      if (found.askedBy === actor.staffId) throw new Forbidden();
      const { to } = await checkStatement(manager, actor, statement, { key: found.kid, said: ['recovers'] });
      if (JSON.stringify(to) !== JSON.stringify(readKeyStatement(found.statement).to)) {
        throw new Invalid([{ field: 'statement', code: 'to', message: 'This is not what was asked for. Look again.' }]);
      }
      if (found.confirmedAt !== null) return;
      const confirmed = { confirmedBy: actor.staffId, confirmedAt: new Date(), confirmation: statement };
      await manager.update(Recovery, { id }, confirmed);
      await append(manager, { action: 'agency.recovery_confirmed', actor, subject: found.kid });
    });
  }

  /** What the recovery key opens, for the browser in which it is put together. @throws {Forbidden} @throws {Conflict} */
  async open(actor: StaffActor, id: string): Promise<RecoveryAtHand> {
    return this.database.asActor(actor, async (manager) => {
      const atHand = await recoveryAtHand(manager, actor, id);
      await append(manager, { action: 'agency.keys_viewed', actor });
      return atHand;
    });
  }

  /**
   * Stores the complaints keys that were granted again. What was granted before to the same people is replaced.
   *
   * @throws {Forbidden} when somebody is granted to on whom nobody agreed
   * @throws {Conflict} `not_confirmed` while the second officer has not agreed, or after the time is over
   * @throws {Invalid} when a grant is not what it says
   */
  async grantAgencyKeys(
    actor: StaffActor,
    id: string,
    grants: readonly { readonly kid: string; readonly staffId: string; readonly jwe: string }[],
  ): Promise<void> {
    await this.database.asActor(actor, async (manager) => {
      await lockAgency(manager, actor.agencyId);
      const { purpose, to, key } = await recoveryAtHand(manager, actor, id);
      if (purpose !== 'complaints') throw new Forbidden();
      for (const { kid, staffId, jwe } of grants) {
        const reader = to.find((one) => one.staffId === staffId);
        const known = await manager.existsBy(AgencyKey, { kid, agencyId: actor.agencyId });
        if (!reader || !known) throw new Forbidden();
        await checkGrantHeader(jwe, { reader: reader.agreement.kid, sealed: kid }, 'jwe');
        await manager.query(
          `INSERT INTO agency_key_grants (kid, staff_id, jwe) VALUES ($1, $2, $3)
           ON CONFLICT (kid, staff_id) DO UPDATE SET jwe = excluded.jwe, held = NULL`,
          [kid, staffId, jwe],
        );
        await append(manager, { action: 'agency.key_granted', actor, subject: staffId });
      }
      await append(manager, { action: 'agency.recovered', actor, subject: key.kid });
    });
  }
}

/**
 * A recovery that two officers agreed to within the last day, within an open transaction.
 *
 * @throws {Forbidden} when there is none, or the actor may not or is none of the two
 * @throws {Conflict} `not_confirmed`
 */
export async function recoveryAtHand(manager: EntityManager, actor: StaffActor, id: string): Promise<RecoveryAtHand> {
  const found = await recoveryFor(manager, actor, id);
  if (found.confirmedAt === null || Date.now() - found.confirmedAt.getTime() > HOURS * 60 * 60 * 1000) {
    throw new Conflict('not_confirmed', 'Another officer has to agree first, and it has to be done within a day.');
  }
  if (![found.askedBy, found.confirmedBy].includes(actor.staffId)) throw new Forbidden();
  const { kid, jwk, purpose } = await provenKey(manager, actor, found.kid);
  const named = readKeyStatement(found.statement).to ?? [];
  const to = (await colleagues(manager, actor.agencyId))
    .filter((one) => mayBeRecoveredTo(one, purpose) && named.includes(one.agreement.kid))
    .map(({ staffId, agreement }) => ({ staffId, agreement }));
  const agencyKeys = await manager.query<{ kid: string; jwe: string }[]>(
    `SELECT g.kid, g.jwe FROM recovery_grants g JOIN agency_keys k ON k.kid = g.kid
      WHERE g.recovery_kid = $1 AND k.agency_id = $2 ORDER BY k.epoch`,
    [kid, actor.agencyId],
  );
  return { id, purpose, key: { kid, jwk }, to, agencyKeys };
}

async function recoveryFor(manager: EntityManager, actor: StaffActor, id: string): Promise<Recovery> {
  const found = await manager.findOneBy(Recovery, { id });
  if (!found) throw new Forbidden();
  await provenKey(manager, actor, found.kid);
  return found;
}

/* One that was retired too: what was granted to it before the next was not granted to that. */
async function provenKey(manager: EntityManager, actor: StaffActor, kid: string): Promise<RecoveryKey> {
  const key = await manager.findOneBy(RecoveryKey, { kid, agencyId: actor.agencyId });
  if (!key?.provenOn || !mayMakeRecoveryKey(actor, key.purpose)) throw new Forbidden();
  return key;
}
