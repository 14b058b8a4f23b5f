import { fetchCase } from '../../../cases/browser/fetch-case.js';
import { Locked, sayWhy } from '../../../cases/browser/say-why.js';
import { LONGEST_TEXT, sealNote } from '../../../cases/seal-words.js';
import { askStaff } from '../../../staff/browser/ask-staff.js';
import { ApiProblem } from '../../../web/browser/ask.js';
import { element, elementOf, onSubmit, say, tell, valueOf } from '../../../web/browser/page.js';

/*
 * Seals what is written about how the person is supported as one note, the level of the risk too, and sends it with the day
 * on which it is looked at again. If that fails nothing is sent, and all that was typed stays where it was.
 */

const form = elementOf(HTMLFormElement, '#support');
const sending = element('#sending');
const noMore = document.querySelector<HTMLInputElement>('#no-more');
const { case: caseId = '', kind = '', number = '', heading = '' } = form.dataset;

/** The keys of the case have moved on between looking and sending: to be sealed again under the new ones. */
const SEAL_AGAIN = new Set(['epoch_closed', 'desk_begun', 'readers_changed']);
const TRIES = 4;

/** Something that is not filled in: what to say, and where to go. */
class Missing extends Error {
  constructor(
    readonly what: string,
    readonly at: HTMLElement,
  ) {
    super(what);
  }
}

/** What was made last. The same is sent as the same, so that a lost answer does not keep it twice. */
let made: { readonly of: string; readonly body: object } | null = null;

onSubmit('#support', async () => {
  try {
    const written = [heading, ...[...form.querySelectorAll<HTMLElement>('[data-asked]')].map(answered)].join('\n\n');
    if (written.length > LONGEST_TEXT) throw new Missing(say('tooLong'), element('#send'));
    sending.textContent = say('sealing');
    await send(written, noMore?.checked === true ? {} : { nextOn: valueOf('#next-on') });
    // Nothing of it stays behind for the back button.
    form.reset();
    location.assign(`/staff/cases/${caseId}/support`);
  } catch (error) {
    complain(error);
  } finally {
    sending.textContent = '';
  }
});

/** One question with its answer, as it stands in the note. */
function answered(place: HTMLElement): string {
  const chosen = place.querySelector<HTMLInputElement>('input:checked');
  const { asked = '' } = place.dataset;
  const answer = place instanceof HTMLTextAreaElement ? place.value.trim() : (chosen?.value ?? '');
  if (answer !== '') return `${asked}\n${answer}`;
  const missing = element('#say-support').dataset.missing ?? '';
  throw new Missing(missing.replace('{asked}', asked), place.querySelector('input') ?? place);
}

async function send(written: string, facts: object): Promise<void> {
  const of = JSON.stringify([facts, written]);
  for (let left = TRIES; ; left--) {
    try {
      if (made?.of !== of) {
        made = { of, body: { id: crypto.randomUUID(), number: Number(number), ...facts, ...(await seal(written)) } };
      }
      await askStaff(`/staff/api/cases/${caseId}/support/${kind}`, made.body);
      return;
    } catch (error) {
      if (!(error instanceof ApiProblem && SEAL_AGAIN.has(error.code)) || left === 1) throw error;
      made = null;
    }
  }
}

async function seal(written: string): Promise<object> {
  const atHand = await fetchCase(caseId);
  if (!atHand) throw new Locked();
  const { opened, own, items } = atHand;
  return sealNote({ ...atHand.sealed, items }, opened, own.signing, written);
}

function complain(error: unknown): void {
  if (error instanceof Missing) {
    tell(error.what);
    error.at.focus();
  } else if (error instanceof ApiProblem && error.status === 422 && error.fields[0]?.field === 'nextOn') {
    tell(element('#say-support').dataset.nextOn ?? '');
    element('#next-on').focus();
  } else {
    tell(sayWhy(error));
    element('#send').focus();
  }
}

// Last, so that what is typed is never sent by the form itself.
elementOf(HTMLButtonElement, '#send').disabled = false;
