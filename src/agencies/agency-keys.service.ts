import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { Database } from '../../config/database.js';
import { append } from '../audit/audit.js';
import { colleagues } from '../staff/colleagues.js';
import { lockAgency } from '../staff/places.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { Conflict, Forbidden } from '../web/errors.js';
import { AgencyKeyGrant } from './agency-key-grant.entity.js';
import { AgencyKey } from './agency-key.entity.js';
import { mayHoldComplaintsKey, mayMakeKey, maySeeKeys } from './agency.policy.js';
import { checkStatement } from './check-statement.js';
import type { KeyState, OwnGrant } from './key-state.js';
import { KeyLogKeeper } from './key-log/key-log-keeper.js';
import type { KeyRecipients, MadeAgencyKey } from './make-agency-key.js';
import { keyState } from './read-key-state.js';
import { retireAgencyKey } from './record-keys.js';
import { checkGrant, recoveryKeyInUse, storeAgencyKey, usableKey } from './store-agency-key.js';

/** An agency's complaints key and who holds it. Keys are made and opened in browsers; here lie public parts and grants. */
@Injectable()
export class AgencyKeysService {
  constructor(
    private readonly database: Database,
    private readonly keyLog: KeyLogKeeper,
  ) {}

  /** How the keys of the actor's agency stand. */
  async state(actor: StaffActor): Promise<KeyState> {
    if (!maySeeKeys(actor)) throw new Forbidden();
    return this.database.asActor(actor, async (manager) => {
      await append(manager, { action: 'agency.keys_viewed', actor });
      return keyState(manager, actor.agencyId);
    });
  }

  /** Who is to hold the complaints key: whom a new one is granted to. */
  async recipients(actor: StaffActor): Promise<KeyRecipients> {
    if (!mayMakeKey(actor)) throw new Forbidden();
    return this.database.asActor(actor, async (manager) => {
      await append(manager, { action: 'agency.keys_viewed', actor });
      return {
        people: (await colleagues(manager, actor.agencyId)).filter(mayHoldComplaintsKey),
        recovery: await recoveryKeyInUse(manager, actor.agencyId, 'complaints'),
      };
    });
  }

  /**
   * Records the complaints key that the actor's browser made.
   *
   * @throws {Forbidden} when the actor may not hold it
   * @throws {Conflict} `key_exists` when the agency has a current one
   * @throws {Invalid} when a grant is not for who it says, or the maker is left out
   */
  async makeKey(actor: StaffActor, made: MadeAgencyKey): Promise<void> {
    if (!mayMakeKey(actor)) throw new Forbidden();
    const key = await usableKey(made);
    await this.database.asActor(actor, async (manager) => {
      // Two ceremonies at once: the second waits here and then finds the first one's key.
      await lockAgency(manager, actor.agencyId);
      const current = { agencyId: actor.agencyId, purpose: 'complaints', retiredAt: IsNull() } as const;
      if (await manager.existsBy(AgencyKey, current)) {
        throw new Conflict(
          'key_exists',
          'Your agency has a complaints key already. Ask a colleague who holds it for a grant.',
        );
      }
      await storeAgencyKey(manager, actor, key, made);
    });
    await this.keyLog.catchUp();
  }

  /**
   * Puts a new complaints key, which the actor's browser made, in place of the one in use: because somebody left who has
   * that, or in its time. New cases go to it at once; the older ones stay readable with the old one.
   *
   * @param old kid of the key in use
   * @throws {Forbidden} when the actor does not hold that
   * @throws {Conflict} `key_renewed` when it is in use no longer: somebody was first
   * @throws {Invalid} as {@link makeKey}
   */
  async renewKey(actor: StaffActor, old: string, made: MadeAgencyKey): Promise<void> {
    if (!mayMakeKey(actor)) throw new Forbidden();
    await this.database.asActor(actor, async (manager) => {
      await lockAgency(manager, actor.agencyId);
      const held = await manager.findOneBy(AgencyKeyGrant, { kid: old, staffId: actor.staffId });
      if (!held?.held) throw new Forbidden();
      const key = await usableKey(made);
      const inUse = { kid: old, agencyId: actor.agencyId, retiredAt: IsNull() };
      if (!(await manager.existsBy(AgencyKey, inUse))) {
        throw new Conflict('key_renewed', 'A colleague has just renewed the key. Look at this page again.');
      }
      await retireAgencyKey(manager, old);
      await storeAgencyKey(manager, actor, key, made);
      await append(manager, { action: 'agency.key_retired', actor, subject: old });
    });
  }

