import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { Database, isUniqueViolation } from '../../config/database.js';
import { Settings } from '../../config/settings.js';
import { append } from '../audit/audit.js';
import { Invalid, NotFound } from '../web/errors.js';
import { lockAgency, refuseOneTooMany } from './places.js';
import type { Role } from './roles.js';
import type { StaffActor } from './staff-actor.js';
import { addAuthenticator, type NewAuthenticator } from './add-authenticator.js';
import { openOffer, sealOffer } from './offer.js';
import { authHash } from './passphrase-proof.js';
import type { NewPasskeyOffer } from './passkeys/passkey.js';
import { Passkeys } from './passkeys/passkeys.js';
import type { Joining, JoiningByPasskey, JoiningByPassphrase } from './personal-key.js';
import { readSentKey } from './read-sent-keys.js';
import { recordPersonalKeys } from './record-personal-keys.js';
import { requireCode } from './require-code.js';
import { StaffMember } from './staff-member.entity.js';
import { StaffSecrets } from './staff-secrets.js';
import { tokenHash } from './token.js';
import { makeTotpSecret, sealTotp, totpUri } from './totp.js';

const SYSTEM = { kind: 'system', name: 'enrolment' } as const;

/** What a person who holds an invitation is told before joining. */
export interface EnrolmentOffer {
  readonly agencyId: string;
  readonly roles: readonly Role[];
  /** The server's half of joining, sealed to the server itself: sent back unchanged, it needs no row while waiting. */
  readonly offer: string;
  readonly totpSecret: string;
  readonly totpUri: string;
  /** What a passkey is made with, for who joins with one. */
  readonly passkey: NewPasskeyOffer;
  /** Whether one of the roles needs a passkey. */
  readonly passkeyRequired: boolean;
}

/** How the person will sign in, and what of it lies with the account. */
interface WayIn {
  readonly authenticator: NewAuthenticator;
  readonly secrets: Pick<StaffMember, 'salt' | 'authHash' | 'totpSealed' | 'totpLastStep'>;
}

const NO_PASSPHRASE = { salt: null, authHash: null, totpSealed: null, totpLastStep: '0' };

/** How an invited person becomes a member of staff. Keys are made in their browser; here only their public halves are seen. */
@Injectable()
export class Enrolment {
  constructor(
    private readonly database: Database,
    private readonly settings: Settings,
    private readonly secrets: StaffSecrets,
    private readonly passkeys: Passkeys,
  ) {}

  /**
   * Looks at an invitation without using it up, and makes the person's TOTP secret.
   *
   * @throws {NotFound} when the invitation is unknown, used or too old
   */
  async begin(token: string): Promise<EnrolmentOffer> {
    return this.database.asActor(SYSTEM, async (manager) => {
      const [invitation] = await manager.query<{ agency_id: string; roles: Role[] }[]>(
        'SELECT agency_id, roles FROM staff_invitations WHERE token_hash = $1 AND expires_at > now()',
        [tokenHash(token)],
      );
      if (!invitation) throw new NotFound();
      const staffId = randomUUID();
      const totpSecret = makeTotpSecret();
      await append(manager, { action: 'staff.invitation_viewed', actor: SYSTEM, agencyId: invitation.agency_id });
      return {
        agencyId: invitation.agency_id,
        roles: invitation.roles,
        offer: await sealOffer(this.secrets.totp, token, { staffId, totpSecret }),
        totpSecret,
        totpUri: totpUri(totpSecret, invitation.agency_id),
        passkey: this.passkeys.offer(staffId, { purpose: 'join', heldBy: token }),
        passkeyRequired: invitation.roles.some((role) => this.settings.passkeyRequiredFor.has(role)),
      };
    });
  }

  /**
   * Uses the invitation up and makes the account of somebody who signs in with a passphrase and a code. Nothing is used up
   * when anything is refused.
   *
   * @throws {NotFound} when the invitation is unknown, used or too old
   * @throws {Invalid} when the code is wrong, the username is taken, a key is not a key, or a role needs a passkey
   * @throws {Conflict} `too_many_disclosure_officers` when the agency has as many as it may have
   */
  async finish(form: JoiningByPassphrase, at: Date = new Date()): Promise<StaffActor> {
    const { staffId, totpSecret } = await openOffer(this.secrets.totp, form.token, form.offer);
    const step = requireCode(totpSecret, form.code, at);
    const totpSealed = await sealTotp(this.secrets.totp, staffId, totpSecret);
    return this.takeUp(form, staffId, (_manager, roles) => {
      if (roles.some((role) => this.settings.passkeyRequiredFor.has(role))) {
        throw invalid('passphrase', 'passkey_required', 'Your role needs a passkey. Join with one.');
      }
      return {
        authenticator: { kind: 'passphrase', label: '' },
        secrets: {
          salt: form.salt,
          authHash: authHash(form.auth),
          totpSealed,
          totpLastStep: step.toString(),
        },
      };
    });
  }

