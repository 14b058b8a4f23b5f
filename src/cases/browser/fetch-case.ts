import { openAgencyKeys } from '../../agencies/browser/keys.js';
import { askStaff } from '../../staff/browser/ask-staff.js';
import { unlockedKeys, type UnlockedKeys } from '../../staff/browser/session-keys.js';
import { openKeys, type OpenKeys } from '../open-words.js';
import { keysOfNote } from '../referrals/seal-note.js';
import type { SealedCase, StoredItem } from '../sealed-case.js';
import type { SealedReferral } from '../referrals/sealed-referral.js';

/** A case as this browser holds it: still sealed, with the keys it could open. */
export interface CaseAtHand {
  readonly sealed: SealedCase;
  readonly items: readonly StoredItem[];
  readonly opened: OpenKeys;
  readonly own: UnlockedKeys;
}

/** A referral as this browser holds it, with the keys of its note. */
export interface ReferralAtHand {
  readonly referral: SealedReferral;
  readonly note: OpenKeys;
  readonly own: UnlockedKeys;
}

/**
 * Fetches a case and opens its keys.
 *
 * @returns null while the browser is locked
 * @throws {ApiProblem} with what the server said no with
 */
export function fetchCase(caseId: string): Promise<CaseAtHand | null> {
  return fetchFrom(`/staff/api/cases/${caseId}`);
}

/** Fetches a case that this officer has accepted and not taken over yet. @see fetchCase */
export function fetchReferredCase(referralId: string): Promise<CaseAtHand | null> {
  return fetchFrom(`/staff/api/referrals/${referralId}/case`);
}

/** Fetches a referral and opens the keys of its note. @see fetchCase */
export async function fetchReferral(referralId: string): Promise<ReferralAtHand | null> {
  const own = await unlockedKeys();
  const agency = await openAgencyKeys();
  if (!own || !agency) return null;
  const referral = await askStaff<SealedReferral>(`/staff/api/referrals/${referralId}`);
  return { referral, note: await openKeys(keysOfNote(referral), { agreement: own.agreement, agency }), own };
}

async function fetchFrom(path: string): Promise<CaseAtHand | null> {
  const own = await unlockedKeys();
  const agency = await openAgencyKeys();
  if (!own || !agency) return null;
  const sealed = await askStaff<SealedCase>(path);
  const items = [...sealed.items];
  for (let after = sealed.next; after !== null;) {
    const more: SealedCase = await askStaff<SealedCase>(`${path}?after=${after}`);
    items.push(...more.items);
    after = more.next;
  }
  return { sealed, items, opened: await openKeys(sealed, { agreement: own.agreement, agency }), own };
}
