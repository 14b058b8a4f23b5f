import { showItem } from '../../../cases/browser/show-words.js';
import { readItem } from '../../../cases/open-words.js';
import { goUnlock } from '../../../staff/browser/session-keys.js';
import { element, elementOf, say, tell } from '../../../web/browser/page.js';
import { fetchName } from './fetch-name.js';

/* Opens who wrote a disclosure when asked to, and not before. It goes nowhere but onto the page. */

const button = elementOf(HTMLButtonElement, '#open');
const progress = element('#progress');
const place = element('#name');

async function open(caseId: string): Promise<void> {
  const atHand = await fetchName(caseId);
  if (!atHand) {
    goUnlock();
    return;
  }
  const { sealed, opened } = atHand;
  const read = await Promise.all(sealed.items.map((item) => readItem(caseId, item, opened)));
  place.replaceChildren(...read.map(showItem));
  element('#opened').hidden = false;
  button.hidden = true;
}

button.addEventListener('click', () => {
  button.disabled = true;
  tell('');
  progress.textContent = say('opening');
  void open(button.dataset.case ?? '')
    .catch(() => {
      tell(say('failed'));
    })
    .finally(() => {
      progress.textContent = '';
      button.disabled = false;
    });
});
button.disabled = false;
