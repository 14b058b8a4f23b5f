import { openAgencyKeys } from '../../agencies/browser/keys.js';
import { askStaff } from '../../staff/browser/ask-staff.js';
import { unlockedKeys, type UnlockedKeys } from '../../staff/browser/session-keys.js';
import { openKeys, type OpenKeys } from '../open-words.js';
import { keysOfNote } from '../referrals/seal-note.js';
import type { SealedCase, SealedKeys, StoredItem } from '../sealed-case.js';
import type { SealedReferral } from '../referrals/sealed-referral.js';
import type { AddedProof, StaffProof } from '../../vault/key-people.js';
import { withColleaguesLater } from '../joining/later-readers.js';
import { logFrom, type LogSource } from './joined-readers.js';
import { withLoggedSigners } from './logged-signers.js';

/** As many as are asked about at once; nobody else has ever signed in one case. */
const MOST_SIGNERS = 200;

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
  const keys = await believed(keysOfNote(referral), own);
  return { referral, note: await openKeys(keys, { agreement: own.agreement, agency }), own };
}

/** Holds those who signed to the log of keys. */
async function believed<T extends SealedKeys>(sealed: T, { signing }: UnlockedKeys): Promise<T> {
  const asked = sealed.staffSigning.map(({ kid }) => kid).filter((kid) => kid !== signing.kid);
  const shown = asked.length > 0 ? await proofOf(asked) : null;
  return withLoggedSigners(sealed, shown, [signing.kid]);
}

async function proofOf(kids: readonly string[]): Promise<AddedProof | null> {
  const query = kids.slice(0, MOST_SIGNERS).join('.');
  return (await askStaff<{ proof: AddedProof | null }>(`/staff/api/key-log/added?kids=${query}`)).proof;
}

const KEY_LOG: LogSource = {
  head: async () => (await askStaff<{ proof: StaffProof | null }>('/staff/api/key-log')).proof,
  entries: async (from) => {
    const { entries } = await askStaff<{ entries: string[] }>(`/staff/api/key-log/entries?from=${from.toString()}`);
    return entries;
  },
};

async function fetchFrom(path: string): Promise<CaseAtHand | null> {
  const own = await unlockedKeys();
  const agency = await openAgencyKeys();
  if (!own || !agency) return null;
  const sealed = await believed(await askStaff<SealedCase>(path), own);
  const items = [...sealed.items];
  for (let after = sealed.next; after !== null;) {
    const more: SealedCase = await askStaff<SealedCase>(`${path}?after=${after}`);
    items.push(...more.items);
    after = more.next;
  }
  const opened = await openKeys(sealed, { agreement: own.agreement, agency });
  return { sealed, items, opened: await withColleaguesLater(sealed, opened, logFrom(KEY_LOG)), own };
}
