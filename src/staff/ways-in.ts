import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database, isUniqueViolation } from '../../config/database.js';
import { append } from '../audit/audit.js';
import { Conflict, Forbidden, Invalid, NotFound } from '../web/errors.js';
import { addAuthenticator } from './add-authenticator.js';
import { ownKeys } from './own-keys.js';
import type { NewPasskeyOffer, Registration } from './passkeys/passkey.js';
import { Passkeys } from './passkeys/passkeys.js';
import type { SealedKey } from './personal-key.js';
import type { StaffActor } from './staff-actor.js';
import type { AuthenticatorKind } from './staff-authenticator.entity.js';
import type { StandingSession } from './staff-sessions.js';
import { requireSealedOf } from './read-sent-keys.js';
import { MOST_WAYS_IN, mayChangeWaysIn } from './ways-in.policy.js';

/** A way in, as its owner sees it. */
export interface WayIn {
  readonly id: string;
  readonly kind: AuthenticatorKind;
  readonly label: string;
  /** YYYY-MM-DD. */
  readonly addedOn: string;
  readonly lastUsedOn: string | null;
  /** Whether it opens the person's keys, and does not only sign in. */
  readonly unlocks: boolean;
}

/** What the browser needs to make a passkey for somebody. */
export interface PasskeyToMake extends NewPasskeyOffer {
  readonly username: string;
  readonly displayName: string;
  /** Credentials that the person has: their authenticators are not to make another. */
  readonly already: readonly string[];
}

/** A passkey that is to be added. */
export interface AddedPasskey {
  readonly label: string;
  readonly passkey: Registration;
  readonly sealed: readonly SealedKey[];
}

/** A person's ways to sign in, which they add and look at themselves. */
@Injectable()
export class WaysIn {
  constructor(
    private readonly database: Database,
    private readonly passkeys: Passkeys,
  ) {}

  /** A person's own ways in, the newest first. */
  async list(actor: StaffActor): Promise<WayIn[]> {
    return this.database.asActor(actor, async (manager) => {
      await append(manager, { action: 'staff.ways_in_viewed', actor, subject: actor.staffId });
      return waysOf(manager, actor.staffId);
    });
  }

  /**
   * What a further passkey is made with.
   *
   * @throws {Forbidden} when the person may not add one in this session
   */
  async offer({ actor, id }: StandingSession): Promise<PasskeyToMake> {
    return this.database.asActor(actor, async (manager) => {
      const ways = await waysOf(manager, actor.staffId);
      requireMayAdd(actor, ways);
      const [person] = await manager.query<{ username: string; already: string[] }[]>(
        `SELECT p.username, ARRAY(SELECT credential_id FROM staff_authenticators
                                   WHERE staff_id = p.id AND credential_id IS NOT NULL) AS already
           FROM staff p WHERE p.id = $1`,
        [actor.staffId],
      );
      if (!person) throw new NotFound();
      await append(manager, { action: 'staff.passkey_offered', actor, subject: actor.staffId });
      const offer = this.passkeys.offer(actor.staffId, { purpose: 'add', heldBy: id });
      return { ...offer, ...person, displayName: actor.displayName };
    });
  }

  /**
   * Adds a passkey. With every key of the person sealed under it, it unlocks what they unlock; with none it signs in.
   *
   * @throws {Forbidden} when the person may not add one in this session
   * @throws {Conflict} `too_many_ways`; `keys_changed` when the keys are not those that the person has now
   * @throws {Invalid} when it was not made for this session, or is there already
   */
  async addPasskey({ actor, id }: StandingSession, added: AddedPasskey): Promise<void> {
    const { staffId } = actor;
    try {
      await this.database.asActor(actor, async (manager) => {
        await lockPerson(manager, staffId);
        requireMayAdd(actor, await waysOf(manager, staffId));
        const { prfSalt, ...made } =
          (await this.passkeys.made(manager, added.passkey, { purpose: 'add', heldBy: id })) ?? notMadeHere();
        const unlocks = added.sealed.length > 0;
        if (unlocks) await requireEveryKey(manager, staffId, added.sealed);
        const authenticator = {
          ...made,
          kind: 'passkey',
          label: added.label.trim(),
          prfSalt: unlocks ? prfSalt : null,
        } as const;
        const wayId = await addAuthenticator(manager, staffId, authenticator, added.sealed);
        await append(manager, { action: 'staff.passkey_added', actor, subject: wayId });
      });
    } catch (error) {
      throw isUniqueViolation(error, 'uq_staff_authenticators_credential_id') ? invalidPasskey() : error;
    }
  }
}

/** A person's ways in, the newest first, as far as days tell. */
export async function waysOf(manager: EntityManager, staffId: string): Promise<WayIn[]> {
  return manager.query<WayIn[]>(
    `SELECT a.id, a.kind, a.label, to_char(a.added_on, 'YYYY-MM-DD') AS "addedOn",
            to_char(a.last_used_on, 'YYYY-MM-DD') AS "lastUsedOn",
            EXISTS (SELECT FROM staff_sealed_keys s JOIN staff_keys k ON k.kid = s.kid AND k.retired_at IS NULL
                     WHERE s.authenticator_id = a.id) AS unlocks
       FROM staff_authenticators a WHERE a.staff_id = $1 ORDER BY a.added_on DESC, a.id`,
    [staffId],
  );
}

/** Holds a person's account until the transaction ends: of two changes at once the second finds the first. */
export async function lockPerson(manager: EntityManager, staffId: string): Promise<void> {
  await manager.query('SELECT FROM staff WHERE id = $1 FOR NO KEY UPDATE', [staffId]);
}

/** @throws {Forbidden} who may not add a way in in this session @throws {Conflict} `too_many_ways` */
export function requireMayAdd(actor: StaffActor, ways: readonly WayIn[]): void {
  if (!mayChangeWaysIn(actor, { hasPasskey: ways.some(({ kind }) => kind === 'passkey') })) throw new Forbidden();
  if (ways.length < MOST_WAYS_IN) return;
  throw new Conflict('too_many_ways', `You can have ${MOST_WAYS_IN.toString()} ways in. Remove one first.`);
}

/**
 * The keys sealed are exactly those the person has, so that a way in never opens some of what another opens.
 *
 * @throws {Conflict} `keys_changed` when they are others
 * @throws {Invalid} when what is sealed says of itself that it is another's
 */
export async function requireEveryKey(
  manager: EntityManager,
  staffId: string,
  sealed: readonly SealedKey[],
): Promise<void> {
  const { agreement, signing, earlier } = await ownKeys(manager, staffId);
  const own = [agreement, signing, ...earlier].map(({ kid }) => kid).sort();
  const sent = sealed.map(({ kid }) => kid).sort();
  if (own.join() !== sent.join()) {
    throw new Conflict('keys_changed', 'Your keys have changed meanwhile. Load the page again.');
  }
  for (const { kid, sealedPrivate } of sealed) await requireSealedOf(kid, sealedPrivate, 'sealed');
}

function notMadeHere(): never {
  throw invalidPasskey();
}

function invalidPasskey(): Invalid {
  const message = 'This passkey was not made on this page just now, or is there already. Make it again.';
  return new Invalid([{ field: 'passkey', code: 'passkey', message }]);
}
