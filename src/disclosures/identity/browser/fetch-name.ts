import { openKeys, type OpenKeys } from '../../../cases/open-words.js';
import { askStaff } from '../../../staff/browser/ask-staff.js';
import { unlockedKeys, type UnlockedKeys } from '../../../staff/browser/session-keys.js';
import type { SealedName } from '../sealed-name.js';

/** A name as this browser holds it: still sealed, with its key where that could be opened. */
export interface NameAtHand {
  readonly sealed: SealedName;
  readonly opened: OpenKeys;
  readonly own: UnlockedKeys;
}

/**
 * Fetches who wrote a disclosure, which is recorded, and opens its key.
 *
 * @returns null while the browser is locked: then nothing is fetched
 * @throws {ApiProblem} with what the server said no with
 */
export async function fetchName(caseId: string): Promise<NameAtHand | null> {
  const own = await unlockedKeys();
  if (!own) return null;
  const sealed = await askStaff<SealedName>(`/staff/api/cases/${caseId}/identity`);
  return { sealed, opened: await openKeys(sealed, { agreement: own.agreement, agency: new Map() }), own };
}
