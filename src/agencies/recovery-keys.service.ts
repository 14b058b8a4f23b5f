import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { IsNull, type EntityManager } from 'typeorm';
import { Database } from '../../config/database.js';
import { append } from '../audit/audit.js';
import { lockAgency } from '../staff/places.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { decode } from '../vault/bytes.js';
import { commitOf } from '../vault/content.js';
import { isHash } from '../vault/form.js';
import { readGrantHeader } from '../vault/grants.js';
import type { KeySaying } from '../vault/key-statements.js';
import { SHARES } from '../vault/recovery-shares.js';
import { dayInAuckland } from '../web/day.js';
import { Forbidden, Invalid } from '../web/errors.js';
import { wellFormed } from '../web/well-formed.js';
import { AgencyKeyGrant } from './agency-key-grant.entity.js';
import { mayMakeRecoveryKey } from './agency.policy.js';
import { checkStatement } from './check-statement.js';
import type { MadeRecoveryKey, RecoveryTest } from './make-recovery-key.js';
import { putRecoveryKey, retireRecoveryKey } from './record-keys.js';
import { RecoveryDrill } from './recovery-drill.entity.js';
import { RecoveryKey } from './recovery-key.entity.js';
import { RecoveryProof } from './recovery-proof.entity.js';
import { putRecoveryGrant, recoveryKeyInUse, usableKey } from './store-agency-key.js';

const SHARE_SAYINGS: readonly KeySaying[] = ['share_1', 'share_2', 'share_3'];

/** An agency's recovery keys. They are made, split and typed back in browsers; here lie their public parts and what was proven. */
@Injectable()
export class RecoveryKeysService {
  constructor(private readonly database: Database) {}

  /**
   * Records a recovery key that was just made. It counts once its three shares were typed back; one that was begun before
   * and never proven is dropped.
   *
   * @throws {Forbidden} when the actor may not
   * @throws {Invalid} when the key or its test is not what it must be
   */
  async make(actor: StaffActor, { purpose, kid, jwk, test }: MadeRecoveryKey): Promise<void> {
    if (!mayMakeRecoveryKey(actor, purpose)) throw new Forbidden();
    const key = await usableKey({ kid, jwk });
    await checkTest(kid, test);
    await this.database.asActor(actor, async (manager) => {
      await lockAgency(manager, actor.agencyId);
      const begun = await manager.findOneBy(RecoveryKey, {
        agencyId: actor.agencyId,
        purpose,
        provenOn: IsNull(),
        retiredAt: IsNull(),
      });
      if (begun) await retireRecoveryKey(manager, begun.kid);
      await manager.insert(RecoveryKey, {
        ...key,
        purpose,
        agencyId: actor.agencyId,
        madeBy: actor.staffId,
        madeOn: dayInAuckland(),
        provenOn: null,
        drilledOn: null,
        retiredAt: null,
        testId: test.id,
        testCommit: test.commit,
        testJwe: test.jwe,
      });
      await append(manager, { action: 'agency.recovery_key_made', actor, subject: kid });
    });
  }

  /**
   * Records which shares were typed back in the actor's browser. With the third the key comes into use, and the one before
   * goes out of it.
   *
   * @returns whether all of them are proven now
   * @throws {Forbidden} when there is no such key or the actor may not
   * @throws {Invalid} when a statement is not what it must be
   */
  async prove(actor: StaffActor, kid: string, statements: readonly string[]): Promise<boolean> {
    return this.database.asActor(actor, async (manager) => {
      await lockAgency(manager, actor.agencyId);
      const key = await this.keyFor(manager, actor, kid);
      for (const statement of statements) {
        const { said } = await checkStatement(manager, actor, statement, { key: kid, said: SHARE_SAYINGS });
        const share = 1 + SHARE_SAYINGS.indexOf(said);
        if (await manager.existsBy(RecoveryProof, { kid, share })) continue;
        const provenOn = dayInAuckland();
        await manager.insert(RecoveryProof, { kid, share, staffId: actor.staffId, provenOn, statement });
        await append(manager, { action: 'agency.recovery_share_proven', actor, subject: `${kid}.${share.toString()}` });
      }
      if ((await manager.countBy(RecoveryProof, { kid })) < SHARES) return false;
      if (key.provenOn !== null) return true;
      const before = await recoveryKeyInUse(manager, actor.agencyId, key.purpose);
      if (before) await retireRecoveryKey(manager, before.kid);
      await putRecoveryKey(manager, kid);
      await append(manager, { action: 'agency.recovery_key_proven', actor, subject: kid });
      return true;
    });
  }

