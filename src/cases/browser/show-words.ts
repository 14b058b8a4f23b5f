import { say } from '../../web/browser/page.js';
import { dayInWords } from '../../web/day.js';
import { NOT_WORDS } from '../excerpt.js';
import type { ReadItem } from '../open-words.js';

type Labels = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What a statement may hold, in the order in which it is read. */
const FIELDS = ['whatHappened', 'outcomeSought', 'who', 'when', 'where', 'identity', 'text'];

/** An item on the page. Whatever it says is put there as text and never as markup. */
export function showItem(item: ReadItem): HTMLElement {
  const article = headed(item);
  if (item.content === null) {
    article.append(make('p', 'govuk-inset-text', say(item.doubted ? 'signerDoubted' : 'unreadable')));
    return article;
  }
  const { content, excerpt } = item;
  if (excerpt) article.append(make('p', 'govuk-hint', say(excerpt.own ? 'excerptOwn' : 'excerptPassedOn')));
  const names = Object.keys(content)
    .filter((name) => !NOT_WORDS.has(name) && name !== 'receipt')
    .sort((a, b) => rank(a) - rank(b));
  for (const name of names) article.append(...showField(name, content[name], names.length > 1));
  if (typeof content.receipt === 'string') article.append(...showReceipt(content.receipt));
  const { facets } = content;
  if (typeof facets === 'object' && facets !== null) article.append(...showFacets(facets));
  return article;
}

/** An item that was kept back when the case was handed on, which is no failure to open. */
export function showKeptBack(item: ReadItem): HTMLElement {
  const article = headed(item);
  article.append(make('p', 'govuk-inset-text', say('keptBack')));
  return article;
}

function headed(item: ReadItem): HTMLElement {
  const article = make('article', 'od-item');
  article.dataset.kind = item.kind;
  const heading = make('h3', 'govuk-heading-s', headingOf(item));
  heading.id = `item-${item.id}`;
  article.setAttribute('aria-labelledby', heading.id);
  article.append(heading, make('p', 'govuk-body-s od-item__day', dayInWords(item.madeOn, language())));
  return article;
}

function showField(name: string, value: unknown, labelled: boolean): HTMLElement[] {
  if (value === undefined || value === null || value === '') return [];
  const words = make('p', 'govuk-body od-words', typeof value === 'string' ? value : JSON.stringify(value));
  words.dir = 'auto';
  return labelled ? [make('h4', 'govuk-heading-s od-item__field', say(name) || name), words] : [words];
}

/** What stands in a reply for the person alone: how to open the mailbox that was made for them. */
function showReceipt(receipt: string): HTMLElement[] {
  const words = make('p', 'govuk-body od-words', receipt);
  words.translate = false;
  return [
    make('h4', 'govuk-heading-s od-item__field', say('receiptHeading')),
    make('p', 'govuk-body', say('receiptWhat')),
    words,
  ];
}

/** What a discloser answered before writing. It travels sealed; on a complaint the page has it in clear already. */
function showFacets(facets: object): HTMLElement[] {
  const place = document.getElementById('labels');
  if (!(place instanceof HTMLTemplateElement)) return [];
  const labels = JSON.parse(place.dataset.all ?? '{}') as Labels;
  const list = make('dl', 'govuk-summary-list');
  for (const [name, code] of Object.entries(facets)) {
    if (typeof code !== 'string' || code === 'unknown') continue;
    const row = make('div', 'govuk-summary-list__row');
    row.append(
      make('dt', 'govuk-summary-list__key', place.dataset[`facet_${name}`] ?? name),
      make('dd', 'govuk-summary-list__value', labels[name]?.[code] ?? code),
    );
    list.append(row);
  }
  return list.childElementCount > 0 ? [list] : [];
}

function headingOf({ kind, author, by }: ReadItem): string {
  const from = author === 'person' ? say('person') : (by ?? say('agency'));
  return kind === 'identity' ? say('identityHeading') : `${say(kind)} · ${from}`;
}

function rank(name: string): number {
  const at = FIELDS.indexOf(name);
  return at < 0 ? FIELDS.length : at;
}

function language(): 'en' | 'mi' {
  return document.documentElement.lang === 'mi' ? 'mi' : 'en';
}

function make<K extends keyof HTMLElementTagNameMap>(tag: K, classes: string, text?: string): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  made.className = classes;
  if (text !== undefined) made.textContent = text;
  return made;
}
