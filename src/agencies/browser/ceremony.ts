import { regrantAgencyKey } from '../../vault/agency-keys.js';
import { readPublicKey } from '../../vault/keys.js';
import { askStaff } from '../../staff/browser/ask-staff.js';
import { elementOf, say, tell } from '../../web/browser/page.js';
import { goUnlock, unlockedKeys } from '../../staff/browser/session-keys.js';
import type { KeyState } from '../key-state.js';
import { makeAgencyKey, type KeyRecipient } from '../make-agency-key.js';
import { ownGrants } from './keys.js';

async function make(): Promise<void> {
  if (!(await unlockedKeys())) {
    goUnlock();
    return;
  }
  const recipients = await askStaff<KeyRecipient[]>('/staff/api/keys/recipients');
  await askStaff('/staff/api/keys', await makeAgencyKey(recipients));
  location.reload();
}

async function grantTo(staffId: string): Promise<void> {
  const unlocked = await unlockedKeys();
  if (!unlocked) {
    goUnlock();
    return;
  }
  const state = await askStaff<KeyState>('/staff/api/keys');
  const colleague = state.people.find((person) => person.staffId === staffId);
  const held = (await ownGrants()).find(({ kid }) => kid === state.kid);
  if (!colleague || !held) throw new Error('There is nothing to grant.');
  const jwe = await regrantAgencyKey({
    jwe: held.jwe,
    privateKey: unlocked.agreement.privateKey,
    expect: { reader: unlocked.agreement.kid, sealed: held.kid },
    reader: await readPublicKey(colleague.agreement),
  });
  await askStaff('/staff/api/keys/grants', { kid: held.kid, staffId, jwe });
  location.reload();
}

function onClick(button: HTMLButtonElement, work: () => Promise<void>): void {
  button.disabled = false;
  button.addEventListener('click', () => {
    button.disabled = true;
    tell('');
    work().catch(() => {
      tell(say('failed'));
      button.disabled = false;
    });
  });
}

if (document.getElementById('make')) onClick(elementOf(HTMLButtonElement, '#make'), make);
for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-grant]')) {
  onClick(button, () => grantTo(button.dataset.grant ?? ''));
}
