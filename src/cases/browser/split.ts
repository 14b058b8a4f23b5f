import { askStaff } from '../../staff/browser/ask-staff.js';
import { ApiProblem } from '../../web/browser/ask.js';
import { element, elementOf, onSubmit, say, tell } from '../../web/browser/page.js';
import { dayInWords } from '../../web/day.js';
import { wordsIn } from '../excerpt.js';
import { readItem, type ReadItem } from '../open-words.js';
import { mayBePassedOn, sealPart, type Chosen } from '../seal-part.js';
import type { StoredItem } from '../sealed-case.js';
import type { NewPart } from '../sealed-part.js';
import { fetchCase, type CaseAtHand } from './fetch-case.js';
import { Locked, progressIn, sayWhy } from './say-why.js';

/*
 * Splits a part off a case. The whole is opened here; what is passed on of it is chosen, shortened and sealed here, and
 * nothing else of it leaves this page.
 */

const form = elementOf(HTMLFormElement, '#split');
const progress = element('#progress');
const sending = element('#sending');
const caseId = form.dataset.case ?? '';

/** Keys have moved on between looking and sending: to be sealed again under the new ones. */
const SEAL_AGAIN = new Set(['epoch_closed', 'readers_changed']);
const TRIES = 4;
/** Characters of a body that the server takes. */
const LONGEST_BODY = 250_000;

/** An item on the page, with what the officer chooses of it. */
interface Choice {
  readonly item: StoredItem;
  readonly fields: readonly { readonly name: string; readonly copy: HTMLTextAreaElement }[];
  readonly mode: () => string;
}

const choices: Choice[] = [];
/** What was chosen, and what was sealed of it: the same is sent again as the same part. */
let sealed: { readonly chosen: string; readonly body: NewPart } | null = null;

async function show(): Promise<void> {
  progress.textContent = say('opening');
  const atHand = await fetchCase(caseId);
  if (!atHand) {
    progress.textContent = '';
    element('#locked').hidden = false;
    return;
  }
  const { items, opened } = atHand;
  for (const [index, item] of items.entries()) {
    progressIn(progress, 'progress')(index + 1, items.length);
    if (!mayBePassedOn(item)) continue;
    const read = await readItem(caseId, item, opened);
    if (read.content !== null) choices.push(showChoice(item, read, wordsIn(read.content)));
  }
  progress.textContent = say('opened');
  form.dataset.state = 'opened';
  // Last, so that what is typed is never sent by the form itself.
  elementOf(HTMLButtonElement, '#send').disabled = false;
}

function showChoice(item: StoredItem, { author, by, madeOn }: ReadItem, words: Record<string, string>): Choice {
  const block = cloned('#item');
  const from = author === 'person' ? say('person') : (by ?? say('agency'));
  const lang = document.documentElement.lang === 'mi' ? 'mi' : 'en';
  element('legend', block).textContent = `${say(item.kind)} · ${from}, ${dayInWords(madeOn, lang)}`;
  const copies = element('[data-slot=copies]', block);
  const names = Object.keys(words);
  const fields = names.map((name) => {
    const said = document.createElement('p');
    said.className = 'govuk-body od-words';
    said.dir = 'auto';
    said.textContent = words[name] ?? '';
    if (names.length > 1) element('[data-slot=words]', block).append(heading(say(name) || name));
    element('[data-slot=words]', block).append(said);
    return { name, copy: showCopy(copies, item.id, name, words[name] ?? '') };
  });
  const radios = [...block.querySelectorAll<HTMLInputElement>('input[type=radio]')];
  for (const radio of radios) {
    radio.name = `pass-${item.id}`;
    radio.id = `${radio.value}-${item.id}`;
    radio.nextElementSibling?.setAttribute('for', radio.id);
    radio.addEventListener('change', () => {
      copies.hidden = mode() !== 'less';
    });
  }
  const mode = (): string => radios.find(({ checked }) => checked)?.value ?? 'none';
  element('#items').append(block);
  return { item, fields, mode };
}

function showCopy(place: HTMLElement, itemId: string, name: string, text: string): HTMLTextAreaElement {
  const block = cloned('#copy');
  const copy = elementOf(HTMLTextAreaElement, 'textarea', block);
  copy.id = `copy-${name}-${itemId}`;
  copy.value = text;
  const label = elementOf(HTMLLabelElement, 'label', block);
  label.htmlFor = copy.id;
  label.textContent = say(name) || name;
  place.append(block);
  return copy;
}

onSubmit('#split', async () => {
  const chosen = choices.filter(({ mode }) => mode() !== 'none').map(chosenOf);
  if (chosen.length === 0) {
    tell(say('nothingChosen'));
    form.querySelector<HTMLElement>('input')?.focus();
    return;
  }
  if (chosen.some(({ left }) => left !== undefined && Object.keys(left).length === 0)) {
    tell(say('nothingLeft'));
    return;
  }
  try {
    const { part } = await send(chosen);
    form.reset();
    location.assign(`/staff/cases/${part}`);
  } catch (error) {
    tell(error instanceof TooMuch ? say('tooMuch') : sayWhy(error));
  } finally {
    sending.textContent = '';
  }
});

function chosenOf({ item, fields, mode }: Choice): Chosen {
  if (mode() === 'whole') return { item };
  const left = fields.map(({ name, copy }) => [name, copy.value.trim()] as const).filter(([, text]) => text !== '');
  return { item, left: Object.fromEntries(left) };
}

/** More than one call to the server holds. */
class TooMuch extends Error {}

async function send(chosen: readonly Chosen[]): Promise<NewPart> {
  const key = JSON.stringify(chosen);
  for (let tries = TRIES; ; tries--) {
    try {
      if (sealed?.chosen !== key) sealed = { chosen: key, body: await seal(chosen) };
      if (JSON.stringify(sealed.body).length > LONGEST_BODY) throw new TooMuch();
      await askStaff(`/staff/api/cases/${caseId}/parts`, sealed.body);
      return sealed.body;
    } catch (error) {
      if (!(error instanceof ApiProblem && SEAL_AGAIN.has(error.code)) || tries === 1) throw error;
      sealed = null;
    }
  }
}

async function seal(chosen: readonly Chosen[]): Promise<NewPart> {
  sending.textContent = say('sealing');
  const atHand: CaseAtHand | null = await fetchCase(caseId);
  if (!atHand) throw new Locked();
  const { items, opened, own } = atHand;
  const onProgress = progressIn(sending, 'sealingItem');
  return sealPart({ sealed: atHand.sealed, items, opened, signer: own.signing, chosen, onProgress });
}

function cloned(selector: string): HTMLElement {
  const block = elementOf(HTMLTemplateElement, selector).content.firstElementChild?.cloneNode(true);
  if (!(block instanceof HTMLElement)) throw new Error('A template is empty.');
  return block;
}

function heading(text: string): HTMLElement {
  const made = document.createElement('h4');
  made.className = 'govuk-heading-s od-item__field';
  made.textContent = text;
  return made;
}

show().catch(() => {
  progress.textContent = '';
  element('#failed').hidden = false;
});
