import { regrantAgencyKey } from '../../vault/agency-keys.js';
import { fingerprintWords } from '../../vault/fingerprint.js';
import { readPublicKey, type PublicKey } from '../../vault/keys.js';
import { askStaff } from '../../staff/browser/ask-staff.js';
import { goUnlock, unlockedKeys, type UnlockedKeys } from '../../staff/browser/session-keys.js';
import { element, elementOf } from '../../web/browser/page.js';
import type { KeyState } from '../key-state.js';
import { makeRecoveryKey, type RecoveryPurpose } from '../make-recovery-key.js';
import { proveShares } from '../prove-shares.js';
import { ownGrants } from './keys.js';
import { onShares, runWith } from './two-shares.js';

/*
 * The recovery kits. A key is made here, split, shown to be printed, and let go; what was printed is typed back here.
 * Nothing of a share is sent anywhere, or kept.
 */

async function make(purpose: RecoveryPurpose): Promise<void> {
  if (!(await unlockedKeys())) {
    goUnlock();
    return;
  }
  const { made, shares } = await makeRecoveryKey(purpose);
  await askStaff('/staff/api/recovery-keys', made);
  element('#sheets').replaceChildren(...shares.map((text, at) => sheetFor(purpose, made.kid, at + 1, text)));
  element('#kits').hidden = true;
  element('#printing').hidden = false;
  element('#printing-title').focus();
}

/** One sheet of paper. */
function sheetFor(purpose: RecoveryPurpose, kid: string, share: number, text: string): HTMLElement {
  const sheet = elementOf(HTMLTemplateElement, `#sheet-${purpose}`).content.cloneNode(true) as DocumentFragment;
  element('[data-share]', sheet).textContent = share.toString();
  element('[data-words]', sheet).textContent = fingerprintWords(kid).join(' ');
  element('[data-kid]', sheet).textContent = kid;
  element('[data-groups]', sheet).replaceChildren(
    ...text.split(' ').map((group) => {
      const item = document.createElement('li');
      item.textContent = group;
      return item;
    }),
  );
  return element('[data-sheet]', sheet);
}

async function prove(form: HTMLFormElement): Promise<void> {
  const unlocked = await unlockedKeys();
  if (!unlocked) {
    goUnlock();
    return;
  }
  const purpose = form.dataset.prove as RecoveryPurpose;
  const state = await askStaff<KeyState>('/staff/api/keys');
  const begun = state.unproven[purpose];
  if (!begun) {
    location.reload();
    return;
  }
  const key = await readPublicKey({ kid: begun.kid, jwk: begun.jwk });
  const typed = [...form.querySelectorAll('textarea')].map(({ value }) => value) as [string, string, string];
  const { agencyId: agency, today: day } = state;
  const statements = await proveShares({ typed, key, agency, day, signer: unlocked.signing });
  const proofs = statements.map((statement) => ({ statement }));
  await askStaff(`/staff/api/recovery-keys/${key.kid}/proofs`, { proofs });
  if (purpose === 'complaints') await grantAll(key, unlocked);
  form.reset();
  location.reload();
}

/** The complaints keys that this person holds are granted to the key that was just proven here. */
async function grantAll(reader: PublicKey, { agreement }: UnlockedKeys): Promise<void> {
  for (const { kid, jwe: held } of await ownGrants()) {
    const expect = { reader: agreement.kid, sealed: kid };
    const jwe = await regrantAgencyKey({ jwe: held, privateKey: agreement.privateKey, expect, reader });
    await askStaff('/staff/api/recovery-grants', { kid, jwe });
  }
}

for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-make]')) {
  button.disabled = false;
  button.addEventListener('click', () => {
    runWith(button, () => make(button.dataset.make as RecoveryPurpose));
  });
}

for (const form of document.querySelectorAll<HTMLFormElement>('form[data-prove]')) onShares(form, () => prove(form));

element('#print').addEventListener('click', () => {
  window.print();
});
element('#printed').addEventListener('click', () => {
  element('#sheets').replaceChildren();
  location.reload();
});
