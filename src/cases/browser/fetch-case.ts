import { openAgencyKeys } from '../../agencies/browser/keys.js';
import { askStaff } from '../../staff/browser/ask-staff.js';
import { unlockedKeys, type UnlockedKeys } from '../../staff/browser/session-keys.js';
import { openKeys, type OpenKeys } from '../open-words.js';
import type { SealedCase, StoredItem } from '../sealed-case.js';

/** A case as this browser holds it: still sealed, with the keys it could open. */
export interface CaseAtHand {
  readonly sealed: SealedCase;
  readonly items: readonly StoredItem[];
  readonly opened: OpenKeys;
  readonly own: UnlockedKeys;
}

/**
 * Fetches a case and opens its keys.
 *
 * @returns null while the browser is locked
 * @throws {ApiProblem} with what the server said no with
 */
export async function fetchCase(caseId: string): Promise<CaseAtHand | null> {
  const own = await unlockedKeys();
  const agency = await openAgencyKeys();
  if (!own || !agency) return null;
  const path = `/staff/api/cases/${caseId}`;
  const sealed = await askStaff<SealedCase>(path);
  const items = [...sealed.items];
  for (let after = sealed.next; after !== null;) {
    const more: SealedCase = await askStaff<SealedCase>(`${path}?after=${after}`);
    items.push(...more.items);
    after = more.next;
  }
  return { sealed, items, opened: await openKeys(sealed, { agreement: own.agreement, agency }), own };
}
