import type { EntityManager } from 'typeorm';
import { readConsent, verifyConsent, type Share } from '../vault/consent.js';
import { importPublicKey, readPublicJwk, thumbprint } from '../vault/keys.js';
import { VaultError } from '../vault/suite.js';
import { mailboxOf } from './mailbox-of-case.js';
import type { Referral } from './referral.entity.js';

const ALL: Share = ['case', 'identity'];
const CASE_ALONE: Share = ['case'];

/** What is asked to be shared. */
export function askedShare({ shareIdentity }: Pick<Referral, 'shareIdentity'>): Share {
  return shareIdentity ? ALL : CASE_ALONE;
}

/** What may be shared by what is on record, by its form alone; null where neither consent nor ground is. */
export function sharedBy(referral: Pick<Referral, 'shareIdentity' | 'consent' | 'ground'>): Share | null {
  if (referral.consent !== null) return narrower(readConsent(referral.consent).share, askedShare(referral));
  return referral.ground === null ? null : askedShare(referral);
}

/**
 * What may be shared with these readers now: by the person's consent, whose signature is verified once more, or on the
 * ground on record. A consent that is there is kept to also where there is a ground.
 *
 * @param readers kids of the receiver's readers
 * @returns null where nothing may
 */
export async function agreedShare(
  manager: EntityManager,
  referral: Referral,
  readers: readonly string[],
): Promise<Share | null> {
  if (referral.consent === null) return referral.ground === null ? null : askedShare(referral);
  const consent = await verified(manager, referral, referral.consent);
  if (!consent) return null;
  const names = new Set(consent.readers);
  const isForThem = names.size === readers.length && readers.every((reader) => names.has(reader));
  return isForThem || referral.ground !== null ? narrower(consent.share, askedShare(referral)) : null;
}

async function verified(
  manager: EntityManager,
  { caseId, id, toAgency }: Referral,
  jws: string,
): Promise<{ readers: readonly string[]; share: Share } | null> {
  const mailbox = await mailboxOf(manager, caseId);
  const jwk = readPublicJwk(mailbox.signingJwk);
  const own = await thumbprint(jwk);
  try {
    const verify = (kid: string) => (kid === own ? importPublicKey({ kid, jwk }, 'signing') : undefined);
    const consent = await verifyConsent({ jws, caseId, verify });
    return consent.referral === id && consent.agency === toAgency ? consent : null;
  } catch (error) {
    if (error instanceof VaultError) return null;
    throw error;
  }
}

function narrower(some: Share, others: Share): Share {
  return some.length < others.length ? some : others;
}
