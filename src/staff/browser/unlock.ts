import { stretchPassphrase } from '../../vault/passphrase.js';
import { VaultError } from '../../vault/suite.js';
import type { OwnKeys } from '../personal-key.js';
import { ask } from './api.js';
import { element, goOn, onSubmit, say, tell, valueOf } from './page.js';
import { unlock } from './session-keys.js';

onSubmit('unlock', async () => {
  const passphrase = valueOf('passphrase');
  if (passphrase === '') {
    tell(say('incomplete'));
    return;
  }
  const keys = await ask<OwnKeys>('/staff/api/own-keys');
  try {
    const { unlock: wrappingKey } = await stretchPassphrase({ passphrase, salt: keys.salt });
    await unlock(keys, wrappingKey);
    element('unlock', HTMLFormElement).reset();
    goOn();
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    tell(say('wrong'));
  }
});

element('enter', HTMLButtonElement).disabled = false;
