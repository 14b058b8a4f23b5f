import type { EntityManager } from 'typeorm';
import { verifyConsent, type SignedConsent } from '../../vault/consent.js';
import { importPublicKey, readPublicJwk, thumbprint } from '../../vault/keys.js';
import { VaultError, type CompactJws } from '../../vault/suite.js';
import { mailboxOf } from '../mailbox-of-case.js';

/**
 * Verifies a consent: signed by the mailbox of this very case, for this referral and this receiver.
 *
 * @param about ids of the case, of the referral and of the agency that is to have the case
 * @throws {VaultError} where it is not, whatever differs
 */
export async function verifyOwnConsent(
  manager: EntityManager,
  about: { readonly caseId: string; readonly referral: string; readonly agency: string },
  jws: CompactJws,
): Promise<SignedConsent> {
  const { signingJwk } = await mailboxOf(manager, about.caseId);
  const jwk = readPublicJwk(signingJwk);
  const own = await thumbprint(jwk);
  const consent = await verifyConsent({
    jws,
    caseId: about.caseId,
    verify: (kid) => (kid === own ? importPublicKey({ kid, jwk }, 'signing') : undefined),
  });
  if (consent.referral !== about.referral || consent.agency !== about.agency) throw new VaultError();
  return consent;
}
