import { showItem } from '../../cases/browser/show-words.js';
import { dayInWords } from '../../web/day.js';
import { element, say } from '../../staff/browser/page.js';
import type { MailboxSide } from '../mailbox-side.js';
import { openOne, type OpenSide } from '../open-side.js';

/** Puts an opened mailbox on the page. All of it is put there as text and never as markup. */
export async function showSide(side: MailboxSide, opened: OpenSide): Promise<void> {
  const lines = { reference: side.reference, status: side.status.text, next: side.next, due: side.dueInWords };
  for (const [id, text] of Object.entries(lines)) element(id, HTMLElement).textContent = text;
  element('timeline', HTMLElement).replaceChildren(...side.timeline.map(showStep));
  const items = await Promise.all(side.sealed.items.map((item) => openOne(opened, item)));
  element('said', HTMLElement).replaceChildren(...items.map(showItem));
  const unreadable = items.some(({ content }) => content === null);
  element('unreadable', HTMLElement).textContent = unreadable ? say('someUnreadable') : '';
  element('write', HTMLElement).hidden = !side.open;
  element('notify', HTMLElement).hidden = !side.notified;
}

function showStep({ on, text }: MailboxSide['timeline'][number]): HTMLElement {
  const line = document.createElement('li');
  const day = document.createElement('span');
  day.className = 'govuk-body-s';
  day.textContent = `${dayInWords(on, document.documentElement.lang === 'mi' ? 'mi' : 'en')}:`;
  line.append(day, ` ${text}`);
  return line;
}
