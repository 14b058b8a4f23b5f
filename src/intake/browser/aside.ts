import { sealDraft } from '../../vault/draft.js';
import { makeReceipt } from '../../vault/receipt.js';
import { ContentTooLong } from '../../vault/suite.js';
import { letGo, putAside } from '../../web/browser/aside.js';
import { element, elementOf, given } from '../../web/browser/page.js';
import { dayInWords } from '../../web/day.js';
import { LODGED, TAKEN_UP, type Draft, type TakenUp } from './put-aside-draft.js';
import type { Sealing } from './seal-submission.js';
import { fieldsOf, typedIn } from './typed-words.js';

/*
 * Puts what was typed aside on this device, sealed under a code that only the person holds, so that they can take advice
 * first. Never by itself: a button has to be pressed. Nothing of it is sent anywhere.
 */

const form = elementOf(HTMLFormElement, '#words');
const panel = element('#aside');
const button = elementOf(HTMLButtonElement, '[data-put-aside]', panel);
const done = element('[data-put]', panel);
let kept: TakenUp['kept'] = null;

function say(message = ''): void {
  element('[data-aside-told]', panel).textContent = message;
}

async function put(): Promise<void> {
  const { facets, destination, delivery, excluded } = given('#sealing') as Sealing;
  const draft: Draft = { facets, destination, delivery, excluded, words: typedIn(form) };
  const { id, code } = kept ?? { id: crypto.randomUUID(), code: makeReceipt() };
  const until = putAside(id, await sealDraft(code, draft));
  if (until === null) {
    say(panel.dataset.full);
    return;
  }
  say(kept ? panel.dataset.again : '');
  kept = { id, code };
  element('[data-slot=code]', panel).textContent = code;
  element('[data-slot=until]', panel).textContent = dayInWords(until, document.documentElement.lang);
  done.hidden = false;
  done.focus();
}

function forget(): void {
  if (kept) letGo(kept.id);
  kept = null;
  done.hidden = true;
  element('[data-slot=code]', panel).textContent = '';
}

button.addEventListener('click', () => {
  button.disabled = true;
  void put()
    .catch((error: unknown) => {
      say(error instanceof ContentTooLong ? panel.dataset.tooLong : panel.dataset.failed);
    })
    .finally(() => {
      button.disabled = false;
    });
});
element('[data-delete-aside]', panel).addEventListener('click', () => {
  forget();
  say(panel.dataset.deleted);
  button.focus();
});
document.addEventListener(LODGED, forget);
document.addEventListener(TAKEN_UP, (event) => {
  const { words, ...before } = (event as CustomEvent<TakenUp>).detail;
  for (const field of fieldsOf(form)) field.value = words[field.name] ?? '';
  kept = before.kept;
  if (kept) say(panel.dataset.takenUp);
  else element('#carried').hidden = false;
});
