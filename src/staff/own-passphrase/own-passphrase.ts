import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database } from '../../../config/database.js';
import { Settings } from '../../../config/settings.js';
import { append } from '../../audit/audit.js';
import { Conflict, Forbidden, NotFound, Unauthorised } from '../../web/errors.js';
import { addAuthenticator } from '../add-authenticator.js';
import { endSessionsOf } from '../end-sessions.js';
import { openOffer, sealOffer } from '../offer.js';
import { authHash } from '../passphrase-proof.js';
import type { SealedKey } from '../personal-key.js';
import { requireCode } from '../require-code.js';
import type { StaffActor } from '../staff-actor.js';
import { StaffSealedKey } from '../staff-sealed-key.entity.js';
import { StaffSecrets } from '../staff-secrets.js';
import { StaffSessions, type StandingSession } from '../staff-sessions.js';
import { makeTotpSecret, sealTotp, totpUri } from '../totp.js';
import { lockPerson, requireEveryKey, requireMayAdd, waysOf, type WayIn } from '../ways-in.js';
import { mayAddPassphrase, mayChangeWaysIn } from '../ways-in.policy.js';

/** A new secret for an authenticator app. */
export interface OfferedCode {
  /** The secret, sealed to the server itself and bound to the session: sent back unchanged, it needs no row. */
  readonly offer: string;
  readonly totpSecret: string;
  readonly totpUri: string;
}

/** What the page of the passphrase shows. */
export interface PassphrasePage {
  readonly username: string;
  /** Whether there is a passphrase, which is changed; else one is added. */
  readonly hasPassphrase: boolean;
  /** Whether a passkey opens the keys. */
  readonly passkeyUnlocks: boolean;
  /** The secret of a new authenticator, where a passphrase is added. */
  readonly code: OfferedCode | null;
}

/** A new passphrase as it leaves the browser: what signs in by it, and the keys sealed under what does not leave. */
export interface NewPassphrase {
  readonly salt: string;
  readonly auth: string;
  readonly sealed: readonly SealedKey[];
}

/** What shows that an authenticator app has the secret that was offered. */
export interface ShownCode {
  readonly offer: string;
  readonly code: string;
}

/**
 * A person's own passphrase and code: changed, or added beside a passkey. The keys stay the same; only under what they lie
 * sealed changes, so that whoever has an old copy and the old passphrase still opens them. Removing a way in is for that.
 */
@Injectable()
export class OwnPassphrase {
  constructor(
    private readonly database: Database,
    private readonly settings: Settings,
    private readonly secrets: StaffSecrets,
    private readonly sessions: StaffSessions,
  ) {}

  /** @throws {Forbidden} when the person may neither change nor add one in this session */
  async look({ actor, id }: StandingSession): Promise<PassphrasePage> {
    return this.database.asActor(actor, async (manager) => {
      const ways = await waysOf(manager, actor.staffId);
      const hasPassphrase = this.requireMayChangeOrAdd(actor, ways) !== undefined;
      const [person] = await manager.query<{ username: string }[]>('SELECT username FROM staff WHERE id = $1', [
        actor.staffId,
      ]);
      if (!person) throw new NotFound();
      const code = hasPassphrase ? null : await this.offered(manager, actor, id);
      await append(manager, { action: 'staff.ways_in_viewed', actor, subject: actor.staffId });
      const passkeyUnlocks = ways.some(({ kind, unlocks }) => kind === 'passkey' && unlocks);
      return { ...person, hasPassphrase, passkeyUnlocks, code };
    });
  }

  /** A new secret for the authenticator app. @throws as {@link changeCode} */
  async offerCode({ actor, id }: StandingSession): Promise<OfferedCode> {
    return this.database.asActor(actor, async (manager) => {
      requirePassphrase(actor, await waysOf(manager, actor.staffId));
      return this.offered(manager, actor, id);
    });
  }

  /**
   * Puts another passphrase in the place of the one there is, and ends every other session of the person.
   *
   * @returns the token for the session's cookie
   * @throws {Forbidden} who may not change it in this session
   * @throws {Conflict} `no_passphrase`; `keys_changed` when the keys are not those that the person has now
   */
  async change(session: StandingSession, { salt, auth, sealed }: NewPassphrase): Promise<string> {
    const { actor } = session;
    return this.database.asActor(actor, async (manager) => {
      await lockPerson(manager, actor.staffId);
      const { id } = requirePassphrase(actor, await waysOf(manager, actor.staffId));
      await requireEveryKey(manager, actor.staffId, sealed);
      await manager.query('DELETE FROM staff_sealed_keys WHERE authenticator_id = $1', [id]);
      await manager.insert(
        StaffSealedKey,
        sealed.map((each) => ({ ...each, authenticatorId: id })),
      );
      await manager.query('UPDATE staff SET salt = $2, auth_hash = $3 WHERE id = $1', [
        actor.staffId,
        salt,
        authHash(auth),
      ]);
      await append(manager, { action: 'staff.passphrase_changed', actor, subject: id });
      return this.alone(manager, session);
    });
  }

