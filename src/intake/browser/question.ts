import { element, elementOf, given } from '../../web/browser/page.js';
import { suggester, type Suggestion } from '../suggest.js';
import type { ToSuggest } from '../suggestions.js';

/*
 * "Describe it and we suggest". What is typed stays in this page: it is looked up in a list that came with the page, the
 * box stands outside the form and has no name, and it is emptied when the page is left.
 */

const box = elementOf(HTMLTextAreaElement, '#describe');
const list = element('#suggested');
const said = element('#suggested-count');
const words = element('#suggest').dataset;

const all = given('#suggest-from') as ToSuggest;
const find = { topic: suggester(all.topic), about: suggester(all.about) };

function show(): void {
  const typed = box.value;
  const choices = find[all.choose](typed);
  list.replaceChildren(...choices.map(choice));
  said.textContent =
    typed.trim() === ''
      ? ''
      : ((choices.length === 0 ? words.none : words.some?.replace('{n}', String(choices.length))) ?? '');
  const others = find[all.choose === 'topic' ? 'about' : 'topic'](typed).slice(0, 3);
  const also = element('#suggested-also');
  also.hidden = others.length === 0;
  also.textContent = `${words.also ?? ''} ${others.map(({ label }) => label).join(', ')}`;
}

function choice({ code, label }: Suggestion): HTMLElement {
  const line = document.createElement('li');
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'govuk-button govuk-button--secondary';
  button.textContent = label;
  button.addEventListener('click', () => {
    pick(code);
  });
  line.append(button);
  return line;
}

/** Chooses it in the form, where it can be seen and changed. */
function pick(code: string): void {
  for (const radio of document.querySelectorAll<HTMLInputElement>('input[name="answer"]')) {
    if (radio.value !== code) continue;
    radio.checked = true;
    radio.focus();
    radio.scrollIntoView({ block: 'center' });
  }
}

box.addEventListener('input', show);
addEventListener('pagehide', () => {
  box.value = '';
  show();
});
element('#suggest').hidden = false;
