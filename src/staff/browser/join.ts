import { makePersonalKeys } from '../make-personal-keys.js';
import { passphraseFault } from '../passphrase.js';
import { ApiProblem } from '../../web/browser/ask.js';
import { askStaff } from './ask-staff.js';
import { element, elementOf, onSubmit, say, tell, valueOf } from '../../web/browser/page.js';

interface Begun {
  readonly roles: readonly string[];
  readonly offer: string;
  readonly totpSecret: string;
  readonly qr: string;
}

// The token stands in the fragment: browsers do not send it, so it is in no log of ours and of nobody between. Taken
// out of the address at once, it is not in the history either.
const token = location.hash.slice(1);
history.replaceState(null, '', location.pathname);

function show(id: string): void {
  for (const part of ['checking', 'invalid', 'form', 'joined']) element(`#${part}`).hidden = part !== id;
}

async function begin(): Promise<void> {
  const begun = await askStaff<Begun>('/staff/api/join/begin', { token });
  elementOf(HTMLImageElement, '#qr').src = `data:image/svg+xml,${encodeURIComponent(begun.qr)}`;
  element('#totp-secret').textContent = begun.totpSecret.replace(/(.{4})(?=.)/g, '$1 ');
  element('#roles').textContent = begun.roles.map((role) => say(role)).join(', ');
  onSubmit('#join', () => join(begun));
  show('form');
}

async function join({ offer }: Begun): Promise<void> {
  const username = valueOf('#username').trim().toLowerCase();
  const passphrase = valueOf('#passphrase');
  const fault = passphraseFault(passphrase, username);
  if (fault !== null) {
    complain(say(fault), 'passphrase');
    return;
  }
  if (passphrase !== valueOf('#again')) {
    complain(say('different'), 'again');
    return;
  }
  const { salt, auth, agreement, signing } = await makePersonalKeys(passphrase);
  try {
    await askStaff('/staff/api/join', {
      token,
      offer,
      displayName: valueOf('#displayName'),
      username,
      salt,
      auth,
      code: valueOf('#code').replace(/\s/g, ''),
      agreement: { jwk: agreement.jwk, sealedPrivate: agreement.sealedPrivate },
      signing: { jwk: signing.jwk, sealedPrivate: signing.sealedPrivate },
    });
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
