import { openAgencyKey } from '../../vault/agency-keys.js';
import { signKeyStatement } from '../../vault/key-statements.js';
import type { HeldKey } from '../../vault/keys.js';
import { VaultError } from '../../vault/suite.js';
import { askStaff } from '../../staff/browser/ask-staff.js';
import { unlockedKeys, type UnlockedKeys } from '../../staff/browser/session-keys.js';
import type { KeyState, OwnGrant } from '../key-state.js';

/** The signed-in person's grants of agency keys, still sealed to them. */
export async function ownGrants(): Promise<readonly OwnGrant[]> {
  return askStaff<OwnGrant[]>('/staff/api/keys/grants');
}

/**
 * Opens the agency keys that the signed-in person was granted, retired ones too, for use on this page only, and confirms
 * those that were opened for the first time. One that is not what it says is left out: whoever made it must not be able to
 * close the others.
 *
 * @returns the keys by kid, non-extractable, or null while the browser is locked
 */
export async function openAgencyKeys(): Promise<ReadonlyMap<string, HeldKey> | null> {
  const unlocked = await unlockedKeys();
  if (!unlocked) return null;
  const grants = await ownGrants();
  const opened = await openGrants(grants, unlocked);
  // Reading does not wait for it, and where it fails the next page tries again.
  void confirmHeld(grants, opened, unlocked).catch(() => undefined);
  return opened;
}

/** Opens those grants that are what they say. */
export async function openGrants(
  grants: readonly OwnGrant[],
  { agreement }: UnlockedKeys,
): Promise<ReadonlyMap<string, HeldKey>> {
  const opened = new Map<string, HeldKey>();
  for (const { kid, jwe } of grants) {
    try {
      const expect = { reader: agreement.kid, sealed: kid };
      opened.set(kid, await openAgencyKey({ jwe, privateKey: agreement.privateKey, expect }));
    } catch (error) {
      if (!(error instanceof VaultError)) throw error;
    }
  }
  return opened;
}

/** Signs, for each grant that was opened for the first time, that it holds the key it names. @returns how many */
export async function confirmHeld(
  grants: readonly OwnGrant[],
  opened: ReadonlyMap<string, HeldKey>,
  { signing }: UnlockedKeys,
): Promise<number> {
  const fresh = grants.filter(({ kid, held }) => !held && opened.has(kid));
  if (fresh.length === 0) return 0;
  const { agencyId: agency, today: day } = await askStaff<KeyState>('/staff/api/keys');
  for (const { kid } of fresh) {
    const statement = await signKeyStatement({ agency, key: kid, said: 'holds', day, signer: signing });
    await askStaff('/staff/api/keys/holdings', { kid, statement });
  }
  return fresh.length;
}
