import { element, elementOf } from '../../web/browser/page.js';
import type { MailboxPart } from '../mailbox-side.js';

/** What ids of the page carry in front where they belong to a part; nothing for the case itself. */
export function prefixOf({ number }: Pick<MailboxPart, 'number'>): string {
  return `part-${number.toString()}-`;
}

/** Attributes by which parts of a page name each other. */
const NAMING = ['id', 'for', 'aria-labelledby', 'aria-describedby'];

/**
 * Puts the place of a part onto the page, if it is not there yet: what is typed there must outlast what is shown anew.
 *
 * @returns whether it is new
 */
export function placePart(part: MailboxPart): boolean {
  const prefix = prefixOf(part);
  if (document.getElementById(`${prefix}part`)) return false;
  const made = elementOf(HTMLTemplateElement, '#part').content.cloneNode(true) as DocumentFragment;
  for (const one of made.querySelectorAll('*')) {
    for (const name of NAMING) {
      const value = one.getAttribute(name);
      if (value !== null) one.setAttribute(name, value.replaceAll('part-0-', prefix));
    }
  }
  const label = elementOf(HTMLLabelElement, `[for="${prefix}text"]`, made);
  label.textContent = label.textContent.replace('{number}', part.number.toString());
  element('#parts').append(made);
  return true;
}
