import { requireColleagues } from '../../../agencies/browser/require-colleagues.js';
import { requireLoggedAt } from '../../../agencies/browser/require-logged-at.js';
import { fetchCase } from '../../../cases/browser/fetch-case.js';
import { complain, Locked, sayWhy } from '../../../cases/browser/say-why.js';
import { LONGEST_TEXT, sealNote } from '../../../cases/seal-words.js';
import { askStaff } from '../../../staff/browser/ask-staff.js';
import { KeyDoubted } from '../../../vault/key-heads.js';
import type { PublicKey } from '../../../vault/keys.js';
import { ApiProblem } from '../../../web/browser/ask.js';
import { element, elementOf, onSubmit, say } from '../../../web/browser/page.js';
import type { NewRelease } from '../ask-release.js';
import { withholdName } from '../withhold-name.js';
import { fetchName } from './fetch-name.js';

/*
 * Asks for a release. The reasons are sealed here, and for a colleague the key of the name, which the server keeps back until
 * another has approved. If that fails nothing is sent, and all that was typed stays where it was.
 */

const form = elementOf(HTMLFormElement, '#ask');
const sending = element('#sending');
const caseId = form.dataset.case ?? '';
const text = elementOf(HTMLTextAreaElement, '#text');
const to = elementOf(HTMLSelectElement, '#to');

/** Keys have moved on between looking and sending: to be sealed again under the new ones. */
const SEAL_AGAIN = new Set(['epoch_closed', 'desk_begun', 'readers_changed']);
const TRIES = 4;

type Wanted = Omit<NewRelease, 'id' | 'note' | 'grant'> & { readonly text: string };

/** What was filled in, and what was sealed of it: the same is sent again as the same release. */
let sealed: { readonly filledIn: string; readonly body: NewRelease } | null = null;

onSubmit('#ask', async () => {
  const wanted = filledIn();
  const missing = whatIsMissing(wanted);
  if (missing !== null) {
    complain(missing);
    return;
  }
  sending.textContent = say('sealing');
  try {
    const { id } = await send(wanted);
    form.reset();
    location.assign(`/staff/cases/${caseId}/identity/releases/${id}`);
  } catch (error) {
    const first = error instanceof ApiProblem ? error.fields[0]?.message : undefined;
    const doubted = error instanceof KeyDoubted ? form.dataset.keysDoubted : undefined;
    complain(doubted ?? first ?? sayWhy(error));
  } finally {
    sending.textContent = '';
  }
});

function filledIn(): Wanted {
  const ground = form.querySelector<HTMLInputElement>('[data-ground]:checked')?.value ?? '';
  const chosen = (id: string): string | undefined => elementOf(HTMLSelectElement, id).value || undefined;
  return {
    ground: ground as Wanted['ground'],
    to: to.value === 'outside' ? undefined : to.value,
    consultedOn: elementOf(HTMLInputElement, '#consulted-on').value || undefined,
    notPracticable: chosen('#why-not') as Wanted['notPracticable'],
    consentItem: chosen('#consent'),
    text: text.value,
  };
}

function whatIsMissing(wanted: Wanted): string | null {
  if ((wanted.ground as string) === '') return form.dataset.noGround ?? '';
  if (wanted.to === '') return form.dataset.noReceiver ?? '';
  if (wanted.text.trim() === '') return say('empty');
  return wanted.text.length > LONGEST_TEXT ? say('tooLong') : null;
}

async function send(wanted: Wanted): Promise<NewRelease> {
  const filled = JSON.stringify(wanted);
  for (let left = TRIES; ; left--) {
    try {
      if (sealed?.filledIn !== filled) sealed = { filledIn: filled, body: await seal(wanted) };
      await askStaff(`/staff/api/cases/${caseId}/identity/releases`, sealed.body);
      return sealed.body;
    } catch (error) {
      if (!(error instanceof ApiProblem && SEAL_AGAIN.has(error.code)) || left === 1) throw error;
      sealed = null;
    }
  }
}

async function seal({ text: written, ...wanted }: Wanted): Promise<NewRelease> {
  const atHand = await fetchCase(caseId);
  if (!atHand) throw new Locked();
  const { opened, own } = atHand;
  const grant = wanted.to === undefined ? {} : { grant: await grantTo(wanted.to) };
  const note = await sealNote({ ...atHand.sealed, items: atHand.items }, opened, own.signing, written);
  return { id: crypto.randomUUID(), ...wanted, note, ...grant };
}

/** The colleague's key must be theirs alone by the log of keys, and stand there for who reads disclosures. */
async function grantTo(staffId: string): Promise<NonNullable<NewRelease['grant']>> {
  const agreement = JSON.parse(to.selectedOptions[0]?.dataset.key ?? 'null') as PublicKey;
  const atHand = await fetchName(caseId);
  if (!atHand) throw new Locked();
  await requireColleagues(atHand.own.agreement.kid, { people: [{ staffId, agreement }] });
  await requireLoggedAt(form.dataset.agency ?? '', [agreement]);
  return withholdName(atHand.sealed, atHand.own.agreement, agreement);
}

// Last, so that what is typed is never sent by the form itself.
elementOf(HTMLButtonElement, '#send').disabled = false;
