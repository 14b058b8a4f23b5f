import type { EntityManager } from 'typeorm';
import { readConsent, type Share, type SignedConsent } from '../../vault/consent.js';
import { VaultError, type CompactJws } from '../../vault/suite.js';
import { verifyOwnConsent } from './own-consent.js';
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
  return groundedShare(referral);
}

/** Who the person is never goes along because they do not answer. */
function groundedShare(referral: Pick<Referral, 'shareIdentity' | 'ground'>): Share | null {
  if (referral.ground === null) return null;
  return referral.ground === 'same_purpose' ? CASE_ALONE : askedShare(referral);
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
  if (referral.consent === null) return groundedShare(referral);
  const consent = await verified(manager, referral, referral.consent);
  if (!consent) return null;
  const names = new Set(consent.readers);
  const isForThem = names.size === readers.length && readers.every((reader) => names.has(reader));
  return isForThem || referral.ground !== null ? narrower(consent.share, askedShare(referral)) : null;
}

async function verified(
  manager: EntityManager,
  { caseId, id, toAgency }: Referral,
  jws: CompactJws,
): Promise<SignedConsent | null> {
  try {
    return await verifyOwnConsent(manager, { caseId, referral: id, agency: toAgency }, jws);
  } catch (error) {
    if (error instanceof VaultError) return null;
    throw error;
  }
}

function narrower(some: Share, others: Share): Share {
  return some.length < others.length ? some : others;
}
