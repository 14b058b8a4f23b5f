import { askStaff } from '../../staff/browser/ask-staff.js';
import { ApiProblem } from '../../web/browser/ask.js';
import { element, elementOf, onSubmit, say, tell } from '../../web/browser/page.js';
import { LONGEST_TEXT, sealReply } from '../seal-words.js';
import { fetchCase } from './fetch-case.js';
import { Locked, sayWhy } from './say-why.js';

/*
 * Closes a case: the outcome goes as it is, the final answer sealed. If that fails nothing is sent, and all that was typed
 * stays where it was.
 */

const form = elementOf(HTMLFormElement, '#close');
const text = elementOf(HTMLTextAreaElement, '#text');
const sending = element('#sending');
const caseId = form.dataset.case ?? '';

const TRIES = 4;

/** What was sealed last. The same text is sent as the same item, so that a lost answer does not send it twice. */
let sealed: { readonly text: string; readonly body: object } | null = null;

onSubmit('#close', async () => {
  const outcome = form.querySelector<HTMLInputElement>('[data-outcome]:checked')?.value;
  if (outcome === undefined) {
    complain(say('noOutcome'), '[data-outcome]');
    return;
  }
  if (text.value.length > LONGEST_TEXT) {
    complain(say('tooLong'), '#text');
    return;
  }
  sending.textContent = say('sealing');
  try {
    await send(outcome, text.value);
    form.reset();
    location.assign(`/staff/cases/${caseId}`);
  } catch (error) {
    // What may be left out depends on whether the person has had an answer, and that the server knows.
    const isMissing = error instanceof ApiProblem && error.status === 422 && text.value.trim() === '';
    complain(isMissing ? say('finalMissing') : sayWhy(error), '#text');
  } finally {
    sending.textContent = '';
  }
});

async function send(outcome: string, written: string): Promise<void> {
  for (let left = TRIES; ; left--) {
    try {
      if (sealed?.text !== written) sealed = { text: written, body: await seal(written) };
      await askStaff(`/staff/api/cases/${caseId}/closing`, { outcome, ...sealed.body });
      return;
    } catch (error) {
      if (!(error instanceof ApiProblem && error.code === 'epoch_closed') || left === 1) throw error;
      sealed = null;
    }
  }
}

async function seal(written: string): Promise<object> {
  if (written.trim() === '') return {};
  const atHand = await fetchCase(caseId);
  if (!atHand) throw new Locked();
  const { opened, own, items } = atHand;
  return { item: await sealReply({ ...atHand.sealed, items }, opened, own.signing, written) };
}

function complain(message: string, at: string): void {
  tell(message);
  element(at).focus();
}

// Last, so that what is typed is never sent by the form itself.
elementOf(HTMLButtonElement, '#send').disabled = false;
