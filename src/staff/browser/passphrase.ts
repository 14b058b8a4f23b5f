import { VaultError } from '../../vault/suite.js';
import { ApiProblem } from '../../web/browser/ask.js';
import { elementOf, onSubmit, say, tell, valueOf } from '../../web/browser/page.js';
import { saltPassphrase } from '../make-personal-keys.js';
import type { OwnKeys } from '../personal-key.js';
import { askStaff } from './ask-staff.js';
import { newPassphrase } from './new-passphrase.js';
import { NoPasskey } from './passkey.js';
import { openPassphrase, openPasskey, passkeysAmong, sealedAgain } from './secret-of.js';

// A way that is there is asked once more: what it opens is sealed again under the new passphrase at once.

const { username = '', agency = '', offer } = elementOf(HTMLFormElement, '#keep').dataset;

onSubmit('#keep', async () => {
  const passphrase = newPassphrase(username, agency);
  if (passphrase === null) return;
  try {
    await keep(passphrase);
    location.assign('/staff/ways-in');
  } catch (error) {
    tell(whyNot(error));
  }
});

async function keep(passphrase: string): Promise<void> {
  const keys = await askStaff<OwnKeys>('/staff/api/own-keys');
  const current = document.querySelector<HTMLInputElement>('#current')?.value ?? '';
  const passkeys = passkeysAmong(keys.ways);
  const open =
    current === '' && passkeys.length > 0 ? await openPasskey(keys, passkeys) : await openPassphrase(keys, current);
  const { salt, auth, unlock } = await saltPassphrase(passphrase);
  const made = { salt, auth, sealed: await sealedAgain(open, unlock) };
  if (offer === undefined) await askStaff('/staff/api/passphrase/change', made);
  else await askStaff('/staff/api/passphrase', { ...made, offer, code: valueOf('#code').replace(/\s/g, '') });
}

function whyNot(error: unknown): string {
  if (error instanceof NoPasskey) return say('noPasskey');
  if (error instanceof VaultError) return say('wrong');
  if (!(error instanceof ApiProblem) || (error.status !== 409 && error.status !== 422)) return say('failed');
  const [field] = error.fields;
  return say(field?.code ?? '') || (field?.message ?? error.message);
}

elementOf(HTMLButtonElement, '#enter').disabled = false;
