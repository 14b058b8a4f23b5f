import { openAgencyKey } from '../../vault/agency-keys.js';
import type { HeldKey } from '../../vault/keys.js';
import { askStaff } from '../../staff/browser/ask-staff.js';
import { unlockedKeys } from '../../staff/browser/session-keys.js';
import type { OwnGrant } from '../key-state.js';

/** The signed-in person's grants of agency keys, still sealed to them. */
export async function ownGrants(): Promise<readonly OwnGrant[]> {
  return askStaff<OwnGrant[]>('/staff/api/keys/grants');
}

/**
 * Opens the agency keys that the signed-in person was granted, retired ones too, for use on this page only.
 *
 * @returns the keys by kid, non-extractable, or null while the browser is locked
 * @throws {VaultError} when a grant is not what it says
 */
export async function openAgencyKeys(): Promise<ReadonlyMap<string, HeldKey> | null> {
  const unlocked = await unlockedKeys();
  if (!unlocked) return null;
  const { agreement } = unlocked;
  const opened = await Promise.all(
    (await ownGrants()).map(({ kid, jwe }) =>
      openAgencyKey({ jwe, privateKey: agreement.privateKey, expect: { reader: agreement.kid, sealed: kid } }),
    ),
  );
  return new Map(opened.map((key) => [key.kid, key]));
}