  /**
   * The same for somebody who signs in with a passkey.
   *
   * @throws {Invalid} also when the passkey was not made for this
   */
  async finishWithPasskey(form: JoiningByPasskey): Promise<StaffActor> {
    const { staffId } = await openOffer(this.secrets.totp, form.token, form.offer);
    return this.takeUp(form, staffId, async (manager) => {
      const made = await this.passkeys.made(manager, form.passkey, { purpose: 'join', heldBy: form.token });
      if (!made) throw notMadeForThis();
      return { authenticator: { kind: 'passkey', label: form.label.trim(), ...made }, secrets: NO_PASSPHRASE };
    });
  }

  private async takeUp(
    form: Joining,
    staffId: string,
    wayIn: (manager: EntityManager, roles: readonly Role[]) => WayIn | Promise<WayIn>,
  ): Promise<StaffActor> {
    const { agreement, signing } = form;
    const keys = {
      agreement: await readSentKey('agreement', { ...agreement, sealed: [agreement.sealedPrivate] }),
      signing: await readSentKey('signing', { ...signing, sealed: [signing.sealedPrivate] }),
    };
    try {
      return await this.database.asActor(SYSTEM, async (manager) => {
        const { agency_id: agencyId, roles } = await useUp(manager, form.token);
        await refuseOneTooMany(manager, agencyId, roles);
        const { authenticator, secrets } = await wayIn(manager, roles);
        const displayName = form.displayName.trim();
        const { username } = form;
        await manager.insert(StaffMember, {
          id: staffId,
          agencyId,
          username,
          displayName,
          roles,
          ...secrets,
          active: true,
        });
        await recordPersonalKeys(manager, staffId, keys);
        await addAuthenticator(manager, staffId, authenticator, [
          { kid: keys.agreement.kid, sealedPrivate: agreement.sealedPrivate },
          { kid: keys.signing.kid, sealedPrivate: signing.sealedPrivate },
        ]);
        const actor: StaffActor = { kind: 'staff', staffId, agencyId, roles, displayName };
        await append(manager, { action: 'staff.joined', actor, subject: staffId });
        return actor;
      });
    } catch (error) {
      if (isUniqueViolation(error, 'uq_staff_username')) {
        throw invalid('username', 'taken', 'This username is taken. Choose another.');
      }
      if (isUniqueViolation(error, 'uq_staff_authenticators_credential_id')) throw notMadeForThis();
      throw error;
    }
  }
}

/** Uses an invitation up. Whoever is first at an agency makes every other invitation of outsiders to it void. */
async function useUp(manager: EntityManager, token: string): Promise<{ agency_id: string; roles: Role[] }> {
  const [invited] = await manager.query<{ agency_id: string }[]>(
    'SELECT agency_id FROM staff_invitations WHERE token_hash = $1',
    [tokenHash(token)],
  );
  if (!invited) throw new NotFound();
  // First of all, so that of two who are first at once the second waits here, and then finds its link gone.
  const agency = await lockAgency(manager, invited.agency_id);
  // Deleting takes the row's lock, so that of two who join with one link at once only one does.
  const [rows] = await manager.query<[{ agency_id: string; roles: Role[] }[], number]>(
    'DELETE FROM staff_invitations WHERE token_hash = $1 AND expires_at > now() RETURNING agency_id, roles',
    [tokenHash(token)],
  );
  const [invitation] = rows;
  if (!invitation) throw new NotFound();
  if (agency?.hasPeople !== true) {
    await manager.query('DELETE FROM staff_invitations WHERE agency_id = $1 OR NOT EXISTS (SELECT FROM staff)', [
      invitation.agency_id,
    ]);
  }
  return invitation;
}

function notMadeForThis(): Invalid {
  return invalid('passkey', 'passkey', 'This passkey was not made for this invitation. Make it again.');
}

function invalid(field: string, code: string, message: string): Invalid {
  return new Invalid([{ field, code, message }]);
}
