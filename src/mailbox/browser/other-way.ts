import { facetsCarried, wordsToCarry } from '../../cases/words-to-carry.js';
import { CARRIED, type CarriedWords } from '../../web/browser/carried-words.js';
import { element, elementOf, say } from '../../web/browser/page.js';
import { openOne, type OpenSide } from '../open-side.js';
import type { MailboxSide } from '../mailbox-side.js';
import type { MailboxLine } from './mailbox-line.js';

/** A mailbox that is open on this page. */
interface Open {
  readonly line: MailboxLine;
  readonly stored: MailboxSide;
  readonly side: OpenSide;
}

/**
 * Lets the person send what they told here the other way, or again, as a case of its own with a receipt of its own. That it
 * carries this one on stands in their words, where they may take it out, and nowhere else.
 */
export function enlivenOtherWay(atHand: () => Open): void {
  const button = elementOf(HTMLButtonElement, '#other-way-go');
  const told = element('#other-way-told');
  button.addEventListener('click', () => {
    const failed = (): void => {
      button.disabled = false;
      told.textContent = say('otherWayFailed');
    };
    button.disabled = true;
    told.textContent = say('otherWayGoing');
    void carry(atHand(), failed).catch(failed);
  });
}

async function carry({ line, stored, side }: Open, failed: () => void): Promise<void> {
  const items = await Promise.all(stored.sealed.items.map((item) => openOne(side, item)));
  const from = say('otherWayFrom').replace('{reference}', stored.reference);
  const carried: CarriedWords = {
    token: elementOf(HTMLInputElement, '[name=_csrf]').value,
    facets: facetsCarried(items),
    words: wordsToCarry(from, items, document.documentElement.lang === 'mi' ? 'mi' : 'en'),
    failed,
  };
  const isTakenUp = !document.dispatchEvent(new CustomEvent(CARRIED, { detail: carried, cancelable: true }));
  if (!isTakenUp) throw new Error('The script that carries words on is not there.');
  await line.lock();
}
