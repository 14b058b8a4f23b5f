import { stretchPassphrase } from '../../vault/passphrase.js';
import { VaultError } from '../../vault/suite.js';
import type { OwnKeys } from '../personal-key.js';
import { askStaff } from './ask-staff.js';
import { elementOf, onSubmit, say, tell, valueOf } from '../../web/browser/page.js';
import { goOn } from './go-on.js';
import { unlock } from './session-keys.js';

onSubmit('#unlock', async () => {
  const passphrase = valueOf('#passphrase');
  if (passphrase === '') {
    tell(say('incomplete'));
    return;
  }
  const keys = await askStaff<OwnKeys>('/staff/api/own-keys');
  const way = keys.ways.find(({ kind }) => kind === 'passphrase');
  if (!way) throw new VaultError();
  try {
    const { unlock: wrappingKey } = await stretchPassphrase({ passphrase, salt: way.salt });
    await unlock(keys, way, wrappingKey);
    elementOf(HTMLFormElement, '#unlock').reset();
    goOn();
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    tell(say('wrong'));
  }
});

elementOf(HTMLButtonElement, '#enter').disabled = false;
