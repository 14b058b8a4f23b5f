import { stretchPassphrase } from '../../vault/passphrase.js';
import type { PasskeyQuestion } from '../passkeys/passkey.js';
import type { OwnKeys } from '../personal-key.js';
import { ApiProblem } from '../../web/browser/ask.js';
import { askStaff } from './ask-staff.js';
import { elementOf, onSubmit, say, tell, valueOf } from '../../web/browser/page.js';
import { goOn } from './go-on.js';
import { askPasskey, NoPasskey, unlockWith } from './passkey.js';
import { passkeysAmong } from './secret-of.js';
import { sayWait } from './say-wait.js';
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
    goOn(keys);
  } catch (error) {
    tell(refusalOf(error, 'wrong'));
    elementOf(HTMLInputElement, '#code').value = '';
  }
});

onSubmit('#sign-in-passkey', async () => {
  try {
    const question = await askStaff<PasskeyQuestion>('/staff/api/sign-in/passkey/begin', {});
    const assertion = await askPasskey(question);
    const keys = await askStaff<OwnKeys>('/staff/api/sign-in/passkey', assertion);
    goOn((await unlockWithSame(keys, assertion.id)) ? keys : undefined);
  } catch (error) {
    tell(error instanceof NoPasskey ? say('noPasskey') : refusalOf(error, 'wrongPasskey'));
  }
});

/**
 * Asks the passkey that signed in once more, now that its salt is known. Where that is cancelled, or it cannot unlock, the
 * pages that need the keys lead to where they are unlocked.
 *
 * @returns whether the keys are unlocked
 */
async function unlockWithSame(keys: OwnKeys, credentialId: string): Promise<boolean> {
  const ways = passkeysAmong(keys.ways).filter((way) => way.credentialId === credentialId);
  if (ways.length === 0) return false;
  try {
    const { way, wrappingKey } = await unlockWith(ways);
    await unlock(keys, way, wrappingKey);
    return true;
  } catch (error) {
    if (!(error instanceof NoPasskey)) throw error;
    return false;
  }
}

function refusalOf(error: unknown, wrong: string): string {
  if (!(error instanceof ApiProblem)) return say('failed');
  if (error.status === 429) return sayWait(error);
  return say(error.status === 401 || error.status === 422 ? wrong : 'failed');
}

// Last, so that what is typed is never sent by the form itself.
elementOf(HTMLButtonElement, '#enter').disabled = false;
elementOf(HTMLButtonElement, '#enter-passkey').disabled = false;
