import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database } from '../../config/database.js';
import { append } from '../audit/audit.js';
import type { PublicJwk } from '../vault/keys.js';
import { Conflict, Forbidden, NotFound, Unauthorised } from '../web/errors.js';
import { endSessionsOf } from './end-sessions.js';
import { ownKeys } from './own-keys.js';
import type { OwnKeys } from './personal-key.js';
import { readSentKey } from './read-sent-keys.js';
import { recordPersonalKeys, retirePersonalKeys, type PersonalKeys } from './record-personal-keys.js';
import type { Role } from './roles.js';
import { Settings } from '../../config/settings.js';
import { StaffSealedKey } from './staff-sealed-key.entity.js';
import { StaffSessions, type StandingSession } from './staff-sessions.js';
import { lockPerson, waysOf, type WayIn } from './ways-in.js';
import { mayChangeWaysIn } from './ways-in.policy.js';

/** New keys of a person, sealed under each way in that is kept. */
export interface ReplacingKeys {
  readonly agreement: { readonly jwk: PublicJwk };
  readonly signing: { readonly jwk: PublicJwk };
  readonly sealed: readonly { readonly way: string; readonly agreement: string; readonly signing: string }[];
}

/** What a removal gives: the token for the session's cookie, and the keys as they lie now. */
export interface Removed {
  readonly token: string;
  readonly keys: OwnKeys;
}

/**
 * Removing a way in. What it has opened may have been opened by whoever has it now, so the person gets new keys: from this
 * moment everything is granted to those. What was granted to the old ones is granted again by the browser afterwards, and
 * until then the old agreement key stays sealed under the ways in that are kept, and under no other.
 */
@Injectable()
export class RemoveWayIn {
  constructor(
    private readonly database: Database,
    private readonly settings: Settings,
    private readonly sessions: StaffSessions,
  ) {}

  /**
   * Removes a way in at once, puts the new keys in the place of the old, and ends every other session of the person.
   *
   * @throws {NotFound} when it is no way in of this person, or they may not remove one in this session
   * @throws {Conflict} `last_way` when nothing would be left that unlocks; `last_passkey` when a role needs one;
   *   `ways_changed` when the new keys are not sealed under exactly the ways that are kept and unlock
   * @throws {Invalid} when a key is not one
   */
  async remove(session: StandingSession, id: string, keys: ReplacingKeys): Promise<Removed> {
    const { actor } = session;
    return this.database.asActor(actor, async (manager) => {
      await lockPerson(manager, actor.staffId);
      const ways = await waysOf(manager, actor.staffId);
      const removed = ways.find((way) => way.id === id);
      if (!removed) throw new NotFound();
      if (!mayChangeWaysIn(actor, { hasPasskey: ways.some(({ kind }) => kind === 'passkey') })) throw new Forbidden();
      const kept = ways.filter((way) => way !== removed);
      this.requireEnough(kept, [...actor.roles, ...(actor.withheldRoles ?? [])]);
      requireSealedUnder(kept, keys);
      const made = await readReplacing(keys);

      const retired = await retirePersonalKeys(manager, actor.staffId);
      await recordPersonalKeys(manager, actor.staffId, made);
      await forget(manager, actor.staffId, removed, retired);
      await manager.insert(
        StaffSealedKey,
        keys.sealed.flatMap(({ way, agreement, signing }) => [
          { kid: made.agreement.kid, authenticatorId: way, sealedPrivate: agreement },
          { kid: made.signing.kid, authenticatorId: way, sealedPrivate: signing },
        ]),
      );
      await append(manager, { action: 'staff.way_removed', actor, subject: id });
      await append(manager, { action: 'staff.keys_replaced', actor, subject: actor.staffId });
      await endSessionsOf(manager, actor.staffId, session.id);
      const token = await this.sessions.rotate(manager, session.id, { proved: false });
      if (token === null) throw new Unauthorised('Sign in first.');
      return { token, keys: await ownKeys(manager, actor.staffId) };
    });
  }

  private requireEnough(kept: readonly WayIn[], roles: readonly Role[]): void {
    if (!kept.some(({ unlocks }) => unlocks)) {
      throw new Conflict('last_way', 'This is the only way in that opens your keys. Add another one first.');
    }
    const needsPasskey = roles.some((role) => this.settings.passkeyRequiredFor.has(role));
    if (needsPasskey && !kept.some(({ kind }) => kind === 'passkey')) {
      throw new Conflict('last_passkey', 'Your role needs a passkey. Add another one before you remove this one.');
    }
  }
}

async function readReplacing({ agreement, signing, sealed }: ReplacingKeys): Promise<PersonalKeys> {
  return {
    agreement: await readSentKey('agreement', { ...agreement, sealed: sealed.map((under) => under.agreement) }),
    signing: await readSentKey('signing', { ...signing, sealed: sealed.map((under) => under.signing) }),
  };
}

function requireSealedUnder(kept: readonly WayIn[], { sealed }: ReplacingKeys): void {
  const wanted = kept
    .filter(({ unlocks }) => unlocks)
    .map(({ id }) => id)
    .sort();
  const sent = sealed.map(({ way }) => way).sort();
  if (wanted.join() !== sent.join()) {
    throw new Conflict('ways_changed', 'Your ways in have changed meanwhile. Load the page again.');
  }
}

/** Deletes a way in with what lies sealed under it, and the signing keys that nobody signs with any more. */
async function forget(
  manager: EntityManager,
  staffId: string,
  removed: WayIn,
  retired: readonly string[],
): Promise<void> {
  await manager.query('DELETE FROM staff_sealed_keys WHERE authenticator_id = $1', [removed.id]);
  await manager.query('DELETE FROM staff_authenticators WHERE id = $1', [removed.id]);
  if (removed.kind === 'passphrase') {
    await manager.query('UPDATE staff SET salt = NULL, auth_hash = NULL, totp_sealed = NULL WHERE id = $1', [staffId]);
  }
  await manager.query(
    `DELETE FROM staff_sealed_keys s USING staff_keys k
      WHERE k.kid = s.kid AND k.kid = ANY ($1) AND k.purpose = 'signing'`,
    [retired],
  );
}
