import { showItem } from '../../cases/browser/show-words.js';
import { dayInWords } from '../../web/day.js';
import { element, say } from '../../web/browser/page.js';
import type { MailboxCase, MailboxSide, MailboxSteps } from '../mailbox-side.js';
import { openOne, type OpenSide } from '../open-side.js';
import { prefixOf } from './place-part.js';
import { showHandingOn } from './show-referral.js';

/**
 * Puts an opened mailbox on the page, the whole and each part, whose places are there. All of it is put there as text and
 * never as markup.
 *
 * @param parts as those of `side`
 */
export async function showSide(side: MailboxSide, opened: OpenSide, parts: readonly OpenSide[]): Promise<void> {
  await showCase('', side, opened);
  element('#notify').hidden = !side.notified;
  element('#punished').hidden = side.path !== 'disclosure' || side.status.code === 'lodged';
  element('#other-way-complaint').hidden = side.path !== 'complaint';
  element('#other-way-disclosure').hidden = side.path !== 'disclosure';
  element('#steps').hidden = side.steps === null;
  if (side.steps) showSteps(side.steps);
  for (const [at, part] of side.parts.entries()) {
    const prefix = prefixOf(part);
    const title = say('partTitle').replace('{number}', part.number.toString()).replace('{agency}', part.agency.name);
    element(`#${prefix}title`).textContent = title;
    const one = parts[at];
    if (one) await showCase(prefix, part, one);
  }
}

function showSteps({ due, list, longer, further }: MailboxSteps): void {
  element('#steps-due').textContent = due;
  element('#steps-list').replaceChildren(
    ...list.map(({ text, done }) => {
      const line = document.createElement('li');
      const stands = document.createElement('strong');
      stands.textContent = done;
      line.append(`${text} `, stands);
      return line;
    }),
  );
  element('#steps-longer').textContent = longer ?? '';
  element('#steps-further').hidden = further === null;
  element('#steps-further-text').textContent = further ?? '';
}

async function showCase(prefix: string, side: MailboxCase, opened: OpenSide): Promise<void> {
  const lines = { reference: side.reference, status: side.status.text, next: side.next, due: side.dueInWords };
  for (const [id, text] of Object.entries(lines)) element(`#${prefix}${id}`).textContent = text;
  element(`#${prefix}timeline`).replaceChildren(...side.timeline.map(showStep));
  const items = await Promise.all(side.sealed.items.map((item) => openOne(opened, item)));
  const elsewhere = showHandingOn(prefix, side, items);
  // That somebody countersigned is said with the proof.
  const said = items.filter(({ id, kind }) => !elsewhere.has(id) && kind !== 'countersignature');
  element(`#${prefix}said`).replaceChildren(...said.map(showItem));
  const unreadable = items.some(({ content }) => content === null);
  element(`#${prefix}unreadable`).textContent = unreadable ? say('someUnreadable') : '';
  element(`#${prefix}write`).hidden = !side.open;
}

function showStep({ on, text }: MailboxSide['timeline'][number]): HTMLElement {
  const line = document.createElement('li');
  const day = document.createElement('span');
  day.className = 'govuk-body-s';
  day.textContent = `${dayInWords(on, document.documentElement.lang === 'mi' ? 'mi' : 'en')}:`;
  line.append(day, ` ${text}`);
  return line;
}
