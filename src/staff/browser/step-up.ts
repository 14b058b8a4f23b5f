import { stretchPassphrase } from '../../vault/passphrase.js';
import { ApiProblem } from '../../web/browser/ask.js';
import { element, elementOf, onSubmit, say, tell, valueOf } from '../../web/browser/page.js';
import { askStaff } from './ask-staff.js';
import { onProved, tellProved } from './confirm-beside.js';
import type { PasskeyQuestion } from '../passkeys/passkey.js';
import { goOn } from './go-on.js';
import { askPasskey, NoPasskey } from './passkey.js';
import { sayWait } from './say-wait.js';

interface Ways {
  readonly salt: string | null;
  readonly providers: readonly { readonly id: string; readonly name: string }[];
}

const ways = askStaff<Ways>('/staff/api/step-up');

onSubmit('#prove', async () => {
  const passphrase = valueOf('#passphrase');
  const code = valueOf('#code').replace(/\s/g, '');
  if (passphrase === '' || !/^[0-9]{6}$/.test(code)) {
    tell(say('incomplete'));
    return;
  }
  try {
    const { salt } = await ways;
    if (salt === null) throw new ApiProblem(403, 'proof');
    const { auth } = await stretchPassphrase({ passphrase, salt });
    await askStaff('/staff/api/step-up', { auth, code });
    elementOf(HTMLFormElement, '#prove').reset();
    proved();
  } catch (error) {
    const problem = error instanceof ApiProblem ? error : new ApiProblem(0, '');
    tell(problem.code === 'too_many' ? sayWait(problem) : say(problem.code === 'proof' ? 'wrong' : 'failed'));
    elementOf(HTMLInputElement, '#code').value = '';
  }
});

onSubmit('#prove-passkey', async () => {
  try {
    const question = await askStaff<PasskeyQuestion>('/staff/api/step-up/passkey/begin', {});
    await askStaff('/staff/api/step-up/passkey', await askPasskey(question));
    proved();
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 429) tell(sayWait(error));
    else {
      const refused = error instanceof NoPasskey || (error instanceof ApiProblem && error.code === 'proof');
      tell(say(refused ? 'noPasskey' : 'failed'));
    }
  }
});

/** What waited for the proof goes on: a form is sent, a page is opened, another tab is told. */
function proved(): void {
  const waiting = document.querySelector('#send-on');
  if (waiting instanceof HTMLFormElement) waiting.submit();
  else if (new URLSearchParams(location.search).has('next')) goOn();
  else {
    element('#ask').hidden = true;
    element('#proved').hidden = false;
    tellProved();
    close(); // Where a browser does not let it, the page says that it can be closed.
  }
}

/** A linked account is asked in a tab of its own, which says when it is done. */
async function offerProviders(): Promise<void> {
  const template = elementOf(HTMLTemplateElement, '#provider');
  const { salt, providers } = await ways;
  element('#prove').hidden = salt === null;
  for (const { id, name } of providers) {
    const copy = template.content.cloneNode(true) as DocumentFragment;
    elementOf(HTMLFormElement, 'form', copy).action = `/staff/openid/${id}/prove`;
    const button = elementOf(HTMLButtonElement, 'button', copy);
    button.textContent = (button.dataset.with ?? '').replace('%NAME%', name);
    element('#providers').append(copy);
  }
  if (providers.length > 0) onProved(proved);
}

void offerProviders();
elementOf(HTMLButtonElement, '#enter').disabled = false;
elementOf(HTMLButtonElement, '#enter-passkey').disabled = false;
