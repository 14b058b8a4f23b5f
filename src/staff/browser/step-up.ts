import { stretchPassphrase } from '../../vault/passphrase.js';
import { ApiProblem } from '../../web/browser/ask.js';
import { element, elementOf, onSubmit, say, tell, valueOf } from '../../web/browser/page.js';
import { askStaff } from './ask-staff.js';
import { tellProved } from './confirm-beside.js';
import { goOn } from './go-on.js';

onSubmit('#prove', async () => {
  const passphrase = valueOf('#passphrase');
  const code = valueOf('#code').replace(/\s/g, '');
  if (passphrase === '' || !/^[0-9]{6}$/.test(code)) {
    tell(say('incomplete'));
    return;
  }
  try {
    const { salt } = await askStaff<{ salt: string | null }>('/staff/api/step-up');
    if (salt === null) throw new ApiProblem(403, 'proof');
    const { auth } = await stretchPassphrase({ passphrase, salt });
    await askStaff('/staff/api/step-up', { auth, code });
    elementOf(HTMLFormElement, '#prove').reset();
    proved();
  } catch (error) {
    const code = error instanceof ApiProblem ? error.code : '';
    tell(say(code === 'too_many' ? 'wait' : code === 'proof' ? 'wrong' : 'failed'));
    elementOf(HTMLInputElement, '#code').value = '';
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

elementOf(HTMLButtonElement, '#enter').disabled = false;
