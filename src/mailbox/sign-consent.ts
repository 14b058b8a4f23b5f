import { signConsent, type Share } from '../vault/consent.js';
import type { CompactJws } from '../vault/suite.js';
import type { MailboxReferral } from './mailbox-side.js';
import type { OpenSide } from './open-side.js';

/** What is asked of the person, as far as they sign it. */
export type AskedConsent = Pick<MailboxReferral, 'id' | 'readers'> & { readonly to: { readonly id: string } };

/** Signs the person's consent with their mailbox: in their browser, or for those without a script on the server. */
export function signReferralConsent(side: OpenSide, asked: AskedConsent, share: Share): Promise<CompactJws> {
  const { id: referral, readers, to } = asked;
  return signConsent({ caseId: side.caseId, referral, agency: to.id, readers, share, signer: side.keys.signing });
}
