import { stretchPassphrase } from '../../vault/passphrase.js';
import { VaultError } from '../../vault/suite.js';
import type { OwnKeys, UnlockingWay } from '../personal-key.js';
import { askStaff } from './ask-staff.js';
import { element, elementOf, onSubmit, say, tell, valueOf } from '../../web/browser/page.js';
import { goOn } from './go-on.js';
import { NoPasskey, unlockWith } from './passkey.js';
import { unlock } from './session-keys.js';

const keys = await askStaff<OwnKeys>('/staff/api/own-keys').catch((error: unknown) => {
  tell(say('failed'));
  throw error;
});
const passphraseWay = keys.ways.find(({ kind }) => kind === 'passphrase');
const passkeyWays = keys.ways.filter((way) => way.kind === 'passkey');

onSubmit('#unlock-passkey', async () => {
  try {
    const { way, wrappingKey } = await unlockWith(passkeyWays);
    await unlockBy(way, wrappingKey, 'wrongPasskey');
  } catch (error) {
    if (!(error instanceof NoPasskey)) throw error;
    tell(say('noPasskey'));
  }
});

onSubmit('#unlock', async () => {
  const passphrase = valueOf('#passphrase');
  if (passphrase === '' || !passphraseWay) {
    tell(say('incomplete'));
    return;
  }
  const { unlock: wrappingKey } = await stretchPassphrase({ passphrase, salt: passphraseWay.salt });
  await unlockBy(passphraseWay, wrappingKey, 'wrong');
});

async function unlockBy(way: UnlockingWay, wrappingKey: Uint8Array<ArrayBuffer>, wrong: string): Promise<void> {
  try {
    await unlock(keys, way, wrappingKey);
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    tell(say(wrong));
    return;
  }
  elementOf(HTMLFormElement, '#unlock').reset();
  goOn(keys);
}

element('#by-passkey').hidden = passkeyWays.length === 0;
element('#by-passphrase').hidden = !passphraseWay;
elementOf(HTMLButtonElement, '#enter').disabled = false;
elementOf(HTMLButtonElement, '#enter-passkey').disabled = false;
