import { fetchCase } from '../../../cases/browser/fetch-case.js';
import { complain, Locked, sayWhy } from '../../../cases/browser/say-why.js';
import { LONGEST_TEXT, sealReply } from '../../../cases/seal-words.js';
import { askStaff } from '../../../staff/browser/ask-staff.js';
import { ApiProblem } from '../../../web/browser/ask.js';
import { element, elementOf, onSubmit, say } from '../../../web/browser/page.js';

/* Tells the person that their name was released, sealed as every reply is. If it fails, what was typed stays. */

const form = elementOf(HTMLFormElement, '#tell');
const text = elementOf(HTMLTextAreaElement, '#text');
const sending = element('#sending');
const { case: caseId = '', release = '' } = form.dataset;

const TRIES = 4;

/** What was sealed last. The same text is sent as the same item, so that a lost answer does not send it twice. */
let sealed: { readonly text: string; readonly body: object } | null = null;

onSubmit('#tell', async () => {
  const written = text.value;
  const empty = written.trim() === '';
  if (empty || written.length > LONGEST_TEXT) {
    complain(say(empty ? 'empty' : 'tooLong'));
    return;
  }
  sending.textContent = say('sealing');
  try {
    await send(written);
    form.reset();
    location.reload();
  } catch (error) {
    complain(sayWhy(error));
  } finally {
    sending.textContent = '';
  }
});

async function send(written: string): Promise<void> {
  for (let left = TRIES; ; left--) {
    try {
      if (sealed?.text !== written) sealed = { text: written, body: await seal(written) };
      await askStaff(`/staff/api/cases/${caseId}/identity/releases/${release}/told`, sealed.body);
      return;
    } catch (error) {
      if (!(error instanceof ApiProblem && error.code === 'epoch_closed') || left === 1) throw error;
      sealed = null;
    }
  }
}

async function seal(written: string): Promise<object> {
  const atHand = await fetchCase(caseId);
  if (!atHand) throw new Locked();
  const { opened, own, items } = atHand;
  return { item: await sealReply({ ...atHand.sealed, items }, opened, own.signing, written) };
}

// Last, so that what is typed is never sent by the form itself.
elementOf(HTMLButtonElement, '#send').disabled = false;
