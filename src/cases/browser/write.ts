import { ApiProblem } from '../../web/browser/ask.js';
import { askStaff } from '../../staff/browser/ask-staff.js';
import { element, elementOf, onSubmit, say, tell } from '../../web/browser/page.js';
import { LONGEST_TEXT, sealNote, sealReply } from '../seal-words.js';
import { fetchCase } from './fetch-case.js';
import { Locked, sayWhy } from './say-why.js';

/*
 * Sends what an officer writes: a reply, a note, or words with an acknowledgement. It is sealed here and sent sealed; if
 * that fails nothing is sent, and the text stays where it was typed.
 */

const form = elementOf(HTMLFormElement, '#write');
const text = elementOf(HTMLTextAreaElement, '#text');
const caseId = form.dataset.case ?? '';
const kind = form.dataset.kind ?? '';

/** The keys of the case have moved on between looking and sending: to be sealed again under the new ones. */
const SEAL_AGAIN = new Set(['epoch_closed', 'desk_begun', 'readers_changed']);
const TRIES = 4;

/** What was sealed last. The same text is sent as the same item, so that a lost answer does not send it twice. */
let sealed: { readonly text: string; readonly body: object } | null = null;

onSubmit('#write', async () => {
  const written = text.value;
  const empty = written.trim() === '' && kind !== 'acknowledgement';
  if (empty || written.length > LONGEST_TEXT) {
    complain(say(empty ? 'empty' : 'tooLong'));
    return;
  }
  element('#sending').textContent = say('sealing');
  try {
    await send(written);
    // Nothing of it stays behind for the back button.
    form.reset();
    location.assign(`/staff/cases/${caseId}`);
  } catch (error) {
    complain(sayWhy(error));
  } finally {
    element('#sending').textContent = '';
  }
});

async function send(written: string): Promise<void> {
  for (let left = TRIES; ; left--) {
    try {
      if (sealed?.text !== written) sealed = { text: written, body: await seal(written) };
      await askStaff(`/staff/api/cases/${caseId}/${kind}`, sealed.body);
      return;
    } catch (error) {
      if (!(error instanceof ApiProblem && SEAL_AGAIN.has(error.code)) || left === 1) throw error;
      sealed = null;
    }
  }
}

async function seal(written: string): Promise<object> {
  if (written.trim() === '') return {};
  const atHand = await fetchCase(caseId);
  if (!atHand) throw new Locked();
  const { opened, own } = atHand;
  if (kind === 'notes') return sealNote(atHand.sealed, opened, own.signing, written);
  return { item: await sealReply(atHand.sealed, opened, own.signing, written) };
}

function complain(message: string): void {
  tell(message);
  text.focus();
}

// Last, so that what is typed is never sent by the form itself.
elementOf(HTMLButtonElement, '#send').disabled = false;
