import { fetchCase } from '../../cases/browser/fetch-case.js';
import { Locked, sayWhy } from '../../cases/browser/say-why.js';
import { LONGEST_TEXT, sealNote, sealReply } from '../../cases/seal-words.js';
import { askStaff } from '../../staff/browser/ask-staff.js';
import { ApiProblem } from '../../web/browser/ask.js';
import { element, elementOf, onSubmit, say, tell, valueOf } from '../../web/browser/page.js';

/*
 * Sends a step of the law: what is in clear as it is, what is said in words sealed here. If that fails nothing is sent, and
 * all that was typed stays where it was.
 */

const form = elementOf(HTMLFormElement, '#step');
const text = document.querySelector<HTMLTextAreaElement>('#text');
const sending = element('#sending');
const { case: caseId = '', step = '', number = '' } = form.dataset;

/** The keys of the case have moved on between looking and sending: to be sealed again under the new ones. */
const SEAL_AGAIN = new Set(['epoch_closed', 'desk_begun', 'readers_changed']);
const TRIES = 4;

/** What is sent of a step in clear, and whether its words are a note for the desk. */
interface Filled {
  readonly facts: Readonly<Record<string, unknown>>;
  readonly isNote: boolean;
}

/** Something that is not filled in: what to say, and where to go. */
class Missing extends Error {
  constructor(
    readonly what: string,
    readonly at: string,
  ) {
    super(what);
  }
}

/** What was made last. The same is sent as the same step, so that a lost answer does not take it twice. */
let made: { readonly of: string; readonly body: object } | null = null;
let id = crypto.randomUUID();

onSubmit('#step', async () => {
  try {
    const filled = fill();
    const written = text?.value ?? '';
    requireWords(filled, written);
    sending.textContent = say('sealing');
    await send(filled, written);
    // Nothing of it stays behind for the back button.
    form.reset();
    location.assign(`/staff/cases/${caseId}/duties`);
  } catch (error) {
    complain(error);
  } finally {
    sending.textContent = '';
  }
});

function fill(): Filled {
  switch (step) {
    case 'acknowledge':
      return { facts: { receivedOn: valueOf('#received-on'), orally: isChecked('#orally') }, isNote: false };
    case 'consider':
      return { facts: {}, isNote: true };
    case 'elsewhere': {
      const how = chosen('[data-how]');
      if (how.length === 0) throw new Missing('noHow', '[data-how]');
      const asked = how[0] === 'asked';
      return { facts: { asked }, isNote: !asked };
    }
    case 'extend':
      return { facts: { expectedOn: valueOf('#expected-on') }, isNote: false };
    case 'deal': {
      const actions = chosen('[data-action]');
      if (actions.length === 0) throw new Missing('noAction', '[data-action]');
      const [reason] = actions.includes('no_action') ? chosen('[data-reason]') : [];
      if (actions.includes('no_action') && reason === undefined) throw new Missing('noReason', '[data-reason]');
      const consulted = actions.includes('referring')
        ? {
            discloserConsultedOn: valueOf('#discloser-consulted-on'),
            recipientConsultedOn: valueOf('#recipient-consulted-on'),
          }
        : {};
      return { facts: { actions, ...(reason === undefined ? {} : { reason }), ...consulted }, isNote: false };
    }
    default:
      return { facts: {}, isNote: false };
  }
}

function requireWords({ facts }: Filled, written: string): void {
  if (written.length > LONGEST_TEXT) throw new Missing(say('tooLong'), '#text');
  if (!text || written.trim() !== '') return;
  if (step === 'acknowledge' && facts.orally !== true) return;
  throw new Missing(step === 'acknowledge' ? 'noSummary' : say('empty'), '#text');
}

async function send(filled: Filled, written: string): Promise<void> {
  const of = JSON.stringify([filled, written]);
  for (let left = TRIES; ; left--) {
    try {
      if (made?.of !== of) {
        // Something else than was sent before is another step.
        if (made) id = crypto.randomUUID();
        made = { of, body: { id, number: Number(number), ...filled.facts, ...(await seal(filled, written)) } };
      }
      await askStaff(`/staff/api/cases/${caseId}/duties/${step}`, made.body);
      return;
    } catch (error) {
      if (!(error instanceof ApiProblem && SEAL_AGAIN.has(error.code)) || left === 1) throw error;
      made = null;
    }
  }
}

async function seal({ isNote }: Filled, written: string): Promise<object> {
  if (written.trim() === '') return {};
  const atHand = await fetchCase(caseId);
  if (!atHand) throw new Locked();
  const { opened, own, items } = atHand;
  const sealed = { ...atHand.sealed, items };
  if (isNote) return sealNote(sealed, opened, own.signing, written);
  return { item: await sealReply(sealed, opened, own.signing, written) };
}

function chosen(selector: string): string[] {
  return [...form.querySelectorAll<HTMLInputElement>(selector)]
    .filter(({ checked }) => checked)
    .map(({ value }) => value);
}

function isChecked(selector: string): boolean {
  return elementOf(HTMLInputElement, selector).checked;
}

/** Where on the page each field stands that the server may find wrong. */
const FIELDS: Readonly<Record<string, string>> = {
  receivedOn: '#received-on',
  expectedOn: '#expected-on',
  actions: '[data-action]',
  discloserConsultedOn: '#discloser-consulted-on',
  recipientConsultedOn: '#recipient-consulted-on',
};

function complain(error: unknown): void {
  const field = error instanceof ApiProblem && error.status === 422 ? error.fields[0]?.field : undefined;
  const at = error instanceof Missing ? error.at : FIELDS[field ?? ''];
  if (at === undefined) {
    tell(sayWhy(error));
    (text ?? element('#send')).focus();
    return;
  }
  const what = error instanceof Missing ? error.what : (field ?? '');
  tell(element('#say-step').dataset[what] ?? what);
  element(at).focus();
}

// Last, so that what is typed is never sent by the form itself.
elementOf(HTMLButtonElement, '#send').disabled = false;
