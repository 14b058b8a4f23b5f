import type { EntityManager } from 'typeorm';
import type { Case } from '../cases/case.entity.js';
import { verifyOwnConsent } from '../cases/referrals/own-consent.js';
import type { Share, SignedConsent } from '../vault/consent.js';
import type { CompactJws } from '../vault/suite.js';
import { Conflict, Invalid } from '../web/errors.js';
import { wellFormed } from '../web/well-formed.js';
import type { ConsentableReferral, StoredReferral } from './read-referrals.js';

/**
 * Verifies a consent that somebody sent: signed by the mailbox of this very case, for this referral and this receiver.
 *
 * @throws {Invalid} where it is not, whatever differs
 */
export function verifySentConsent(
  manager: EntityManager,
  found: Case,
  { id, to }: StoredReferral,
  jws: CompactJws,
): Promise<SignedConsent> {
  return wellFormed(() => verifyOwnConsent(manager, { caseId: found.id, referral: id, agency: to }, jws), malformed);
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