  /**
   * The same with another secret for the authenticator app.
   *
   * @param at the time the code is judged by
   * @throws {Forbidden} who may not change it in this session
   * @throws {Conflict} `no_passphrase`; `offer_over` when the secret was offered in another session
   * @throws {Invalid} when the code is not of that secret
   */
  async changeCode(session: StandingSession, shown: ShownCode, at: Date = new Date()): Promise<string> {
    const { actor } = session;
    return this.database.asActor(actor, async (manager) => {
      await lockPerson(manager, actor.staffId);
      const { id } = requirePassphrase(actor, await waysOf(manager, actor.staffId));
      const { totpSealed, step } = await this.readCode(session, shown, at);
      await manager.query('UPDATE staff SET totp_sealed = $2, totp_last_step = $3 WHERE id = $1', [
        actor.staffId,
        totpSealed,
        step,
      ]);
      await append(manager, { action: 'staff.code_changed', actor, subject: id });
      return this.alone(manager, session);
    });
  }

  /**
   * Adds a passphrase and a code for somebody who has only passkeys.
   *
   * @throws {Forbidden} when the person may not in this session, or a role of theirs needs a passkey
   * @throws {Conflict} `has_passphrase`, `too_many_ways`, `keys_changed`, `offer_over`
   * @throws {Invalid} when the code is not of the secret that was offered
   */
  async add(session: StandingSession, added: NewPassphrase & ShownCode, at: Date = new Date()): Promise<void> {
    const { actor } = session;
    await this.database.asActor(actor, async (manager) => {
      await lockPerson(manager, actor.staffId);
      const ways = await waysOf(manager, actor.staffId);
      if (this.requireMayChangeOrAdd(actor, ways)) {
        throw new Conflict('has_passphrase', 'You have a passphrase already. Change it instead.');
      }
      requireMayAdd(actor, ways);
      const { totpSealed, step } = await this.readCode(session, added, at);
      await requireEveryKey(manager, actor.staffId, added.sealed);
      await manager.query(
        'UPDATE staff SET salt = $2, auth_hash = $3, totp_sealed = $4, totp_last_step = $5 WHERE id = $1',
        [actor.staffId, added.salt, authHash(added.auth), totpSealed, step],
      );
      const wayId = await addAuthenticator(manager, actor.staffId, { kind: 'passphrase', label: '' }, added.sealed);
      await append(manager, { action: 'staff.passphrase_added', actor, subject: wayId });
    });
  }

  /** @returns the passphrase that the person may change; undefined where they may add one */
  private requireMayChangeOrAdd(actor: StaffActor, ways: readonly WayIn[]): WayIn | undefined {
    if (ways.some(({ kind }) => kind === 'passphrase')) return requirePassphrase(actor, ways);
    if (!mayAddPassphrase(actor, { passkeyRequiredFor: this.settings.passkeyRequiredFor })) throw new Forbidden();
    return undefined;
  }

  private async offered(manager: EntityManager, actor: StaffActor, sessionId: string): Promise<OfferedCode> {
    const totpSecret = makeTotpSecret();
    const offer = await sealOffer(this.secrets.totp, sessionId, { staffId: actor.staffId, totpSecret });
    await append(manager, { action: 'staff.code_offered', actor, subject: actor.staffId });
    return { offer, totpSecret, totpUri: totpUri(totpSecret, actor.agencyId) };
  }

  private async readCode(
    { actor, id }: StandingSession,
    { offer, code }: ShownCode,
    at: Date,
  ): Promise<{ totpSealed: string; step: number }> {
    const { staffId, totpSecret } = await openOffer(this.secrets.totp, id, offer).catch(offerOver);
    if (staffId !== actor.staffId) offerOver();
    const step = requireCode(totpSecret, code, at);
    return { totpSealed: await sealTotp(this.secrets.totp, staffId, totpSecret), step };
  }

  /** Ends every other session, and gives this one a new token. */
  private async alone(manager: EntityManager, { actor, id }: StandingSession): Promise<string> {
    await endSessionsOf(manager, actor.staffId, id);
    const token = await this.sessions.rotate(manager, id, { proved: false });
    if (token === null) throw new Unauthorised('Sign in first.');
    return token;
  }
}

function requirePassphrase(actor: StaffActor, ways: readonly WayIn[]): WayIn {
  const way = ways.find(({ kind }) => kind === 'passphrase');
  if (!way) throw new Conflict('no_passphrase', 'You have no passphrase. Add one first.');
  if (!mayChangeWaysIn(actor, { hasPasskey: ways.some(({ kind }) => kind === 'passkey') })) throw new Forbidden();
  return way;
}

function offerOver(): never {
  throw new Conflict('offer_over', 'The key for your authenticator app is no longer good. Load the page again.');
}
