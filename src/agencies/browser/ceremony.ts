import { regrantAgencyKey } from '../../vault/agency-keys.js';
import { fingerprintWords } from '../../vault/fingerprint.js';
import { KeyDoubted } from '../../vault/key-heads.js';
import { readPublicKey, type PublicKey } from '../../vault/keys.js';
import type { KeyId } from '../../vault/suite.js';
import { askStaff } from '../../staff/browser/ask-staff.js';
import { element, elementOf, say, tell } from '../../web/browser/page.js';
import { goUnlock, unlockedKeys, type UnlockedKeys } from '../../staff/browser/session-keys.js';
import type { KeyState } from '../key-state.js';
import { makeAgencyKey, type KeyRecipients } from '../make-agency-key.js';
import { confirmHeld, openGrants, ownGrants } from './keys.js';
import { requireColleagues } from './require-colleagues.js';

/*
 * The page of the agency's keys. Whoever grants compares eight words with who is granted to. They are made of the key that
 * lies in this page and is granted to, which is asked for once: a server that names another key later changes nothing.
 */

async function start(): Promise<void> {
  const unlocked = await unlockedKeys();
  if (!unlocked) return;
  element('#own-words').textContent = fingerprintWords(unlocked.agreement.kid).join(' ');
  element('#own').hidden = false;
  const grants = await ownGrants();
  const opened = await openGrants(grants, unlocked);
  element('#bad-grant').hidden = opened.size === grants.length;
  if ((await confirmHeld(grants, opened, unlocked)) > 0) location.reload();
}

async function compareAll(): Promise<void> {
  const unlocked = await unlockedKeys();
  if (!unlocked) {
    goUnlock();
    return;
  }
  const { staffId: own, agreement } = unlocked;
  const recipients = await askStaff<KeyRecipients>('/staff/api/keys/recipients');
  const { people } = await askStaff<KeyState>('/staff/api/keys');
  const nameOf = (id: string): string => people.find(({ staffId }) => staffId === id)?.displayName ?? '';
  const rows = recipients.people.map(({ staffId, agreement }) => ({
    id: staffId,
    name: nameOf(staffId),
    key: agreement,
    isOwn: staffId === own,
  }));
  const onPaper = recipients.recovery ? [{ id: 'recovery', name: say('recovery'), key: recipients.recovery }] : [];
  element('#compare-list').replaceChildren(...[...rows, ...onPaper].map((row) => rowFor(row)));
  element('#compare').hidden = false;
  element('#compare-title').focus();
  onClick(elementOf(HTMLButtonElement, '#make-for'), () => make(recipients, agreement.kid));
}

/** A person, or the recovery key on paper, with the words of their key and a box to tick once these were compared. */
function rowFor(row: { id: string; name: string; key: PublicKey; isOwn?: boolean }): HTMLElement {
  const part = elementOf(HTMLTemplateElement, '#compare-row').content.cloneNode(true) as DocumentFragment;
  const box = elementOf(HTMLInputElement, 'input', part);
  box.id = `compared-${row.id}`;
  box.value = row.id;
  box.checked = row.isOwn === true;
  element('label', part).setAttribute('for', box.id);
  element('[data-name]', part).textContent = row.name;
  element('[data-words]', part).textContent = fingerprintWords(row.key.kid).join(' ');
  return element('[data-row]', part);
}

async function make({ people, recovery }: KeyRecipients, own: KeyId): Promise<void> {
  const compared = new Set([...document.querySelectorAll<HTMLInputElement>('#compare-list input:checked')].map(idOf));
  if (recovery && !compared.has('recovery')) {
    tell(say('compareRecovery'));
    return;
  }
  const chosen = people.filter(({ staffId }) => compared.has(staffId));
  await requireColleagues(own, { people: chosen, recovery });
  const { renews } = element('#make').dataset;
  const path = renews === undefined ? '/staff/api/keys' : `/staff/api/keys/${renews}/renewal`;
  await askStaff(path, await makeAgencyKey({ people: chosen, recovery }));
  location.reload();
}

function idOf({ value }: HTMLInputElement): string {
  return value;
}

async function compareOne(staffId: string): Promise<void> {
  const unlocked = await unlockedKeys();
  if (!unlocked) {
    goUnlock();
    return;
  }
  const { people } = await askStaff<KeyState>('/staff/api/keys');
  const colleague = people.find((person) => person.staffId === staffId);
  if (!colleague) throw new Error('There is nobody to grant to.');
  const reader = await readPublicKey(colleague.agreement);
  element('#grant-name').textContent = colleague.displayName;
  element('#grant-words').textContent = fingerprintWords(reader.kid).join(' ');
  element('#grant').hidden = false;
  element('#grant-title').focus();
  onClick(elementOf(HTMLButtonElement, '#grant-to'), () => grantTo(staffId, reader, unlocked));
}

/** Grants every complaints key that this person holds, retired ones too: older cases are sealed to those. */
async function grantTo(staffId: string, reader: PublicKey, { agreement }: UnlockedKeys): Promise<void> {
  await requireColleagues(agreement.kid, { people: [{ staffId, agreement: reader }] });
  for (const { kid, jwe: held } of await ownGrants()) {
    const jwe = await regrantAgencyKey({
      jwe: held,
      privateKey: agreement.privateKey,
      expect: { reader: agreement.kid, sealed: kid },
      reader,
    });
    await askStaff('/staff/api/keys/grants', { kid, staffId, jwe });
  }
  location.reload();
}

const started = new WeakSet<HTMLButtonElement>();
const works = new WeakMap<HTMLButtonElement, () => Promise<void>>();

/** What a button does; setting it again puts the new work in place of the old. */
function onClick(button: HTMLButtonElement, work: () => Promise<void>): void {
  works.set(button, work);
  button.disabled = false;
  if (started.has(button)) return;
  started.add(button);
  button.addEventListener('click', () => {
    button.disabled = true;
    tell('');
    void works
      .get(button)?.()
      .catch((error: unknown) => {
        tell(say(error instanceof KeyDoubted ? 'keysDoubted' : 'failed'));
      })
      .finally(() => {
        button.disabled = false;
      });
  });
}

if (document.getElementById('make')) onClick(elementOf(HTMLButtonElement, '#make'), compareAll);
for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-grant]')) {
  onClick(button, () => compareOne(button.dataset.grant ?? ''));
}
start().catch(() => {
  tell(say('failed'));
});
