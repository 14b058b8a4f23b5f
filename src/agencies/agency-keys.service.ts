import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database } from '../../config/database.js';
import { append } from '../audit/audit.js';
import { colleagues, type Colleague } from '../staff/colleagues.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { readAgencyGrantHeader } from '../vault/agency-keys.js';
import { importPublicKey, readPublicKey } from '../vault/keys.js';
import { Conflict, Forbidden, Invalid } from '../web/errors.js';
import { wellFormed } from '../web/well-formed.js';
import { AgencyKeyGrant } from './agency-key-grant.entity.js';
import { AgencyKey } from './agency-key.entity.js';
import { mayGrantKey, mayHoldComplaintsKey, mayMakeKey, maySeeKeys } from './agency.policy.js';
import type { KeyState, OwnGrant } from './key-state.js';
import { KeyLogKeeper } from './key-log/key-log-keeper.js';
import type { KeyRecipient, MadeAgencyKey } from './make-agency-key.js';

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
  async recipients(actor: StaffActor): Promise<KeyRecipient[]> {
    if (!mayMakeKey(actor)) throw new Forbidden();
    return this.database.asActor(actor, async (manager) => {
      await append(manager, { action: 'agency.keys_viewed', actor });
      return (await colleagues(manager, actor.agencyId)).filter(mayHoldComplaintsKey);
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
    const key = await wellFormed(
      async () => {
        const read = await readPublicKey({ kid: made.kid, jwk: { ...made.jwk } });
        await importPublicKey(read, 'agreement');
        return read;
      },
      () => notAGrant('jwk'),
    );
    await this.database.asActor(actor, async (manager) => {
      // Two ceremonies at once: the second waits here and then finds the first one's key.
      await manager.query('SELECT 1 FROM agencies WHERE id = $1 FOR UPDATE', [actor.agencyId]);
      const keys = await manager.findBy(AgencyKey, { agencyId: actor.agencyId, purpose: 'complaints' });
      if (keys.some(({ retiredAt }) => retiredAt === null)) {
        throw new Conflict(
          'key_exists',
          'Your agency has a complaints key already. Ask a colleague who holds it for a grant.',
        );
      }
      const people = await colleagues(manager, actor.agencyId);
      const grants = await Promise.all(made.grants.map((grant) => checkGrant(people, actor, key.kid, grant)));
      if (!grants.some(({ staffId }) => staffId === actor.staffId)) {
        throw new Invalid([{ field: 'grants', code: 'maker', message: 'Who makes the key must hold it.' }]);
      }
      if (new Set(grants.map(({ staffId }) => staffId)).size !== grants.length) {
        throw new Invalid([{ field: 'grants', code: 'repeated', message: 'Each person gets one grant.' }]);
      }
      const epoch = 1 + Math.max(0, ...keys.map((earlier) => earlier.epoch));
      await manager.insert(AgencyKey, {
        ...key,
        agencyId: actor.agencyId,
        purpose: 'complaints',
        epoch,
        madeBy: actor.staffId,
        retiredAt: null,
      });
      await manager.insert(AgencyKeyGrant, grants);
      await append(manager, { action: 'agency.key_made', actor, subject: key.kid });
      for (const { staffId } of grants)
        await append(manager, { action: 'agency.key_granted', actor, subject: staffId });
    });
    await this.keyLog.catchUp();
  }

  /**
   * Records a grant of the current key to a colleague.
   *
   * @throws {Forbidden} when the actor holds no grant, or the colleague may not hold one
   * @throws {Conflict} `key_retired` when the key is not the current one
   * @throws {Invalid} when the grant is not what it says
   */
  async grantKey(actor: StaffActor, grant: { kid: string; staffId: string; jwe: string }): Promise<void> {
    await this.database.asActor(actor, async (manager) => {
      const held = await manager.existsBy(AgencyKeyGrant, { kid: grant.kid, staffId: actor.staffId });
      if (!held) throw new Forbidden();
      const key = await manager.findOneBy(AgencyKey, { kid: grant.kid, agencyId: actor.agencyId });
      if (key?.retiredAt !== null) throw new Conflict('key_retired', 'This key is no longer in use.');
      const people = await colleagues(manager, actor.agencyId);
      const row = await checkGrant(people, actor, grant.kid, grant);
      // Granted meanwhile by somebody else: what stands is as good.
      await manager.createQueryBuilder().insert().into(AgencyKeyGrant).values(row).orIgnore().execute();
      await append(manager, { action: 'agency.key_granted', actor, subject: grant.staffId });
    });
  }

  /** The actor's own grants, of retired keys too: older cases are sealed to those. */
  async ownGrants(actor: StaffActor): Promise<OwnGrant[]> {
    return this.database.asActor(actor, async (manager) => {
      await append(manager, { action: 'agency.grants_read', actor, subject: actor.staffId });
      return manager.query<OwnGrant[]>(
        `SELECT k.kid, k.epoch, k.retired_at IS NOT NULL AS retired, g.jwe
           FROM agency_key_grants g JOIN agency_keys k ON k.kid = g.kid
          WHERE g.staff_id = $1 AND k.agency_id = $2 ORDER BY k.epoch DESC`,
        [actor.staffId, actor.agencyId],
      );
    });
  }
}

/** How an agency's keys stand, within an open transaction. */
export async function keyState(manager: EntityManager, agencyId: string): Promise<KeyState> {
  const [current] = await manager.query<
    { open: boolean; hasNoticeAddress: boolean; kid: string | null; epoch: number | null }[]
  >(
    `SELECT a.open_for_intake AS open, a.notice_email IS NOT NULL AS "hasNoticeAddress", k.kid, k.epoch
       FROM agencies a
       LEFT JOIN agency_keys k ON k.agency_id = a.id AND k.purpose = 'complaints' AND k.retired_at IS NULL
      WHERE a.id = $1`,
    [agencyId],
  );
  const grants = current?.kid ? await manager.findBy(AgencyKeyGrant, { kid: current.kid }) : [];
  const holders = new Set(grants.map(({ staffId }) => staffId));
  const people = (await colleagues(manager, agencyId)).map((colleague) => ({
    ...colleague,
    mayHold: mayHoldComplaintsKey(colleague),
    holds: mayHoldComplaintsKey(colleague) && holders.has(colleague.staffId),
  }));
  return {
    open: current?.open ?? false,
    kid: current?.kid ?? null,
    epoch: current?.epoch ?? null,
    people,
    keyHolders: people.filter(({ holds }) => holds).length,
    disclosureOfficers: people.filter(({ roles }) => roles.includes('disclosure_officer')).length,
    hasNoticeAddress: current?.hasNoticeAddress ?? false,
  };
}

/** The server cannot look inside a grant; it sees to it that it is for the colleague's current key and of this key. */
async function checkGrant(
  people: readonly Colleague[],
  actor: StaffActor,
  kid: string,
  { staffId, jwe }: { staffId: string; jwe: string },
): Promise<{ kid: string; staffId: string; jwe: string }> {
  const colleague = people.find((person) => person.staffId === staffId);
  if (!colleague || !mayGrantKey(actor, colleague)) throw new Forbidden();
  const header = await wellFormed(
    () => readAgencyGrantHeader(jwe),
    () => notAGrant('jwe'),
  );
  if (header.kid !== colleague.agreement.kid || header.sealed !== kid) throw notAGrant('jwe');
  return { kid, staffId, jwe };
}

function notAGrant(field: string): Invalid {
  return new Invalid([{ field, code: 'key', message: 'This is not a key or a grant of this suite.' }]);
}
