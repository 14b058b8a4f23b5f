import { showItem } from '../../cases/browser/show-words.js';
import type { ReadItem } from '../../cases/open-words.js';
import { dayInWords } from '../../web/day.js';
import { element, elementOf, say } from '../../web/browser/page.js';
import type { MailboxCase, MailboxJourney, MailboxReferral } from '../mailbox-side.js';

/**
 * Puts on the page what is asked, or was done, about handing the case on. What is asked stands first on the page.
 *
 * @param prefix of the ids of a part; none for the case itself
 * @param items those of the case, opened
 * @returns ids of the items that stand there, and need not stand among the others
 */
export function showHandingOn(prefix: string, side: MailboxCase, items: readonly ReadItem[]): ReadonlySet<string> {
  const { referral, unconfirmed, journey } = side;
  const shown = new Set<string>();
  const show = (place: 'referral' | 'unconfirmed', one: MailboxReferral | null): void => {
    element(`#${prefix}${place}`).hidden = one === null;
    if (one === null) return;
    const notes = items.filter(({ key, epoch }) => key === 'referral' && one.epochs.includes(epoch));
    for (const { id } of notes) shown.add(id);
    showReferral(prefix, place, one, notes);
  };
  // What is to be confirmed says all of the same referral already.
  show('referral', referral?.id === unconfirmed?.id ? null : referral);
  show('unconfirmed', unconfirmed);
  if (referral?.canAgree) element(`#${prefix}answer`).prepend(element(`#${prefix}referral`));
  else element(`#${prefix}handing-on`).append(element(`#${prefix}referral`));
  element(`#${prefix}journey`).hidden = journey.handOffs + journey.bounceBacks === 0;
  showJourney(prefix, journey);
  return shown;
}

function showReferral(
  prefix: string,
  place: 'referral' | 'unconfirmed',
  referral: MailboxReferral,
  notes: readonly ReadItem[],
): void {
  const section = element(`#${prefix}${place}`);
  const { canAgree, canWithdraw, asksIdentity, to, ground } = referral;
  if (place === 'referral') element(`#${prefix}${place}-title`).textContent = say(canAgree ? 'ask' : 'about');
  slot(section, 'text').textContent = referral.text;
  const rows = {
    from: canAgree ? referral.from.name : '',
    to: canAgree ? to.name : '',
    'who-reads': canAgree || place === 'unconfirmed' ? (referral.whoReads?.text ?? '') : '',
    reason: referral.reason.text,
    ground: ground?.text ?? '',
    declined: referral.declined?.text ?? '',
  };
  for (const [name, text] of Object.entries(rows)) {
    const value = slot(section, name);
    value.textContent = text;
    rowOf(value).hidden = text === '';
  }
  const sharing = slot(section, 'sharing');
  sharing.replaceChildren(listOf(referral.sharing.map(({ text }) => text)));
  rowOf(sharing).hidden = referral.sharing.length === 0;
  slot(section, 'notes').replaceChildren(...notes.map(showItem));
  slot(section, 'object').hidden = ground === null;
  element('form', section).dataset.referral = referral.id;
  if (place === 'unconfirmed') {
    for (const part of section.querySelectorAll<HTMLElement>('[data-slot=confirm-text], button')) {
      part.dataset.said ??= part.textContent;
      part.textContent = part.dataset.said.replaceAll('{to}', to.name);
    }
    return;
  }
  for (const name of ['choice', 'choices']) slot(section, name).hidden = !canAgree;
  slot(section, 'withdrawal').hidden = !canWithdraw;
  for (const button of section.querySelectorAll<HTMLElement>('[data-named]')) button.hidden = !asksIdentity;
  for (const button of section.querySelectorAll<HTMLElement>('[data-plain]')) button.hidden = asksIdentity;
}

function showJourney(prefix: string, { path, mayRetell, ...counts }: MailboxJourney): void {
  const section = element(`#${prefix}journey`);
  const day = (on: string): string => dayInWords(on, document.documentElement.lang === 'mi' ? 'mi' : 'en');
  const lines = path.map(({ agency, from, to }) =>
    say(to === null ? 'since' : 'until')
      .replace('{from}', day(from))
      .replace('{to}', to === null ? '' : day(to))
      .replace('{agency}', agency.name),
  );
  slot(section, 'path').replaceChildren(...lines.map((line) => made('li', line)));
  for (const [name, count] of Object.entries(counts)) slot(section, name).textContent = count.toString();
  const form = elementOf(HTMLFormElement, `#${prefix}retold`);
  form.hidden = mayRetell === null;
  form.dataset.referral = mayRetell ?? '';
}

function slot(section: HTMLElement, name: string): HTMLElement {
  return element(`[data-slot="${name}"]`, section);
}

function rowOf(value: HTMLElement): HTMLElement {
  const row = value.parentElement;
  if (!row) throw new Error('A value of a list has no row.');
  return row;
}

function listOf(lines: readonly string[]): HTMLElement {
  const list = document.createElement('ul');
  list.className = 'govuk-list';
  list.append(...lines.map((line) => made('li', line)));
  return list;
}

function made(tag: 'li', text: string): HTMLElement {
  const item = document.createElement(tag);
  item.textContent = text;
  return item;
}
