import { stretchPassphrase } from '../../vault/passphrase.js';
import type { OwnKeys } from '../personal-key.js';
import { ApiProblem } from '../../web/browser/ask.js';
import { askStaff } from './ask-staff.js';
import { elementOf, onSubmit, say, tell, valueOf } from '../../web/browser/page.js';
import { goOn } from './go-on.js';
import { lock, unlock } from './session-keys.js';

// Whoever signs in here begins without what somebody else may have left unlocked.
void lock();

onSubmit('#sign-in', async () => {
  const username = valueOf('#username');
  const passphrase = valueOf('#passphrase');
  const code = valueOf('#code').replace(/\s/g, '');
  if (username === '' || passphrase === '' || !/^[0-9]{6}$/.test(code)) {
    tell(say('incomplete'));
    return;
  }
  try {
    const { salt } = await askStaff<{ salt: string }>('/staff/api/sign-in/salt', { username });
    const { auth, unlock: wrappingKey } = await stretchPassphrase({ passphrase, salt });
    const keys = await askStaff<OwnKeys>('/staff/api/sign-in', { username, auth, code });
    const way = keys.ways.find(({ kind }) => kind === 'passphrase');
    if (way) await unlock(keys, way, wrappingKey);
    elementOf(HTMLFormElement, '#sign-in').reset();
    goOn();
  } catch (error) {
    tell(say(error instanceof ApiProblem && error.status === 429 ? 'wait' : isRefusal(error) ? 'wrong' : 'failed'));
    elementOf(HTMLInputElement, '#code').value = '';
  }
});

function isRefusal(error: unknown): boolean {
  return error instanceof ApiProblem && (error.status === 401 || error.status === 422);
}

// Last, so that what is typed is never sent by the form itself.
elementOf(HTMLButtonElement, '#enter').disabled = false;
