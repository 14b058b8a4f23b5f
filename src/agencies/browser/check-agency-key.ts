import { askStaff } from '../../staff/browser/ask-staff.js';
import { unlockedKeys } from '../../staff/browser/session-keys.js';
import { verifyAgencyKey, type StaffProof } from '../../vault/key-people.js';
import { element } from '../../web/browser/page.js';
import { openGrants, ownGrants } from './keys.js';

/*
 * Once for each unlocking: looks whether the key that the public log has for this agency is one that this person holds. It
 * may be that a colleague has renewed it, so they are told, and nothing is locked.
 */

const CHECKED = 'onedoor-agency-key-checked';

async function check(): Promise<void> {
  const own = await unlockedKeys();
  const pins = globalThis.onedoorKeyPins;
  if (!own || !pins || sessionStorage.getItem(CHECKED) === own.agreement.kid) return;
  const held = [...(await openGrants(await ownGrants(), own)).keys()];
  const { proof } = await askStaff<{ proof: StaffProof | null }>('/staff/api/key-log');
  const found = await verifyAgencyKey({ proof, pins, own: own.agreement.kid, held, now: Date.now() });
  if (found === 'as_held') sessionStorage.setItem(CHECKED, own.agreement.kid);
  element('#agency-key-alarm').hidden = found !== 'others';
}

// Left meanwhile, signed out, or nobody who holds such keys: the next page looks again.
check().catch(() => undefined);
