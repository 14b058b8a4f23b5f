import type { KeyPins } from '../../vault/key-heads.js';
import { verifyStaff, type StaffProof } from '../../vault/key-people.js';
import { elementOf } from '../../web/browser/page.js';
import { askStaff } from './ask-staff.js';
import { lockAndLeave, type UnlockedKeys } from './session-keys.js';

const CHECKED = 'onedoor-staff-keys-checked';

/**
 * Once for each unlocking: looks whether the public log has this person's keys as this browser holds them, and no other for
 * them. If it has others, somebody can read or sign in their name: the page says so and lets go of the keys.
 */
export async function checkOwnKeys({ agreement, signing }: UnlockedKeys): Promise<void> {
  const name = `${agreement.kid} ${signing.kid}`;
  if (sessionStorage.getItem(CHECKED) === name) return;
  const pins = (globalThis as { onedoorKeyPins?: KeyPins }).onedoorKeyPins;
  if (!pins) return;
  const answer = await askStaff<{ proof: StaffProof | null }>('/staff/api/key-log').catch(() => null);
  // Left meanwhile, or signed out: the next page looks again.
  if (!answer) return;
  const { proof } = answer;
  const found = await verifyStaff({
    proof,
    pins,
    own: { agreement: agreement.kid, signing: signing.kid },
    now: Date.now(),
  });
  // Keys of the last few minutes are not under a head that witnesses saw: it is looked again on the next page.
  if (found === 'waiting') return;
  if (found === 'as_held') {
    sessionStorage.setItem(CHECKED, name);
    return;
  }
  // Other scripts of this page would lead away to where keys are unlocked, and what is said here would not be read.
  await lockAndLeave();
  const alarm = elementOf(HTMLTemplateElement, '#key-alarm').content.cloneNode(true);
  document.querySelector('main')?.replaceChildren(alarm);
  document.querySelector<HTMLElement>('#key-alarm-title')?.focus();
}
