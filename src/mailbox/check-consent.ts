import type { EntityManager } from 'typeorm';
import type { Case } from '../cases/case.entity.js';
import { mailboxOf } from '../cases/mailbox-of-case.js';
import { verifyConsent, type Share, type SignedConsent } from '../vault/consent.js';
import { importPublicKey, readPublicJwk, thumbprint } from '../vault/keys.js';
import type { CompactJws } from '../vault/suite.js';
import { Conflict, Invalid } from '../web/errors.js';
import { wellFormed } from '../web/well-formed.js';
import type { ConsentableReferral, StoredReferral } from './read-referrals.js';

/**
 * Verifies a consent that somebody sent: signed by the mailbox of this very case, for this referral and this receiver.
 *
 * @throws {Invalid} where it is not, whatever differs
 */
export async function verifyOwnConsent(
  manager: EntityManager,
  found: Case,
  referral: StoredReferral,
  jws: CompactJws,
): Promise<SignedConsent> {
  const { signingJwk } = await mailboxOf(manager, found.id);
  const jwk = readPublicJwk(signingJwk);
  const signer = { kid: await thumbprint(jwk), jwk };
  const consent = await wellFormed(
    () =>
      verifyConsent({
        jws,
        caseId: found.id,
        verify: (kid) => (kid === signer.kid ? importPublicKey(signer, 'signing') : undefined),
      }),
    malformed,
  );
  if (consent.referral !== referral.id || consent.agency !== referral.to) throw malformed();
  return consent;
}

/**
 * Turns away a consent that does not fit what is asked now.
 *
 * @throws {Invalid} where more would be shared than was asked
 * @throws {Conflict} `readers_changed` where the receiver's keys are others by now: the person looks again
 */
export function requireFits(referral: ConsentableReferral, { share, readers }: SignedConsent): void {
  requireAsked(referral, share, 'consent');
  if (JSON.stringify(readers) === JSON.stringify(referral.readers)) return;
  throw new Conflict('readers_changed', 'Those who would read it have changed. Look at it again before you answer.');
}

/** @throws {Invalid} where more would be shared than was asked; after the fact nothing more is */
export function requireAsked(referral: ConsentableReferral, share: Share, field: string): void {
  const identity = referral.asksIdentity && !referral.needsConfirmation;
  if (share.length > 1 && !identity) {
    throw new Invalid([{ field, code: 'not_asked', message: 'This would share more than was asked for.' }]);
  }
}

function malformed(): Invalid {
  return new Invalid([
    { field: 'consent', code: 'malformed', message: 'This is not signed as it must be, or is for something else.' },
  ]);
}
