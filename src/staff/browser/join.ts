import { makePassphraseAndKeys, makePersonalKeys, type MadePersonalKeys } from '../make-personal-keys.js';
import type { NewPasskeyOffer } from '../passkeys/passkey.js';
import { ApiProblem } from '../../web/browser/ask.js';
import { askStaff } from './ask-staff.js';
import { element, elementOf, onSubmit, say, tell, valueOf } from '../../web/browser/page.js';
import { newPassphrase } from './new-passphrase.js';
import { makePasskey, NoPasskey } from './passkey.js';
import { showQr } from './show-qr.js';

interface Begun {
  readonly agencyId: string;
  readonly roles: readonly string[];
  readonly offer: string;
  readonly totpSecret: string;
  readonly qr: string;
  readonly passkey: NewPasskeyOffer;
  readonly passkeyRequired: boolean;
}

// The token stands in the fragment: browsers do not send it, so it is in no log of ours and of nobody between. Taken
// out of the address at once, it is not in the history either.
const token = location.hash.slice(1);
history.replaceState(null, '', location.pathname);

const byPassphrase = elementOf(HTMLInputElement, '#way-2');

function show(id: string): void {
  for (const part of ['checking', 'invalid', 'form', 'joined']) element(`#${part}`).hidden = part !== id;
}

async function begin(): Promise<void> {
  const begun = await askStaff<Begun>('/staff/api/join/begin', { token });
  showQr(begun.qr);
  element('#totp-secret').textContent = begun.totpSecret.replace(/(.{4})(?=.)/g, '$1 ');
  element('#roles').textContent = begun.roles.map((role) => say(role)).join(', ');
  if (begun.passkeyRequired) {
    element('#choice').hidden = true;
    element('#passkey-required').hidden = false;
  }
  for (const radio of document.querySelectorAll('input[name="way"]')) radio.addEventListener('change', showWay);
  showWay();
  onSubmit('#join', () => (byPassphrase.checked ? joinByPassphrase(begun) : joinByPasskey(begun)));
  show('form');
}

function showWay(): void {
  element('#by-passphrase').hidden = !byPassphrase.checked;
  element('#by-passkey').hidden = byPassphrase.checked;
}

async function joinByPasskey(begun: Begun): Promise<void> {
  const person = whoJoins(begun);
  const label = valueOf('#label');
  if (person.displayName.trim() === '') complain(say('required'), 'displayName');
  else if (label.trim() === '') complain(say('unnamed'), 'label');
  else {
    try {
      const { registration, wrappingKey } = await makePasskey(begun.passkey, person);
      if (!wrappingKey) {
        tell(say('noPrf'));
        return;
      }
      const keys = await makePersonalKeys(wrappingKey);
      await join('/staff/api/join/passkey', { ...person, label, passkey: registration, ...sent(keys) });
    } catch (error) {
      if (!(error instanceof NoPasskey)) throw error;
      tell(say('noPasskey'));
    }
  }
}

async function joinByPassphrase(begun: Begun): Promise<void> {
  const person = whoJoins(begun);
  const passphrase = newPassphrase(person.username, begun.agencyId);
  if (passphrase === null) return;
  const { salt, auth, ...keys } = await makePassphraseAndKeys(passphrase);
  await join('/staff/api/join', { ...person, salt, auth, code: valueOf('#code').replace(/\s/g, ''), ...sent(keys) });
}

function whoJoins({ offer }: Begun) {
  const username = valueOf('#username').trim().toLowerCase();
  return { token, offer, displayName: valueOf('#displayName'), username };
}

/** What of new keys leaves the browser. */
function sent({ agreement, signing }: MadePersonalKeys): object {
  return {
    agreement: { jwk: agreement.jwk, sealedPrivate: agreement.sealedPrivate },
    signing: { jwk: signing.jwk, sealedPrivate: signing.sealedPrivate },
  };
}

async function join(path: string, form: object): Promise<void> {
  try {
    await askStaff(path, form);
    elementOf(HTMLFormElement, '#join').reset();
    show('joined');
  } catch (error) {
    const [field] = error instanceof ApiProblem ? error.fields : [];
    if (!field) throw error;
    complain(say(field.code) || field.message, field.field);
  }
}

function complain(message: string, field: string): void {
  tell(message);
  document.getElementById(field)?.focus();
}

begin().catch(() => {
  show('invalid');
});
