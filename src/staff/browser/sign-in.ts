import { stretchPassphrase } from '../../vault/passphrase.js';
import type { OwnKeys } from '../personal-key.js';
import { ApiProblem, ask } from './api.js';
import { element, goOn, onSubmit, say, tell, valueOf } from './page.js';
import { lock, unlock } from './session-keys.js';

// Whoever signs in here begins without what somebody else may have left unlocked.
void lock();

onSubmit('sign-in', async () => {
  const username = valueOf('username');
  const passphrase = valueOf('passphrase');
  const code = valueOf('code').replace(/\s/g, '');
  if (username === '' || passphrase === '' || !/^[0-9]{6}$/.test(code)) {
    tell(say('incomplete'));
    return;
  }
  try {
    const { salt } = await ask<{ salt: string }>('/staff/api/sign-in/salt', { username });
    const { auth, unlock: wrappingKey } = await stretchPassphrase({ passphrase, salt });
    await unlock(await ask<OwnKeys>('/staff/api/sign-in', { username, auth, code }), wrappingKey);
    element('sign-in', HTMLFormElement).reset();
    goOn();
  } catch (error) {
    tell(say(error instanceof ApiProblem && error.status === 429 ? 'wait' : isRefusal(error) ? 'wrong' : 'failed'));
    element('code', HTMLInputElement).value = '';
  }
});

function isRefusal(error: unknown): boolean {
  return error instanceof ApiProblem && (error.status === 401 || error.status === 422);
}

// Last, so that what is typed is never sent by the form itself.
element('enter', HTMLButtonElement).disabled = false;
