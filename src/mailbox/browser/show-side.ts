import { showItem } from '../../cases/browser/show-words.js';
import { dayInWords } from '../../web/day.js';
import { element, say } from '../../web/browser/page.js';
import type { MailboxSide } from '../mailbox-side.js';
import { openOne, type OpenSide } from '../open-side.js';
import { showHandingOn } from './show-referral.js';

/** Puts an opened mailbox on the page. All of it is put there as text and never as markup. */
export async function showSide(side: MailboxSide, opened: OpenSide): Promise<void> {
  const lines = { reference: side.reference, status: side.status.text, next: side.next, due: side.dueInWords };
  for (const [id, text] of Object.entries(lines)) element(`#${id}`).textContent = text;
  element('#timeline').replaceChildren(...side.timeline.map(showStep));
  const items = await Promise.all(side.sealed.items.map((item) => openOne(opened, item)));
  const elsewhere = showHandingOn(side, items);
  element('#said').replaceChildren(...items.filter(({ id }) => !elsewhere.has(id)).map(showItem));
  const unreadable = items.some(({ content }) => content === null);
  element('#unreadable').textContent = unreadable ? say('someUnreadable') : '';
  element('#write').hidden = !side.open;
  element('#notify').hidden = !side.notified;
}

function showStep({ on, text }: MailboxSide['timeline'][number]): HTMLElement {
  const line = document.createElement('li');
  const day = document.createElement('span');
  day.className = 'govuk-body-s';
  day.textContent = `${dayInWords(on, document.documentElement.lang === 'mi' ? 'mi' : 'en')}:`;
  line.append(day, ` ${text}`);
  return line;
}
