import { VaultError } from '../../vault/suite.js';
import { ApiProblem } from '../../web/browser/ask.js';
import { elementOf, onSubmit, say, tell, valueOf } from '../../web/browser/page.js';
import type { OwnKeys } from '../personal-key.js';
import type { PasskeyToMake } from '../ways-in.js';
import { askStaff } from './ask-staff.js';
import { makePasskey, NoPasskey } from './passkey.js';
import { openPassphrase, openPasskey, passkeysAmong, sealedAgain } from './secret-of.js';

// The unlocked keys cannot be taken out, so a way that is there is asked once more. What it opens is sealed again under the
// new way at once, and lies nowhere in between.

onSubmit('#add', async () => {
  try {
    await add(valueOf('#label'), document.querySelector<HTMLInputElement>('#passphrase')?.value ?? '');
    location.reload();
  } catch (error) {
    tell(whyNot(error));
  }
});

async function add(label: string, passphrase: string): Promise<void> {
  const keys = await askStaff<OwnKeys>('/staff/api/own-keys');
  const open =
    passphrase === '' ? await openPasskey(keys, passkeysAmong(keys.ways)) : await openPassphrase(keys, passphrase);
  const offer = await askStaff<PasskeyToMake>('/staff/api/ways-in/offer', {});
  const { registration, wrappingKey: to } = await makePasskey(offer, offer, offer.already);
  const sealed = to ? await sealedAgain(open, to) : [];
  await askStaff('/staff/api/ways-in', { label, passkey: registration, sealed });
}

function whyNot(error: unknown): string {
  if (error instanceof NoPasskey) return say('noPasskey');
  if (error instanceof VaultError) return say('wrong');
  if (error instanceof ApiProblem && (error.status === 409 || error.status === 422)) {
    return error.fields[0]?.message ?? error.message;
  }
  return say('failed');
}

elementOf(HTMLButtonElement, '#enter').disabled = false;