  /**
   * Records a grant of a complaints key to a colleague; of one that is retired too, since older cases are sealed to it.
   *
   * @throws {Forbidden} when the actor holds no grant, or the colleague may not hold one
   * @throws {Invalid} when the grant is not what it says
   */
  async grantKey(actor: StaffActor, grant: { kid: string; staffId: string; jwe: string }): Promise<void> {
    await this.database.asActor(actor, async (manager) => {
      const held = await manager.existsBy(AgencyKeyGrant, { kid: grant.kid, staffId: actor.staffId });
      if (!held) throw new Forbidden();
      const key = await manager.findOneBy(AgencyKey, { kid: grant.kid, agencyId: actor.agencyId });
      if (!key) throw new Forbidden();
      const people = await colleagues(manager, actor.agencyId);
      const row = await checkGrant(people, actor, grant.kid, grant);
      // Granted meanwhile by somebody else: what its holder has opened stands, what did not open is replaced.
      await manager.query(
        `INSERT INTO agency_key_grants (kid, staff_id, jwe) VALUES ($1, $2, $3)
         ON CONFLICT (kid, staff_id) DO UPDATE SET jwe = excluded.jwe WHERE agency_key_grants.held IS NULL`,
        [row.kid, row.staffId, row.jwe],
      );
      await append(manager, { action: 'agency.key_granted', actor, subject: grant.staffId });
    });
  }

  /**
   * Records that the actor opened their grant and that it holds the key it names. Until then nobody counts on them: the
   * server cannot see what somebody put into a grant.
   *
   * @throws {Forbidden} when there is no grant to the actor
   * @throws {Invalid} when the statement is not theirs, or about something else
   */
  async confirmHolding(actor: StaffActor, { kid, statement }: { kid: string; statement: string }): Promise<void> {
    await this.database.asActor(actor, async (manager) => {
      const key = await manager.findOneBy(AgencyKey, { kid, agencyId: actor.agencyId });
      if (!key || !mayHoldComplaintsKey(actor)) throw new Forbidden();
      const grant = await manager.findOneBy(AgencyKeyGrant, { kid, staffId: actor.staffId });
      if (!grant) throw new Forbidden();
      await checkStatement(manager, actor, statement, { key: kid, said: ['holds'] });
      if (grant.held !== null) return;
      await manager.update(AgencyKeyGrant, { kid, staffId: actor.staffId }, { held: statement });
      await append(manager, { action: 'agency.key_held', actor, subject: kid });
    });
  }

  /** The actor's own grants, of retired keys too: older cases are sealed to those. */
  async ownGrants(actor: StaffActor): Promise<OwnGrant[]> {
    return this.database.asActor(actor, async (manager) => {
      await append(manager, { action: 'agency.grants_read', actor, subject: actor.staffId });
      return manager.query<OwnGrant[]>(
        `SELECT k.kid, k.epoch, k.retired_at IS NOT NULL AS retired, g.jwe, g.held IS NOT NULL AS held
           FROM agency_key_grants g JOIN agency_keys k ON k.kid = g.kid
          WHERE g.staff_id = $1 AND k.agency_id = $2 ORDER BY k.epoch DESC`,
        [actor.staffId, actor.agencyId],
      );
    });
  }
}
