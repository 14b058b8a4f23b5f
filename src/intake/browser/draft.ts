import { openDraft } from '../../vault/draft.js';
import { asides, type Aside, letGoOfAll } from '../../web/browser/aside.js';
import { whenDone, whileTyping } from '../../web/browser/check-typed.js';
import { element, elementOf, onSubmit, say, tell } from '../../web/browser/page.js';
import { answerAgain } from './answer-again.js';
import { TAKEN_UP, type Draft, type TakenUp } from './put-aside-draft.js';
import type { Words } from './seal-submission.js';
import { runAll, turnTo, type FetchedPage } from './turn-page.js';

/*
 * Takes up again what was put aside on this device. The code and what it opens live in this page's memory alone; the page
 * where one writes is put in its place, since anything handed from page to page would have to be kept somewhere.
 */

const code = elementOf(HTMLTextAreaElement, '#code');

code.addEventListener('input', () => {
  element('#checked').textContent = whileTyping(code.value);
});

onSubmit('#take-up', async () => {
  const problem = whenDone(code.value);
  if (problem !== null) {
    tell(problem);
    return;
  }
  const found = await firstThatOpens(asides(), code.value);
  if (!found) {
    tell(say('unknown'));
    return;
  }
  const taken = { kept: { id: found.aside.id, code: code.value }, words: found.draft.words };
  try {
    await goOnWriting(await answerAgain(elementOf(HTMLInputElement, '[name=_csrf]').value, found.draft), taken);
  } catch {
    showWords(taken.words);
  }
});

element('[data-delete-all]').addEventListener('click', () => {
  letGoOfAll();
  tell(say('deleted'));
});

element('[data-no-script]').hidden = true;
for (const part of ['#take-up', '#delete']) element(part).hidden = false;

async function firstThatOpens(all: readonly Aside[], typed: string): Promise<{ aside: Aside; draft: Draft } | null> {
  for (const aside of all) {
    const draft = (await openDraft(typed, aside.sealed).catch(() => null)) as Draft | null;
    if (draft) return { aside, draft };
  }
  return null;
}

/** Puts the page where one writes in the place of this one, with its scripts, and the words into it. */
async function goOnWriting(page: FetchedPage, taken: TakenUp): Promise<void> {
  await runAll(turnTo(page, '#write-title'));
  document.dispatchEvent(new CustomEvent(TAKEN_UP, { detail: taken }));
}

/** The way back did not lead there. Nothing is lost: the words stand here to be copied, and stay put aside. */
function showWords(words: Words): void {
  const place = document.querySelector<HTMLElement>('#kept');
  if (!place) return;
  elementOf(HTMLTextAreaElement, '#kept-words', place).value = Object.values(words).join('\n\n');
  place.hidden = false;
  place.focus();
}
