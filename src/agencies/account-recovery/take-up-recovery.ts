import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database } from '../../../config/database.js';
import { append } from '../../audit/audit.js';
import { addAuthenticator } from '../../staff/add-authenticator.js';
import { endSessionsOf } from '../../staff/end-sessions.js';
import { openOffer, sealOffer } from '../../staff/offer.js';
import { authHash } from '../../staff/passphrase-proof.js';
import type { SentKey } from '../../staff/personal-key.js';
import { readSentKey } from '../../staff/read-sent-keys.js';
import { recordPersonalKeys, retirePersonalKeys } from '../../staff/record-personal-keys.js';
import { requireCode } from '../../staff/require-code.js';
import { StaffSecrets } from '../../staff/staff-secrets.js';
import { tokenHash } from '../../staff/token.js';
import { makeTotpSecret, sealTotp, totpUri } from '../../staff/totp.js';
import { NotFound } from '../../web/errors.js';

const SYSTEM = { kind: 'system', name: 'account-recovery' } as const;

/** What somebody is told who holds the link. */
export interface RecoveryOffer {
  readonly agencyId: string;
  readonly username: string;
  readonly offer: string;
  readonly totpSecret: string;
  readonly totpUri: string;
}

/** A new way in with new keys, made where the person sits. */
export interface Recovering {
  readonly token: string;
  readonly offer: string;
  readonly salt: string;
  readonly auth: string;
  readonly code: string;
  readonly agreement: SentKey;
  readonly signing: SentKey;
}

/** Taking up a recovery that two colleagues approved. */
@Injectable()
export class TakeUpRecovery {
  constructor(
    private readonly database: Database,
    private readonly secrets: StaffSecrets,
  ) {}

  /**
   * Looks at a link without using it up, and makes the person's new TOTP secret.
   *
   * @throws {NotFound} when the link is unknown, used, stopped or too old
   */
  async begin(token: string): Promise<RecoveryOffer> {
    return this.database.asActor(SYSTEM, async (manager) => {
      const [person] = await manager.query<{ id: string; agencyId: string; username: string }[]>(
        `SELECT p.id, p.agency_id AS "agencyId", p.username
           FROM account_recoveries r JOIN staff p ON p.id = r.staff_id AND p.active
          WHERE r.token_hash = $1 AND r.expires_at > now()`,
        [tokenHash(token)],
      );
      if (!person) throw new NotFound();
      const totpSecret = makeTotpSecret();
      const { id: staffId, agencyId, username } = person;
      await append(manager, { action: 'staff.recovery_viewed', actor: SYSTEM, agencyId, subject: staffId });
      return {
        agencyId,
        username,
        offer: await sealOffer(this.secrets.totp, token, { staffId, totpSecret }),
        totpSecret,
        totpUri: totpUri(totpSecret, agencyId),
      };
    });
  }

  /**
   * Gives the person a new way in and new keys. Every earlier way in, session and key is over. Nothing is used up when
   * anything is refused.
   *
   * @throws {NotFound} when the link is unknown, used, stopped or too old
   * @throws {Invalid} when the code is wrong, or a key is not a key
   */
  async finish(form: Recovering, at: Date = new Date()): Promise<void> {
    const { staffId, totpSecret } = await openOffer(this.secrets.totp, form.token, form.offer);
    const step = requireCode(totpSecret, form.code, at);
    const { agreement, signing } = form;
    const keys = {
      agreement: await readSentKey('agreement', { ...agreement, sealed: [agreement.sealedPrivate] }),
      signing: await readSentKey('signing', { ...signing, sealed: [signing.sealedPrivate] }),
    };
    const totpSealed = await sealTotp(this.secrets.totp, staffId, totpSecret);
    await this.database.asActor(SYSTEM, async (manager) => {
      const agencyId = await useUp(manager, form.token, staffId);
      await retirePersonalKeys(manager, staffId);
      await forgetWaysIn(manager, staffId);
      await manager.query(
        'UPDATE staff SET salt = $2, auth_hash = $3, totp_sealed = $4, totp_last_step = $5 WHERE id = $1',
        [staffId, form.salt, authHash(form.auth), totpSealed, step],
      );
      await recordPersonalKeys(manager, staffId, keys);
      await addAuthenticator(manager, staffId, { kind: 'passphrase', label: '' }, [
        { kid: keys.agreement.kid, sealedPrivate: agreement.sealedPrivate },
        { kid: keys.signing.kid, sealedPrivate: signing.sealedPrivate },
      ]);
      // Of no use to the new keys, and in the way of what a colleague grants to them.
      await manager.query('DELETE FROM agency_key_grants WHERE staff_id = $1', [staffId]);
      await append(manager, { action: 'staff.recovered', actor: SYSTEM, agencyId, subject: staffId });
    });
  }
}

/** Deleting takes the row's lock, so that of two who take it up, or one who stops it, only one does. */
async function useUp(manager: EntityManager, token: string, staffId: string): Promise<string> {
  const [rows] = await manager.query<[{ agencyId: string }[], number]>(
    `DELETE FROM account_recoveries WHERE token_hash = $1 AND staff_id = $2 AND expires_at > now()
     RETURNING agency_id AS "agencyId"`,
    [tokenHash(token), staffId],
  );
  const [used] = rows;
  const still = await manager.query<unknown[]>('SELECT FROM staff WHERE id = $1 AND active FOR NO KEY UPDATE', [
    staffId,
  ]);
  if (!used || still.length === 0) throw new NotFound();
  return used.agencyId;
}

async function forgetWaysIn(manager: EntityManager, staffId: string): Promise<void> {
  await endSessionsOf(manager, staffId);
  await manager.query(
    `DELETE FROM staff_sealed_keys
      WHERE authenticator_id IN (SELECT id FROM staff_authenticators WHERE staff_id = $1)`,
    [staffId],
  );
  await manager.query('DELETE FROM staff_authenticators WHERE staff_id = $1', [staffId]);
  await manager.query('DELETE FROM staff_identities WHERE staff_id = $1', [staffId]);
}
