import { askStaff } from '../../staff/browser/ask-staff.js';
import { newPassphrase } from '../../staff/browser/new-passphrase.js';
import { makePassphraseAndKeys } from '../../staff/make-personal-keys.js';
import { ApiProblem } from '../../web/browser/ask.js';
import { element, elementOf, onSubmit, say, tell, valueOf } from '../../web/browser/page.js';
import { showQr } from '../../staff/browser/show-qr.js';

interface Begun {
  readonly agencyId: string;
  readonly username: string;
  readonly offer: string;
  readonly totpSecret: string;
  readonly qr: string;
}

// As with an invitation: the token stands in the fragment, and is taken out of the address at once.
const token = location.hash.slice(1);
history.replaceState(null, '', location.pathname);

function show(id: string): void {
  for (const part of ['checking', 'invalid', 'form', 'recovered']) element(`#${part}`).hidden = part !== id;
}

async function begin(): Promise<void> {
  const begun = await askStaff<Begun>('/staff/api/recover/begin', { token });
  showQr(begun.qr);
  element('#totp-secret').textContent = begun.totpSecret.replace(/(.{4})(?=.)/g, '$1 ');
  element('#username').textContent = begun.username;
  onSubmit('#recover', () => recover(begun));
  show('form');
}

async function recover({ offer, username, agencyId }: Begun): Promise<void> {
  const passphrase = newPassphrase(username, agencyId);
  if (passphrase === null) return;
  const { salt, auth, agreement, signing } = await makePassphraseAndKeys(passphrase);
  try {
    await askStaff('/staff/api/recover', {
      token,
      offer,
      salt,
      auth,
      code: valueOf('#code').replace(/\s/g, ''),
      agreement: { jwk: agreement.jwk, sealedPrivate: agreement.sealedPrivate },
      signing: { jwk: signing.jwk, sealedPrivate: signing.sealedPrivate },
    });
    elementOf(HTMLFormElement, '#recover').reset();
    show('recovered');
  } catch (error) {
    const [field] = error instanceof ApiProblem ? error.fields : [];
    if (!field) throw error;
    tell(say(field.code) || field.message);
  }
}

begin().catch(() => {
  show('invalid');
});