  /**
   * Records the grant of a complaints key to the recovery key in use, by who holds that complaints key.
   *
   * @throws {Forbidden} when the actor does not hold it, or there is no recovery key
   * @throws {Invalid} when the grant is not what it says
   */
  async grantToRecovery(actor: StaffActor, grant: { readonly kid: string; readonly jwe: string }): Promise<void> {
    await this.database.asActor(actor, async (manager) => {
      await lockAgency(manager, actor.agencyId);
      const held = await manager.existsBy(AgencyKeyGrant, { kid: grant.kid, staffId: actor.staffId });
      const recovery = await recoveryKeyInUse(manager, actor.agencyId, 'complaints');
      if (!held || !recovery || !mayMakeRecoveryKey(actor, 'complaints')) throw new Forbidden();
      await putRecoveryGrant(manager, grant.kid, { kid: recovery.kid, jwe: grant.jwe });
      await append(manager, { action: 'agency.recovery_granted', actor, subject: grant.kid });
    });
  }

  /** What was sealed to a recovery key for its next drill. @throws {Forbidden} when there is none or the actor may not */
  async test(actor: StaffActor, kid: string): Promise<RecoveryTest> {
    return this.database.asActor(actor, async (manager) => {
      const { testId: id, testCommit: commit, testJwe: jwe } = await this.keyFor(manager, actor, kid);
      await append(manager, { action: 'agency.keys_viewed', actor });
      return { id, commit, jwe };
    });
  }

  /**
   * Records that a recovery key was put together and opened what was sealed to it, and keeps what the next drill opens.
   *
   * @param drill.opened the key that was inside, base64url
   * @throws {Forbidden} when there is no such key in use or the actor may not
   * @throws {Invalid} when something else was opened, or the statement is not what it must be
   */
  async drill(
    actor: StaffActor,
    kid: string,
    drill: { readonly statement: string; readonly opened: string; readonly test: RecoveryTest },
  ): Promise<void> {
    await this.database.asActor(actor, async (manager) => {
      await lockAgency(manager, actor.agencyId);
      const key = await this.keyFor(manager, actor, kid);
      if (key.provenOn === null) throw new Forbidden();
      await checkStatement(manager, actor, drill.statement, { key: kid, said: ['drilled'] });
      await checkTest(kid, drill.test);
      if (!isHash(drill.opened) || (await commitOf(decode(drill.opened))) !== key.testCommit) {
        throw new Invalid([{ field: 'opened', code: 'opened', message: 'This is not what was sealed. Try again.' }]);
      }
      const drilledOn = dayInAuckland();
      const { id: testId, commit: testCommit, jwe: testJwe } = drill.test;
      await manager.update(RecoveryKey, { kid }, { drilledOn, testId, testCommit, testJwe });
      const { statement } = drill;
      await manager.insert(RecoveryDrill, { id: randomUUID(), kid, staffId: actor.staffId, drilledOn, statement });
      await append(manager, { action: 'agency.recovery_drilled', actor, subject: kid });
    });
  }

  private async keyFor(manager: EntityManager, actor: StaffActor, kid: string): Promise<RecoveryKey> {
    const key = await manager.findOneBy(RecoveryKey, { kid, agencyId: actor.agencyId, retiredAt: IsNull() });
    if (!key || !mayMakeRecoveryKey(actor, key.purpose)) throw new Forbidden();
    return key;
  }
}

/** @throws {Invalid} when what was sealed for the drill has not its form */
async function checkTest(kid: string, { id, jwe }: RecoveryTest): Promise<void> {
  const refusal = (): Invalid =>
    new Invalid([{ field: 'test', code: 'malformed', message: 'This is not sealed to the recovery key.' }]);
  const header = await wellFormed(() => readGrantHeader(jwe), refusal);
  if (header.kid !== kid || header.case !== id || header.key !== 'case' || header.epoch !== 1) throw refusal();
}
